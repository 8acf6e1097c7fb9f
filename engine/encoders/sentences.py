"""Sentence encoders by sentence-transformers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from sentence_transformers import SentenceTransformer

from engine.encoders.names import sentence_folder
from engine.encoders.protocols import Vectors
from engine.encoders.weights import PINNED, encoder_key, verified_hash, verify
from engine.errors import EncoderError, WeightsMissing
from engine.registry import EncoderName

Precision = Literal["fp32", "bf16"]
BATCH_SIZE = 32
_WEIGHTS = "model.safetensors"


class SentenceTransformerEncoder:
    """Any sentence-transformers model whose weights are a safetensors file."""

    def __init__(
        self, name: EncoderName, *, device: str = "cpu", threads: int = 1, precision: Precision = "fp32"
    ) -> None:
        """Load the model. Raises: WeightsMissing for weights that are missing, pickled or not the pinned ones."""
        torch.set_num_threads(threads)
        folder = sentence_folder(name)
        model = name.model or folder.name
        if not (folder / _WEIGHTS).is_file():
            raise WeightsMissing(
                f"sentence-transformers/{model}",
                f"{folder} has no {_WEIGHTS}: download the model with safetensors weights",
            )
        sha256 = _verified(folder, model)
        self._model = SentenceTransformer(
            str(folder), device=device, local_files_only=True, model_kwargs={"use_safetensors": True}
        ).eval()
        if precision == "bf16":
            self._model = self._model.bfloat16()
        dim = self._model.get_embedding_dimension()
        if dim is None:
            raise WeightsMissing(
                f"sentence-transformers/{model}",
                f"the model in {folder} does not state its dimension: use another model",
            )
        self._dim = int(dim)
        self._key = encoder_key("sentence-transformers", model, sha256, precision)

    @property
    def key(self) -> str:
        return self._key

    @property
    def dim(self) -> int:
        return self._dim

    def encode(self, sentences: Sequence[str]) -> Vectors:
        """As SentenceEncoder.encode. Sentences beyond the model's maximum length are truncated.

        Raises: EncoderError on the first sentence without text, or whose vector is zero or not finite.
        """
        for position, sentence in enumerate(sentences):
            if not sentence.strip():
                raise EncoderError(position, "the sentence has no text")
        if not sentences:
            return np.empty((0, self._dim), dtype=np.float32)
        # sentence-transformers sorts by length itself, to pad little, and restores the order.
        found = self._model.encode(
            list(sentences), batch_size=BATCH_SIZE, convert_to_tensor=True, show_progress_bar=False
        )
        vectors = found.float().cpu().numpy().astype(np.float32)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        wrong = np.flatnonzero(~(lengths[:, 0] > 0) | ~np.isfinite(lengths[:, 0]))
        if wrong.size:
            raise EncoderError(int(wrong[0]), "the model returned a vector that is zero or not finite")
        unit: Vectors = vectors / lengths
        return unit


def _verified(folder: Path, model: str) -> str:
    """The SHA-256 of the weights; every pinned file of the model is compared with its pin."""
    pins = {name.removeprefix(f"{model}/"): sha for name, sha in PINNED.items() if name.startswith(f"{model}/")}
    for file_name, sha256 in pins.items():
        verify(folder / file_name, sha256)
    return pins.get(_WEIGHTS) or verified_hash(folder / _WEIGHTS)
