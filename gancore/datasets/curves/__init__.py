"""Curves given by formulas: a file each."""
