"""manage.py measure_hint: measure how often the hint "nothing stands out" is right."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from django.core.management.base import CommandError
from numpy.typing import NDArray

from engine.encoders.protocols import Vectors
from engine.ranking.calibration import percentile_of, quantiles_of, sample
from search import runtime
from search.management.services import ServiceCommand
from search.models import Publication
from search.selectors.calibrations import sampled_sentences
from search.selectors.evaluation import EvaluatedCollection, collection_to_evaluate

THRESHOLDS = (10, 20, 25, 30, 40, 50, 60, 70, 75, 80, 90, 95)
SENTENCES = 300
SEED = 7
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Relatives:
    """Which figures belong together, as (n, n) flags: one publication, one family by the documents, or by the file."""

    publication: Flags
    recorded: Flags
    known: Flags


class Command(ServiceCommand):
    help = (
        "Measure how often the hint is right. Every figure is searched with, its own publication left out, once with "
        "its family and once without. With the family there is something to find, so the hint is a false alarm. "
        "Without it there is nothing to find, so no hint is a miss. --families gives families that the documents do "
        "not record."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--families", type=Path, required=True, metavar="FILE", help="JSON: publication to family")

    def run(self, **options: Any) -> dict[str, Any]:
        collection = collection_to_evaluate()
        if collection.vectors.visual is None or collection.vectors.text is None:
            raise CommandError(
                "The collection has no searchable figures. Ingest a delivery first: manage.py ingest PATH --wait"
            )
        try:
            families = json.loads(options["families"].read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise CommandError(f"{options['families']} cannot be read as JSON: {error}") from error
        relatives = _relatives(collection.publications, families)
        sides = {
            "drawing": collection.vectors.visual @ collection.vectors.visual.T,
            "text": collection.vectors.text @ collection.vectors.text.T,
            "sentence": _sentence_similarities(collection),
        }
        result: dict[str, Any] = {"figures": len(collection.figures), "thresholds": THRESHOLDS, "rates": {}}
        percentiles = {}
        for calibrated_without, excluded in (
            ("recorded relatives", relatives.recorded),
            ("known relatives", relatives.known),
        ):
            for side, similarities in sides.items():
                percentiles[side] = _percentiles(similarities, excluded, relatives)
                result["rates"][f"{side}, {calibrated_without}"] = _rates(*percentiles[side], relatives)
            both = [_highest(percentiles["drawing"][at], percentiles["text"][at]) for at in range(2)]
            result["rates"][f"drawing and text, {calibrated_without}"] = _rates(both[0], both[1], relatives)
        result["line"] = _line(sides, relatives, collection.publications)
        result["growth"] = {
            side: _medians_by_share(sides[side], relatives.recorded) for side in ("drawing", "text", "sentence")
        }
        if not options["json"]:
            self._print(result)
        return result

    def _print(self, result: dict[str, Any]) -> None:
        self.stdout.write(f"{result['figures']} figures")
        for name, rates in result["rates"].items():
            self.stdout.write(
                f"\n{name}: {rates['with_relatives']} queries with relatives, {rates['without_relatives']} without"
            )
            self.stdout.write("  threshold     " + " ".join(f"{threshold:5d}" for threshold in THRESHOLDS))
            for row in ("false_alarms", "misses"):
                self.stdout.write(f"  {row:13} " + " ".join(f"{share:5.3f}" for share in rates[row]))
        self.stdout.write(f"\nthe line between the hits: {result['line']}")
        self.stdout.write(f"median similarity of unrelated figures, by share of the collection: {result['growth']}")


def _relatives(publications: Sequence[str], families: Mapping[str, str]) -> Relatives:
    recorded = dict(Publication.objects.values_list("reference", "family_key"))

    def same(labels: Sequence[str]) -> Flags:
        codes = np.array(labels)
        return np.asarray((codes[:, np.newaxis] == codes) & (codes != ""))

    own = same(publications)
    by_documents = own | same([recorded.get(reference, "") for reference in publications])
    return Relatives(
        own, by_documents, by_documents | same([families.get(reference, "") for reference in publications])
    )


def _sentence_similarities(collection: EvaluatedCollection) -> NDArray[np.float32]:
    """Return (n, n) similarities of a linked sentence of each sampled figure to the texts of all; else NaN rows."""
    assert collection.vectors.text is not None
    drawn = np.array(collection.figures)[sample(len(collection.figures), SENTENCES, seed=SEED)]
    sentences = sampled_sentences(drawn.tolist(), seed=SEED)
    encoded: Vectors = runtime.sentence_encoder().encode(list(sentences.values()))
    row_of = {figure: row for row, figure in enumerate(collection.figures)}
    similarities = np.full((len(row_of), len(row_of)), np.nan, dtype=np.float32)
    similarities[[row_of[figure] for figure in sentences]] = encoded @ collection.vectors.text.T
    return similarities


def _best(similarities: NDArray[np.float32], excluded: Flags) -> NDArray[np.float32]:
    """Return (n,): the highest similarity of each row that is not excluded, NaN if there is none."""
    allowed = np.where(excluded | np.isnan(similarities), -np.inf, similarities)
    best = allowed.max(axis=1)
    return np.where(np.isinf(best), np.nan, best).astype(np.float32)


def _percentiles(
    similarities: NDArray[np.float32], calibrated_without: Flags, relatives: Relatives
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the best hit of each query as a percentile, with its family and without it, (n,) each.

    Queries with figures of one half of the families are compared with a calibration from the other half.
    """
    unrelated = _best(similarities, calibrated_without)
    found = (_best(similarities, relatives.publication), _best(similarities, relatives.known))
    groups = relatives.known.argmax(axis=1)  # the first relative of a figure stands for its family
    half = np.random.default_rng(SEED).integers(0, 2, len(groups))[groups]
    places = np.full((2, len(groups)), np.nan)
    for side in (0, 1):
        quantiles = quantiles_of(unrelated[half != side])
        for at, best in enumerate(found):
            for row in np.flatnonzero((half == side) & ~np.isnan(best)):
                places[at, row] = percentile_of(float(best[row]), quantiles)
    return places[0], places[1]


def _line(
    sides: Mapping[str, NDArray[np.float32]], relatives: Relatives, publications: Sequence[str]
) -> dict[str, dict[str, float]]:
    """Return by threshold the shares of publications on the wrong side of the line between the hits.

    kin_below: of the family's publications, those whose best figure is below the line. strangers_above: of the others,
    those whose best figure is above it. A figure is above the line if its drawing or its text is.
    """
    names = sorted(set(publications))
    member = np.array([[reference == name for reference in publications] for name in names])
    found: dict[str, dict[str, float]] = {}
    for threshold in (25, 50, 75):
        above = np.zeros((len(publications), len(names)), dtype=bool)
        for side in ("drawing", "text"):
            least = np.nanpercentile(_best(sides[side], relatives.recorded), threshold)
            strong = np.nan_to_num(sides[side], nan=-1.0) >= least
            above |= strong @ member.T > 0
        family = (relatives.known & ~relatives.publication) @ member.T > 0
        own = relatives.known @ member.T > 0
        has_family = family.any(axis=1)
        found[str(threshold)] = {
            "kin_below": round(float((family & ~above)[has_family].sum() / family[has_family].sum()), 3),
            "strangers_above": round(float((above & ~own).sum() / (~own).sum()), 3),
        }
    return found


def _medians_by_share(similarities: NDArray[np.float32], excluded: Flags) -> dict[str, float]:
    """Return the median similarity of the nearest unrelated figure when only a share of the figures can be found."""
    generator = np.random.default_rng(SEED)
    medians = {}
    for share in (0.5, 0.8, 1.0):
        left_out = generator.random(len(similarities)) >= share
        medians[f"{share:.0%}"] = round(float(np.nanmedian(_best(similarities, excluded | left_out))), 4)
    return medians


def _highest(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.fmax(one, other)


def _rates(
    with_relatives: NDArray[np.float64], without_relatives: NDArray[np.float64], relatives: Relatives
) -> dict[str, Any]:
    """Return by threshold the share of false alarms among queries with relatives, and of misses among those without."""
    has_family = (relatives.known & ~relatives.publication).any(axis=1)
    something = with_relatives[has_family & ~np.isnan(with_relatives)]
    nothing = without_relatives[~np.isnan(without_relatives)]
    return {
        "with_relatives": len(something),
        "without_relatives": len(nothing),
        "false_alarms": [round(float((something < threshold).mean()), 3) for threshold in THRESHOLDS],
        "misses": [round(float((nothing >= threshold).mean()), 3) for threshold in THRESHOLDS],
    }
