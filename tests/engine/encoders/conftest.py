"""Small checkpoints of our own making: real loading code, no downloaded weights."""

from pathlib import Path

import open_clip
import pytest
import torch
from safetensors.torch import save_file

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
    save_file({name: value.contiguous() for name, value in state.items()}, folder / "clip.safetensors")
    torch.save(state, folder / "clip.pt")
    torch.save({"state_dict": {f"module.{name}": value for name, value in state.items()}}, folder / "nested.pt")
    return folder
