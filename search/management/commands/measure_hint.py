"""manage.py measure_hint: how often "nothing stands out" is right, by families known from a file."""

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
    """Which figures are of one publication, and of one family: by the documents, and as the file knows; all (n, n)."""

    publication: Flags
    recorded: Flags
    known: Flags


class Command(ServiceCommand):
    help = (
        "Every figure asks the collection without its own publication, once with its family left in and once without. "
        "With it there is something to find: calling that nothing is a false alarm. Without it there is nothing: "
        "keeping silent is a miss. --families names families that the documents do not."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--families", type=Path, required=True, metavar="FILE", help="JSON: publication to family")

    def run(self, **options: Any) -> dict[str, Any]:
        collection = collection_to_evaluate()
        if collection.vectors.visual is None or collection.vectors.text is None:
            raise CommandError("the collection has no embedded figures; ingest a delivery first")
        try:
            families = json.loads(options["families"].read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise CommandError(f"{options['families']} is no readable JSON: {error}") from error
        relatives = _relatives(collection.publications, families)
        sides = {
            "drawing": collection.vectors.visual @ collection.vectors.visual.T,
            "text": collection.vectors.text @ collection.vectors.text.T,
            "sentence": _sentence_similarities(collection),
        }
        result: dict[str, Any] = {"figures": len(collection.figures), "thresholds": THRESHOLDS, "rates": {}}
        percentiles = {}
        for calibrated_with, barred in (("recorded kin", relatives.recorded), ("known kin", relatives.known)):
            for side, similarities in sides.items():
                percentiles[side] = _percentiles(similarities, barred, relatives)
                result["rates"][f"{side}, {calibrated_with}"] = _rates(*percentiles[side], relatives)
            both = [_highest(percentiles["drawing"][at], percentiles["text"][at]) for at in range(2)]
            result["rates"][f"drawing and text, {calibrated_with}"] = _rates(both[0], both[1], relatives)
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
            self.stdout.write(f"\n{name}: {rates['with_kin']} queries with kin, {rates['without_kin']} without")
            self.stdout.write("  threshold     " + " ".join(f"{threshold:5d}" for threshold in THRESHOLDS))
            for row in ("false_alarms", "misses"):
                self.stdout.write(f"  {row:13} " + " ".join(f"{share:5.3f}" for share in rates[row]))
        self.stdout.write(f"\nthe line across the hits: {result['line']}")
        self.stdout.write(f"median of strangers by share of the figures: {result['growth']}")


def _relatives(publications: Sequence[str], families: Mapping[str, str]) -> Relatives:
    recorded = dict(Publication.objects.values_list("reference", "family_key"))

    def same(labels: Sequence[str]) -> Flags:
        codes = np.array(labels)
        return np.asarray((codes[:, np.newaxis] == codes) & (codes != ""))

    own = same(publications)
    by_documents = own | same([recorded.get(one, "") for one in publications])
    return Relatives(own, by_documents, by_documents | same([families.get(one, "") for one in publications]))


def _sentence_similarities(collection: EvaluatedCollection) -> NDArray[np.float32]:
    """(n, n): one linked sentence of each sampled figure with the texts of all; NaN rows for figures not sampled."""
    assert collection.vectors.text is not None
    drawn = np.array(collection.figures)[sample(len(collection.figures), SENTENCES, seed=SEED)]
    sentences = sampled_sentences(drawn.tolist(), seed=SEED)
    encoded: Vectors = runtime.sentence_encoder().encode(list(sentences.values()))
    row_of = {figure: row for row, figure in enumerate(collection.figures)}
    similarities = np.full((len(row_of), len(row_of)), np.nan, dtype=np.float32)
    similarities[[row_of[figure] for figure in sentences]] = encoded @ collection.vectors.text.T
    return similarities


def _best(similarities: NDArray[np.float32], barred: Flags) -> NDArray[np.float32]:
    """(n,): the best of each row that is not barred, NaN without any."""
    allowed = np.where(barred | np.isnan(similarities), -np.inf, similarities)
    best = allowed.max(axis=1)
    return np.where(np.isinf(best), np.nan, best).astype(np.float32)


def _percentiles(
    similarities: NDArray[np.float32], calibrated_without: Flags, relatives: Relatives
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The best of each query as a percentile, with its family and without, (n,) each.

    Two halves: what is asked by the figures of one half of the publications is read against strangers of the other's.
    """
    strangers = _best(similarities, calibrated_without)
    found = (_best(similarities, relatives.publication), _best(similarities, relatives.known))
    groups = relatives.known.argmax(axis=1)  # the first of a figure's kin stands for them all
    half = np.random.default_rng(SEED).integers(0, 2, len(groups))[groups]
    places = np.full((2, len(groups)), np.nan)
    for side in (0, 1):
        quantiles = quantiles_of(strangers[half != side])
        for at, best in enumerate(found):
            for row in np.flatnonzero((half == side) & ~np.isnan(best)):
                places[at, row] = percentile_of(float(best[row]), quantiles)
    return places[0], places[1]


def _line(
    sides: Mapping[str, NDArray[np.float32]], relatives: Relatives, publications: Sequence[str]
) -> dict[str, dict[str, float]]:
    """By threshold: of the family's publications, how many have their best figure below the line that says "no more
    similar than unrelated figures", and of the others, how many have it above. Either side above is enough.
    """
    names = sorted(set(publications))
    member = np.array([[one == name for one in publications] for name in names])
    found: dict[str, dict[str, float]] = {}
    for threshold in (25, 50, 75):
        above = np.zeros((len(publications), len(names)), dtype=bool)
        for side in ("drawing", "text"):
            least = np.nanpercentile(_best(sides[side], relatives.recorded), threshold)
            strong = np.nan_to_num(sides[side], nan=-1.0) >= least
            above |= strong @ member.T > 0
        family = (relatives.known & ~relatives.publication) @ member.T > 0
        own = relatives.known @ member.T > 0
        asked = family.any(axis=1)
        found[str(threshold)] = {
            "kin_below": round(float((family & ~above)[asked].sum() / family[asked].sum()), 3),
            "strangers_above": round(float((above & ~own).sum() / (~own).sum()), 3),
        }
    return found


def _medians_by_share(similarities: NDArray[np.float32], barred: Flags) -> dict[str, float]:
    """The median of what strangers reach where only a share of the figures can be found."""
    generator = np.random.default_rng(SEED)
    medians = {}
    for share in (0.5, 0.8, 1.0):
        left_out = generator.random(len(similarities)) >= share
        medians[f"{share:.0%}"] = round(float(np.nanmedian(_best(similarities, barred | left_out))), 4)
    return medians


def _highest(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.fmax(one, other)


def _rates(
    with_relatives: NDArray[np.float64], without_relatives: NDArray[np.float64], relatives: Relatives
) -> dict[str, Any]:
    """Shares by threshold: of the queries with kin that are called nothing, of those without that are not."""
    has_family = (relatives.known & ~relatives.publication).any(axis=1)
    something = with_relatives[has_family & ~np.isnan(with_relatives)]
    nothing = without_relatives[~np.isnan(without_relatives)]
    return {
        "with_kin": len(something),
        "without_kin": len(nothing),
        "false_alarms": [round(float((something < threshold).mean()), 3) for threshold in THRESHOLDS],
        "misses": [round(float((nothing >= threshold).mean()), 3) for threshold in THRESHOLDS],
    }
