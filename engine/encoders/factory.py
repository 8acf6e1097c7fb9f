"""From a setting's name to a loaded encoder. Importing this loads the model stack: workers only."""

from __future__ import annotations

from engine.encoders.names import EncoderName, resolve_sentences, resolve_visual
from engine.encoders.protocols import SentenceEncoder, VisualEncoder
from engine.encoders.sentences import SentenceTransformerEncoder
from engine.encoders.visual import EfficientNetLiteEncoder, OpenClipEncoder
from engine.errors import WeightsMissing

__all__ = ["resolve_sentences", "resolve_visual", "sentence_encoder", "visual_encoder"]


def visual_encoder(name: str, *, device: str = "cpu", threads: int = 1) -> VisualEncoder:
    """The visual encoder of that name (see engine.encoders.names); "auto" is resolved by resolve_visual.

    threads bounds what torch uses in this process. Raises ValueError on a name of no visual encoder, WeightsMissing
    with the mend when its weights are not in reach: a named model is never replaced by another.
    """
    parsed = EncoderName.parse(resolve_visual(name))
    if parsed.family == "open_clip":
        return OpenClipEncoder(parsed, device=device, threads=threads)
    if parsed.model != "0":
        raise WeightsMissing(f"efficientnet-lite/{parsed.model}", "only efficientnet-lite/0 is built in")
    return EfficientNetLiteEncoder(device=device, threads=threads)


def sentence_encoder(name: str, *, device: str = "cpu", threads: int = 1) -> SentenceEncoder:
    """The sentence encoder of that name; otherwise as visual_encoder."""
    return SentenceTransformerEncoder(EncoderName.parse(resolve_sentences(name)), device=device, threads=threads)
