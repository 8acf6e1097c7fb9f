"""Queries: checked and stored by the web process, answered by the worker that loads encoders and index."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models.functions import Now
from django.http import QueryDict
from numpy.typing import NDArray

from engine.errors import EngineError, Problem
from engine.ranking.candidates import candidates_as_bytes
from search import ranking
from search.models import Material, MaterialKind, Modality, Query, Verdict, WorkState
from search.question import Picture, Question, question_from_query
from search.ranking import Found, QueryVectors
from search.selectors.figures import figures_of_families, figures_to_show
from search.selectors.history import BEST_SHOWN
from search.selectors.publications import publications_to_show
from search.selectors.queries import answered_before
from search.services.materials import material_keep
from search.services.vectors import QuestionVectors, vectors_of_question
from search.services.work import work_claim, work_done, work_quarantine, work_reject

logger = logging.getLogger(__name__)


@transaction.atomic
def query_ask(*, owner: User, question: Question, replay_of: Query | None = None) -> Query:
    """Check a question and store it as a waiting query. Raises Problem if it cannot be asked."""
    question_check(question, owner)
    query = Query.objects.create(
        owner=owner, query_string=question.address, search_key=question.search_key, replay_of=replay_of
    )
    logger.info("query received query=%s owner=%d", query.pk, owner.pk)
    return query


@dataclass(frozen=True, slots=True)
class QuestionWithFiles:
    """A question with its files, as the command line and the API send them together."""

    question: Question
    image: bytes | None = None
    image_name: str = ""
    patent_xml: bytes | None = None


@transaction.atomic
def query_ask_with_files(*, owner: User, sent: QuestionWithFiles) -> Query:
    """Store the files as Materials and the question as a waiting query. Raises Problem for what cannot be used."""
    question = sent.question
    if sent.patent_xml is not None:
        if sent.image is None:
            raise Problem("xml-alone", "A patent XML needs a query image; add the drawing.")
        kept = material_keep(owner=owner, kind=MaterialKind.PATENT_XML, data=sent.patent_xml, name="patent.xml")
        question = replace(question, patent_xml=str(kept.pk))
    if sent.image is not None:
        kept = material_keep(owner=owner, kind=MaterialKind.IMAGE, data=sent.image, name=sent.image_name)
        question = replace(question, examples=(*question.examples, Picture("image", str(kept.pk))))
    return query_ask(owner=owner, question=question)


def query_ask_once(*, owner: User, question: Question) -> tuple[Query, bool]:
    """Return the owner's query with the answer that this question would get now, else a new one; and whether it is new.

    So another ranking, going back and reloading do not search again until the collection has changed.
    """
    before = answered_before(owner, question.search_key)
    return (before, False) if before is not None else (query_ask(owner=owner, question=question), True)


def query_answer(*, query_id: str) -> Query | None:
    """Answer a waiting query: encode, search, store the candidates. Return None if another worker has it."""
    loading = time.perf_counter()
    ranking.load_encoders()  # before the attempt is counted: a worker that is stopped while loading has not tried yet
    loading_seconds = time.perf_counter() - loading
    query = work_claim(model=Query, pk=query_id)
    if query is None:
        return None
    try:
        question = query.question
        encoded = vectors_of_question(question, owner=query.owner)
        _require_same_models(query, encoded.vectors)
        found = ranking.find(
            query=encoded.vectors,
            before_feedback=encoded.before_feedback,
            filters=question.filters,
            excluded_ids=_own(question),
            as_of=query.replay_of.last_embedding_ids if query.replay_of is not None else None,
        )
        encoded.clock.lap("search")
        _store(query, question, encoded, found, loading_seconds)
    except Problem as problem:
        work_reject(row=query, code=problem.code, detail=problem.detail)
    except Exception as error:  # of any kind: the user waits for the result
        logger.error("query failed query=%s", query.pk, exc_info=error)
        detail = (
            str(error) if isinstance(error, EngineError) else "The search failed; the cause is in the log. Try again."
        )
        work_quarantine(row=query, code="failed", detail=detail)
    return query


def query_give_up(*, query: Query) -> None:
    """Close a query that no worker took in time, so that it can be asked again; a running query is not changed."""
    Query.objects.filter(pk=query.pk, state=WorkState.WAITING).update(
        state=WorkState.QUARANTINED,
        verdict=Verdict.REJECTED,
        error_code="unanswered",
        error_detail="The search worker did not take this query in time. Ask again.",
    )


def queries_expire() -> int:
    """Delete queries past their retention, and return how many. materials_expire deletes their uploads."""
    old = Query.objects.filter(created_at__lt=Now() - timedelta(days=settings.QUERY_RETENTION_DAYS))
    count = old.count()
    old.delete()
    return count


def question_check(question: Question, owner: User) -> None:
    """Raise Problem if the owner cannot ask the question now: it is wrong, or names what does not exist."""
    question_from_query(QueryDict(question.address))  # its rules hold for command line and API too
    if question.is_empty:
        raise Problem("empty", "Add a drawing, or enter a figure of the collection or a text.")
    pictures = (*question.examples, *question.liked, *question.disliked)
    figure_ids = {int(picture.key) for picture in pictures if picture.source == "figure"}
    missing = figure_ids - set(figures_to_show().filter(pk__in=figure_ids).values_list("pk", flat=True))
    if missing:
        raise Problem("figure-gone", f"Figure {min(missing)} was not found in the collection; leave it out.")
    named = publications_to_show().filter(reference__in=question.publications).values_list("reference", flat=True)
    unknown = sorted(set(question.publications) - set(named))
    if unknown:
        raise Problem("publication-gone", f"Publication {unknown[0]} was not found in the collection; leave it out.")
    _check_materials(question, owner)


def _check_materials(question: Question, owner: User) -> None:
    images = {picture.key for picture in question.examples if picture.source == "image"}
    if question.patent_xml and not images:
        raise Problem("xml-alone", "A patent XML needs a query image; add the drawing.")
    needed = {key: MaterialKind.IMAGE for key in images}
    needed |= {question.passage: MaterialKind.TEXT, question.patent_xml: MaterialKind.PATENT_XML}
    needed.pop("", None)
    found = {
        str(pk): kind
        for pk, kind in Material.objects.filter(owner=owner, pk__in=list(needed)).values_list("pk", "kind")
    }
    if any(found.get(key) != kind for key, kind in needed.items()):
        days = settings.QUERY_RETENTION_DAYS
        raise Problem("material-gone", f"The files of this query were deleted after {days} days. Upload them again.")


def _own(question: Question) -> NDArray[np.int64] | None:
    """Return the figures of the query's own publications and families, which are left out unless it includes them."""
    if question.include_family:
        return None
    figure_ids = [int(picture.key) for picture in question.examples if picture.source == "figure"]
    own = figures_of_families(figure_ids, question.publications)
    return own if len(own) else None


def _require_same_models(query: Query, vectors: QueryVectors) -> None:
    """Raise Problem for a replay if other models are in use now: vectors of two models are not comparable."""
    if query.replay_of is None:
        return
    then, now = query.replay_of.encoder_keys, ranking.encoder_keys()
    sides = {Modality.VISUAL: vectors.visual, Modality.TEXT: vectors.text}
    for side, compared in sides.items():
        if compared is not None and then.get(side.value) != now[side.value]:
            raise Problem(
                "models-changed",
                f"The earlier search used the {side.value} model {then.get(side.value, 'unknown')}, and "
                f"{now[side.value]} is in use now. It can be repeated only with the model that it used.",
            )


@transaction.atomic
def _store(query: Query, question: Question, encoded: QuestionVectors, found: Found, loading_seconds: float) -> None:
    if not Query.objects.select_for_update().filter(pk=query.pk).exists():
        logger.info("query forgotten while it was answered query=%s", query.pk)
        return
    query.notes = list(encoded.notes)
    query.sentences = list(encoded.sentences)
    if found.candidates is None:
        detail = "No figure of the collection passes the filters and can be ranked by this query."
        query.notes = [*query.notes, {"code": "nothing-found", "detail": detail}]
    else:
        query.candidates = candidates_as_bytes(found.candidates, found.plain)
        best = found.candidates.ranked(*question.fusion).ids[: question.top].tolist()
        query.hit_count, query.best_figures = len(best), best[:BEST_SHOWN]
    encoded.clock.lap("store")
    query.encoder_keys = found.encoder_keys
    query.index_versions = found.index_versions
    query.last_embedding_ids = found.last_embedding_ids
    query.milliseconds = encoded.clock.milliseconds
    if loading_seconds > 0.01:
        query.milliseconds["loading"] = round(loading_seconds * 1000, 2)
    query.examples = list(encoded.compared)
    query.save(
        update_fields=[
            "notes",
            "encoder_keys",
            "index_versions",
            "last_embedding_ids",
            "milliseconds",
            "sentences",
            "examples",
            "candidates",
            "hit_count",
            "best_figures",
        ]
    )
    work_done(row=query, verdict=Verdict.WARNED if query.notes else Verdict.ACCEPTED)
    logger.info("query answered query=%s milliseconds=%s", query.pk, query.milliseconds)
