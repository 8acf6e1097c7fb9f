"""Models of annotation and evaluation."""

from annotations.models.fits import FusionFit
from annotations.models.judgments import GRADES, Assessment, Judgment, Ruling
from annotations.models.qrels import Facet, QrelsSnapshot
from annotations.models.runs import RankedList, Run, System
from annotations.models.scores import RunScores
from annotations.models.sessions import Assignment, Candidate, Pool, Session, Showing
from annotations.models.topics import Topic, TopicSet

__all__ = [
    "GRADES",
    "Assessment",
    "Assignment",
    "Candidate",
    "Facet",
    "FusionFit",
    "Judgment",
    "Pool",
    "QrelsSnapshot",
    "RankedList",
    "Ruling",
    "Run",
    "RunScores",
    "Session",
    "Showing",
    "System",
    "Topic",
    "TopicSet",
]
