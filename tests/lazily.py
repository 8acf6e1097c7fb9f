"""Load a module when a test first uses it.

Every test process collects every test, and the model stack (torch, transformers, open_clip) costs 8 s of a core to
import. Tests of models name it with this, and type checkers still see the real module:

    if TYPE_CHECKING:
        import torch
    else:
        torch = lazily("torch")
"""

from __future__ import annotations

from importlib import import_module
from typing import Any


class _Lazy:
    """A stand-in for a module. Its class is its own: pytest asks every name of a test module for its class."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        if attribute.startswith(("_", "pytest")):  # what pytest asks of every name, to find fixtures and mocks
            raise AttributeError(attribute)
        return getattr(import_module(self._name), attribute)


def lazily(name: str) -> Any:
    """A stand-in for the module of this name, which is imported at the first use of one of its attributes."""
    return _Lazy(name)
