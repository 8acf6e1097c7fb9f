"""Link sentences to figures by reference numerals and figure labels, and learn the names of parts."""

from engine.linking.analysis import Mention, MentionKind, TextAnalysis, analyse_text
from engine.linking.captions import caption_of
from engine.linking.figure_labels import plain_label
from engine.linking.links import (
    LinkReason,
    SentenceLink,
    labels_in_text,
    link_sentences,
    numeral_order,
    numerals_in_text,
    unlinked_in_text,
    unlinked_on_sheet,
)
from engine.linking.occurrences import normalised_numeral
from engine.linking.sentences import Sentence, split_sentences

__all__ = [
    "LinkReason",
    "Mention",
    "MentionKind",
    "Sentence",
    "SentenceLink",
    "TextAnalysis",
    "analyse_text",
    "caption_of",
    "labels_in_text",
    "link_sentences",
    "normalised_numeral",
    "numeral_order",
    "numerals_in_text",
    "plain_label",
    "split_sentences",
    "unlinked_in_text",
    "unlinked_on_sheet",
]
