"""Calibrations: what strangers reach in this collection, measured anew whenever it has grown enough."""

from __future__ import annotations

import logging
import time

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from engine.encoders.protocols import Vectors
from engine.ranking.calibration import FEWEST, MOST_SAMPLED, nearest_strangers, quantiles_of, sample
from search import runtime
from search.models import Calibration, CalibrationQuery, IndexVersion, Modality
from search.selectors.calibrations import calibration_in_force, relatives_of_figures, sampled_sentences
from search.selectors.vectors import active_versions

logger = logging.getLogger(__name__)

CALIBRATION_LOCK = 7_203_013
GROWTH_SHARE = 0.2  # the nearest of a fifth more figures is hardly nearer (measured: decision 0007)
MOST_SENTENCES = 200  # each is encoded, by the worker that also has documents to encode
BUDGET_SECONDS = 45.0  # half the soft limit of a task; a sample cut short is still one, and the rest is done next time
_AT_ONCE = 25


def calibrations_refresh() -> list[Calibration]:
    """Calibrate the encoders in use where that was never done or the collection has changed by GROWTH_SHARE since.

    Safe to call at any time; nothing is done while another process is at it. Fewer than FEWEST figures are not
    calibrated: the page of the calibration says so.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [CALIBRATION_LOCK])
        if not cursor.fetchone()[0]:
            return []
    try:
        deadline = time.monotonic() + BUDGET_SECONDS
        due = [(version, asked_with) for asked_with in CalibrationQuery for version in _asked_so(asked_with)]
        found = [_refresh(version, asked_with, deadline) for version, asked_with in due]
        return [calibration for calibration in found if calibration is not None]
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [CALIBRATION_LOCK])


def _asked_so(asked_with: CalibrationQuery) -> list[IndexVersion]:
    """A drawing asks with itself; a text also as one typed sentence, which is less similar than the mean of many."""
    versions = active_versions()
    sides = [Modality.VISUAL, Modality.TEXT] if asked_with is CalibrationQuery.FIGURE else [Modality.TEXT]
    return [versions[side] for side in sides if side in versions]


def _refresh(version: IndexVersion, asked_with: CalibrationQuery, deadline: float) -> Calibration | None:
    if time.monotonic() > deadline:
        return None
    opened = runtime.open_figures(encoder_key=version.encoder_key, dim=version.dim)
    if opened is None or opened.layered.count < FEWEST:
        return None
    before = calibration_in_force(version.encoder_key, asked_with)
    count = opened.layered.count
    if before is not None and abs(count - before.figure_count) < GROWTH_SHARE * before.figure_count:
        return None
    return _calibrate(opened, asked_with, deadline)


def _calibrate(opened: runtime.OpenIndex, asked_with: CalibrationQuery, deadline: float) -> Calibration | None:
    began = time.monotonic()
    most = MOST_SAMPLED if asked_with is CalibrationQuery.FIGURE else MOST_SENTENCES
    # The seed is the version, so that a calibration can be repeated. In random order: a cut sample is one too.
    drawn = opened.layered.ids[sample(opened.layered.count, most, seed=opened.version.pk)]
    drawn = np.random.default_rng(opened.version.pk).permutation(drawn)
    reached: list[NDArray[np.float32]] = []
    for start in range(0, len(drawn), _AT_ONCE):
        if time.monotonic() > deadline:
            break
        ids = drawn[start : start + _AT_ONCE]
        ids, vectors = _asking(opened, ids, asked_with)
        if len(ids):
            reached.append(nearest_strangers(opened.layered, vectors, relatives_of_figures(ids.tolist())))
    similarities = np.concatenate(reached) if reached else np.empty(0, dtype=np.float32)
    similarities = similarities[~np.isnan(similarities)]
    if len(similarities) < FEWEST:
        logger.info("not calibrated encoder=%s asked_with=%s", opened.version.encoder_key, asked_with)
        return None
    calibration = Calibration.objects.create(
        modality=opened.version.modality,
        encoder_key=opened.version.encoder_key,
        asked_with=asked_with,
        index_version=opened.version,
        sampled_count=len(similarities),
        figure_count=opened.layered.count,
        quantiles=quantiles_of(similarities),
    )
    logger.info(
        "calibrated encoder=%s asked_with=%s sampled=%d figures=%d seconds=%.1f",
        calibration.encoder_key,
        asked_with,
        calibration.sampled_count,
        calibration.figure_count,
        time.monotonic() - began,
    )
    return calibration


def _asking(
    opened: runtime.OpenIndex, ids: NDArray[np.int64], asked_with: CalibrationQuery
) -> tuple[NDArray[np.int64], Vectors]:
    """The figures that ask, and what they ask with: (n,) int64 and (n, dim) float32."""
    if asked_with is CalibrationQuery.FIGURE:
        return ids, opened.layered.vectors(ids)
    encoder = runtime.sentence_encoder()
    if encoder.key != opened.version.encoder_key:  # the model was changed, and its index is not active yet
        return ids[:0], np.empty((0, opened.version.dim), dtype=np.float32)
    sentences = sampled_sentences(ids.tolist(), seed=opened.version.pk)
    asking = np.fromiter(sentences, dtype=np.int64, count=len(sentences))
    return asking, encoder.encode(list(sentences.values()))
