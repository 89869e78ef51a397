"""Recipes: a folder of TOML files, one each."""

from __future__ import annotations

from importlib import resources

from gancore.recipes import add_folder

add_folder(resources.files("gancore_examples") / "recipes")
