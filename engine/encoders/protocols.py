"""Protocols of encoders. The implementations are in engine/encoders/visual.py and sentences.py."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from engine.sheets.reading import GrayImage

Vectors = NDArray[np.float32]
"""(count, dim) float32, each row of unit length."""


class VisualEncoder(Protocol):
    """Encodes drawings. key: family/model@weights-hash+preprocessing; vectors of different keys are not comparable."""

    @property
    def key(self) -> str: ...

    @property
    def dim(self) -> int: ...

    def encode(self, images: Sequence[GrayImage]) -> Vectors:
        """Return one unit vector per image: (len(images), self.dim) float32, in input order.

        Raises: EncoderError, carrying the position of the first image that could not be encoded.
        """
        ...


class SentenceEncoder(Protocol):
    """Encodes sentences; otherwise as VisualEncoder."""

    @property
    def key(self) -> str: ...

    @property
    def dim(self) -> int: ...

    def encode(self, sentences: Sequence[str]) -> Vectors:
        """Return one unit vector per sentence: (len(sentences), self.dim) float32, in input order."""
        ...
