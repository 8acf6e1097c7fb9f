"""The database models of the search."""

from search.models.batches import Batch, Document, Stage
from search.models.drawings import Figure, Reading, Sheet
from search.models.examiners import Desk, SeenFigure, SheetTurn
from search.models.indexes import Calibration, CalibrationQuery, FigureEmbedding, IndexState, IndexVersion, Modality
from search.models.links import SentenceLink
from search.models.materials import Material, MaterialKind
from search.models.publications import Classification, Party, Publication
from search.models.queries import Explanation, Query, QueryModality, SavedSearch
from search.models.shortlists import Pin, Relevance, Shortlist, ShortlistEntry, ShortlistShare, text_key
from search.models.texts import Paragraph, PartName, Sentence
from search.models.weights import SuggestedWeight
from search.models.work import Verdict, Work, WorkState

__all__ = [
    "Batch",
    "Calibration",
    "CalibrationQuery",
    "Classification",
    "Desk",
    "Document",
    "Explanation",
    "Figure",
    "FigureEmbedding",
    "IndexState",
    "IndexVersion",
    "Material",
    "MaterialKind",
    "Modality",
    "Paragraph",
    "PartName",
    "Party",
    "Pin",
    "Publication",
    "Query",
    "QueryModality",
    "Reading",
    "Relevance",
    "SavedSearch",
    "SeenFigure",
    "Sentence",
    "SentenceLink",
    "Sheet",
    "SheetTurn",
    "Shortlist",
    "ShortlistEntry",
    "ShortlistShare",
    "Stage",
    "SuggestedWeight",
    "Verdict",
    "Work",
    "WorkState",
    "text_key",
]
