"""Calibrate encoders: measure how similar unrelated figures of this collection are, again after it has grown."""

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
GROWTH_SHARE = 0.2  # a fifth more figures hardly changes the percentiles (measured: decision 0007)
MOST_SENTENCES = 200  # each is encoded by the worker that also processes documents
BUDGET_SECONDS = 45.0  # half the soft limit of a task; a shortened sample is still random, the rest is done next time
_FIGURES_AT_ONCE = 25


def calibrations_refresh() -> list[Calibration]:
    """Calibrate the encoders in use: those never calibrated, and all after the collection changed by GROWTH_SHARE.

    Safe to call at any time: it does nothing while another process calibrates. Fewer than FEWEST figures are not
    calibrated, and the calibration page says so.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [CALIBRATION_LOCK])
        if not cursor.fetchone()[0]:
            return []
    try:
        deadline = time.monotonic() + BUDGET_SECONDS
        due = [(version, asked_with) for asked_with in CalibrationQuery for version in _versions_for(asked_with)]
        found = [_refresh(version, asked_with, deadline) for version, asked_with in due]
        return [calibration for calibration in found if calibration is not None]
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [CALIBRATION_LOCK])


def _versions_for(asked_with: CalibrationQuery) -> list[IndexVersion]:
    """The index versions to calibrate with this kind of query: single sentences are for the text index alone."""
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
    # Seeded by the version, so that a calibration can be repeated; in random order, so that it can be cut short.
    drawn = opened.layered.ids[sample(opened.layered.count, most, seed=opened.version.pk)]
    drawn = np.random.default_rng(opened.version.pk).permutation(drawn)
    reached: list[NDArray[np.float32]] = []
    for start in range(0, len(drawn), _FIGURES_AT_ONCE):
        if time.monotonic() > deadline:
            break
        ids = drawn[start : start + _FIGURES_AT_ONCE]
        ids, vectors = _query_vectors(opened, ids, asked_with)
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


def _query_vectors(
    opened: runtime.OpenIndex, ids: NDArray[np.int64], asked_with: CalibrationQuery
) -> tuple[NDArray[np.int64], Vectors]:
    """Return the figures to search with, (n,) int64, and their query vectors, (n, dim) float32.

    Figures without a linked sentence are left out when searching with sentences.
    """
    if asked_with is CalibrationQuery.FIGURE:
        return ids, opened.layered.vectors(ids)
    encoder = runtime.sentence_encoder()
    if encoder.key != opened.version.encoder_key:  # the model was changed and its index is not active yet
        return ids[:0], np.empty((0, opened.version.dim), dtype=np.float32)
    sentences = sampled_sentences(ids.tolist(), seed=opened.version.pk)
    with_sentence = np.fromiter(sentences, dtype=np.int64, count=len(sentences))
    return with_sentence, encoder.encode(list(sentences.values()))
