"""From a setting's name to a loaded encoder. Making one imports the model stack: workers only."""

from __future__ import annotations

from engine.encoders.names import resolve_sentences, resolve_visual
from engine.encoders.protocols import SentenceEncoder, VisualEncoder
from engine.registry import SENTENCE_ENCODERS, VISUAL_ENCODERS, EncoderName, maker

__all__ = ["resolve_sentences", "resolve_visual", "sentence_encoder", "visual_encoder"]


def visual_encoder(name: str, *, device: str = "cpu", threads: int = 1) -> VisualEncoder:
    """The visual encoder of that name (see engine.registry); "auto" is resolved by resolve_visual.

    threads bounds what torch uses in this process. Raises ValueError on a name of no visual encoder, WeightsMissing
    with the mend when its weights are not in reach: a named model is never replaced by another.
    """
    parsed = EncoderName.parse(resolve_visual(name))
    encoder: VisualEncoder = maker(VISUAL_ENCODERS[parsed.family].made_by)(parsed, device=device, threads=threads)
    return encoder


def sentence_encoder(name: str, *, device: str = "cpu", threads: int = 1) -> SentenceEncoder:
    """The sentence encoder of that name; otherwise as visual_encoder."""
    parsed = EncoderName.parse(resolve_sentences(name))
    encoder: SentenceEncoder = maker(SENTENCE_ENCODERS[parsed.family].made_by)(parsed, device=device, threads=threads)
    return encoder
