"""Areas with an even density, or one in closed form: a file each."""
