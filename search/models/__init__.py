"""The rows. Postgres is the truth: what is not here did not happen."""

from search.models.batches import Batch, Document, Stage
from search.models.drawings import Figure, Reading, Sheet
from search.models.indexes import FigureEmbedding, IndexState, IndexVersion, Modality
from search.models.links import SentenceLink
from search.models.publications import Classification, Party, Publication
from search.models.queries import Hit, Query, QueryModality
from search.models.texts import Paragraph, PartName, Sentence
from search.models.work import Verdict, Work, WorkState

__all__ = [
    "Batch",
    "Classification",
    "Document",
    "Figure",
    "FigureEmbedding",
    "Hit",
    "IndexState",
    "IndexVersion",
    "Modality",
    "Paragraph",
    "PartName",
    "Party",
    "Publication",
    "Query",
    "QueryModality",
    "Reading",
    "Sentence",
    "SentenceLink",
    "Sheet",
    "Stage",
    "Verdict",
    "Work",
    "WorkState",
]
