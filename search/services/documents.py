"""Process documents, one stage at a time. Repeating a stage gives the same result."""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable
from dataclasses import asdict

from django.db import transaction
from django.db.models import OuterRef, Subquery

from engine.errors import DeliveryError, DocumentError
from engine.patents import parse_patent
from search import runtime
from search.models import Document, Stage, Verdict, WorkState
from search.selectors.vectors import figures_without_vectors
from search.services.batches import batch_finish_if_complete, batch_open
from search.services.embeddings import publication_encode
from search.services.figures import publication_link
from search.services.publications import other_contents, publication_store
from search.services.readings import publication_read
from search.services.sheets import sheets_decode, sheets_store
from search.services.work import work_claim, work_done, work_reject, work_requeue, work_requeue_after_failure

logger = logging.getLogger(__name__)

BUDGET_SECONDS = 15.0  # per task: well below its time limit, and other tasks get their turn


def document_process(*, document_id: int) -> bool:
    """Process a document for about BUDGET_SECONDS. Returns whether another task has to continue.

    All stages of one document come before the next document, so that the first ones are searchable early.
    """
    deadline = time.monotonic() + BUDGET_SECONDS
    while time.monotonic() < deadline:
        document = document_advance(document_id=document_id)
        if document is None or document.is_finished:
            return False
    return True


def document_advance(*, document_id: int) -> Document | None:
    """Do the next stage of a document. Returns the document, or None when it is finished or another worker has it.

    An unusable document is refused with its reason; the other documents of its batch go on.
    """
    document = work_claim(model=Document, pk=document_id)
    if document is None:
        _finish_if_given_up(document_id)
        return None
    stage = Stage(document.stage)
    started = time.monotonic()
    try:
        following = STAGES[stage](document)
    except DocumentError as error:
        logger.warning("document refused document=%d code=%s", document.pk, error.code)
        work_reject(row=document, code=error.code, detail=_sentence(error.detail))
        batch_finish_if_complete(batch_id=document.batch_id)
        return document
    except Exception as error:  # any kind: the row must not stay marked as running
        work_requeue_after_failure(row=document, error=error)
        return None
    _record(document, stage, following, time.monotonic() - started)
    if following is Stage.DONE:
        batch_finish_if_complete(batch_id=document.batch_id)
    return document


def documents_reopen_for_encoders() -> int:
    """Reopen finished documents whose figures have no vector of the configured encoders. Returns how many.

    They go back to the stage ENCODE, which is all that a change of encoder needs. Vectors of the old encoder stay.
    """
    waiting = figures_without_vectors(
        visual_key=runtime.visual_encoder().key, sentence_key=runtime.sentence_encoder().key
    )
    publications = waiting.values("sheet__publication_id")
    newest = Document.objects.filter(publication_id=OuterRef("publication_id")).order_by("-pk").values("pk")[:1]
    reopened = Document.objects.filter(
        state=WorkState.DONE, publication_id__in=publications, pk=Subquery(newest)
    ).update(stage=Stage.ENCODE, state=WorkState.WAITING)
    if reopened:
        logger.info("documents reopened for other encoders count=%d", reopened)
    return reopened


def _finish_if_given_up(document_id: int) -> None:
    """Finish the batch if the claim has just quarantined its last open document."""
    for document in Document.objects.filter(pk=document_id, state=WorkState.QUARANTINED):
        batch_finish_if_complete(batch_id=document.batch_id)


@transaction.atomic
def _record(document: Document, stage: Stage, following: Stage, seconds: float) -> None:
    document.seconds[stage.value] = round(document.seconds.get(stage.value, 0.0) + seconds, 3)
    document.stage = following
    document.save(update_fields=["seconds", "stage"])
    if following is Stage.DONE:
        # Another document of the same publication may have added a note meanwhile.
        document.notes = Document.objects.select_for_update().get(pk=document.pk).notes
        work_done(row=document, verdict=Verdict.WARNED if document.notes else Verdict.ACCEPTED)
    else:
        work_requeue(row=document)
    logger.info(
        "document %s document=%d publication=%s seconds=%.2f",
        stage.value,
        document.pk,
        document.publication_id,
        seconds,
    )


def _store(document: Document) -> Stage:
    try:
        with batch_open(document.batch) as delivery:
            files = delivery.read(document.member)
            parsed = parse_patent(files.xml, document.member)
            decoded, sheet_notes = sheets_decode(drawings=parsed.drawings, files=files)
    except DeliveryError as error:
        raise DocumentError(document.member, error.code, error.detail) from error
    with transaction.atomic():
        publication, is_holder = publication_store(parsed=parsed, xml=files.xml, document=document)
        sheets_store(publication=publication, decoded=decoded, only_missing=not is_holder)
        notes = [*files.notes, *parsed.notes, *sheet_notes]
        if not is_holder and publication.xml_sha256 != hashlib.sha256(files.xml).hexdigest():
            notes.append(other_contents(publication))
        document.publication = publication
        document.notes = [asdict(note) for note in dict.fromkeys(notes)]
        document.save(update_fields=["publication", "notes"])
    return Stage.READ


def _read(document: Document) -> Stage:
    assert document.publication is not None
    finished = publication_read(publication=document.publication, work=document, budget_seconds=BUDGET_SECONDS)
    return Stage.LINK if finished else Stage.READ


def _link(document: Document) -> Stage:
    assert document.publication is not None
    publication_link(publication=document.publication)
    return Stage.ENCODE


def _encode(document: Document) -> Stage:
    assert document.publication is not None
    publication_encode(publication=document.publication)
    return Stage.DONE


def _sentence(detail: str) -> str:
    """Return an error's detail ("holds no patent XML") as a sentence, with a capital letter and a full stop."""
    return f"{detail[:1].upper()}{detail[1:]}{'' if detail.endswith('.') else '.'}"


STAGES: dict[Stage, Callable[[Document], Stage]] = {
    Stage.STORE: _store,
    Stage.READ: _read,
    Stage.LINK: _link,
    Stage.ENCODE: _encode,
}
