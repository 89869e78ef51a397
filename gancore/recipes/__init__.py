"""Recipes: named presets with a source, one TOML file each, which stand for plain settings wherever they are named."""

from __future__ import annotations

from gancore import plugins
from gancore.recipes.naming import KEY, expanded, matching, setting_of_levels
from gancore.recipes.recipe import Recipe, read_recipe
from gancore.recipes.registry import RECIPES, add_folder, add_recipe, recipe, recipe_names

__all__ = [
    "KEY",
    "RECIPES",
    "Recipe",
    "add_folder",
    "add_recipe",
    "expanded",
    "matching",
    "read_recipe",
    "recipe",
    "recipe_names",
    "setting_of_levels",
]

# A plug-in that could not be loaded before, because its recipes need this package, is loaded now.
plugins.load()
