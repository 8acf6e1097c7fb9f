"""Small checkpoints of our own making: real loading code, no downloaded weights."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.lazily import lazily

if TYPE_CHECKING:
    import open_clip
    import safetensors.torch as safetensors_torch
    import torch
else:
    open_clip = lazily("open_clip")
    safetensors_torch = lazily("safetensors.torch")
    torch = lazily("torch")

TINY_CLIP = "tiny-clip"
TINY_CLIP_CONFIG = """{
 "embed_dim": 24,
 "vision_cfg": {"image_size": 32, "layers": 2, "width": 64, "head_width": 32, "patch_size": 8},
 "text_cfg": {"context_length": 8, "vocab_size": 64, "width": 32, "heads": 2, "layers": 1}
}"""


@pytest.fixture(scope="session")
def tiny_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the checkpoint of a tiny open_clip model as .safetensors, .pt and .pt under "state_dict"."""
    folder = tmp_path_factory.mktemp("clip")
    (folder / f"{TINY_CLIP}.json").write_text(TINY_CLIP_CONFIG)
    open_clip.add_model_config(folder / f"{TINY_CLIP}.json")
    torch.manual_seed(7)
    state = open_clip.create_model(TINY_CLIP, load_weights=False).state_dict()
    safetensors_torch.save_file(
        {name: value.contiguous() for name, value in state.items()}, folder / "clip.safetensors"
    )
    torch.save(state, folder / "clip.pt")
    torch.save({"state_dict": {f"module.{name}": value for name, value in state.items()}}, folder / "nested.pt")
    return folder
