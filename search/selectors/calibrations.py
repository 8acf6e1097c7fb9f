"""The current calibrations, and what they are computed from; search.selectors.hints compares hits with them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from search.models import Calibration, CalibrationQuery, Figure, Modality, SentenceLink
from search.selectors.figures import figures_of_families


def calibration_in_force(encoder_key: str, asked_with: CalibrationQuery) -> Calibration | None:
    """Return the newest calibration of an encoder with this kind of query, or None."""
    return Calibration.objects.filter(encoder_key=encoder_key, asked_with=asked_with).first()


def calibrations_in_force(encoder_keys: Sequence[str]) -> list[Calibration]:
    """Return the newest calibration of each encoder and kind of query, with its index version; drawings first."""
    rows = Calibration.objects.filter(encoder_key__in=encoder_keys).select_related("index_version")
    newest = rows.order_by("encoder_key", "asked_with", "-pk").distinct("encoder_key", "asked_with")
    return sorted(newest, key=lambda row: (row.modality != Modality.VISUAL, row.asked_with != CalibrationQuery.FIGURE))


def relatives_of_figures(figure_ids: Sequence[int]) -> list[NDArray[np.int64]]:
    """Return for each figure its relatives, itself included: the figures that a search with it leaves out."""
    publications = dict(Figure.objects.filter(pk__in=figure_ids).values_list("pk", "sheet__publication_id"))
    relatives: dict[int, NDArray[np.int64]] = {}
    for figure_id, publication in publications.items():
        if publication not in relatives:
            relatives[publication] = figures_of_families([figure_id])
    return [relatives[publications[figure_id]] for figure_id in figure_ids]


def sampled_sentences(figure_ids: Sequence[int], *, seed: int) -> dict[int, str]:
    """Return one random linked sentence by figure, for the figures that have any. Equal seeds give equal sentences."""
    links: dict[int, list[int]] = {}
    rows = SentenceLink.objects.filter(figure_id__in=figure_ids).order_by("figure_id", "sentence__position", "reason")
    for figure_id, link in rows.values_list("figure_id", "pk"):
        links.setdefault(figure_id, []).append(link)
    generator = np.random.default_rng(seed)
    drawn = [some[int(generator.integers(len(some)))] for some in links.values()]
    found = SentenceLink.objects.filter(pk__in=drawn).select_related("sentence__paragraph").order_by("figure_id")
    return {link.figure_id: link.sentence.text for link in found if link.sentence.text.strip()}
