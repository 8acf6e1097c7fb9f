"""Load encoders by the names in settings. Loading one imports the model libraries: workers only."""

from __future__ import annotations

from engine.encoders.names import resolve_sentences, resolve_visual
from engine.encoders.protocols import SentenceEncoder, VisualEncoder
from engine.registry import SENTENCE_ENCODERS, VISUAL_ENCODERS, EncoderName, maker

__all__ = ["resolve_sentences", "resolve_visual", "sentence_encoder", "visual_encoder"]


def visual_encoder(name: str, *, device: str = "cpu", threads: int = 1) -> VisualEncoder:
    """Load the visual encoder of this name (see engine.registry); "auto" is resolved by resolve_visual.

    threads limits torch in this process. Raises ValueError when the name is not a visual encoder's, WeightsMissing
    with the remedy when weights are missing: a named model is never replaced by another.
    """
    parsed = EncoderName.parse(resolve_visual(name))
    encoder: VisualEncoder = maker(VISUAL_ENCODERS[parsed.family].made_by)(parsed, device=device, threads=threads)
    return encoder


def sentence_encoder(name: str, *, device: str = "cpu", threads: int = 1) -> SentenceEncoder:
    """Load the sentence encoder of this name; otherwise as visual_encoder."""
    parsed = EncoderName.parse(resolve_sentences(name))
    encoder: SentenceEncoder = maker(SENTENCE_ENCODERS[parsed.family].made_by)(parsed, device=device, threads=threads)
    return encoder
