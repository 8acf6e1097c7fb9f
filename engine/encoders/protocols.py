"""Protocols of the encoders. Real ones are in engine/encoders/."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from engine.sheets.reading import GrayImage

Vectors = NDArray[np.float32]
"""(count, dim) float32, each row of unit length."""


class VisualEncoder(Protocol):
    """key is family/model@weights-hash+preprocessing; vectors of two keys never meet."""

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
    """As VisualEncoder, for sentences."""

    @property
    def key(self) -> str: ...

    @property
    def dim(self) -> int: ...

    def encode(self, sentences: Sequence[str]) -> Vectors:
        """Return one unit vector per sentence: (len(sentences), self.dim) float32, in input order."""
        ...
