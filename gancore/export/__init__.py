"""A run outside gancore: its networks as ``.keras`` files, and a script of plain Keras that trains it."""
