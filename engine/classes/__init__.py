"""Symbols of the International and the Cooperative Patent Classification: spelling, hierarchy and titles."""

from engine.classes.names import ClassName, class_name, title_of
from engine.classes.symbols import Level, child_level, levels_of, prefix_as_stored

__all__ = ["ClassName", "Level", "child_level", "class_name", "levels_of", "prefix_as_stored", "title_of"]
