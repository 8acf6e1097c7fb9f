"""manage.py evaluate: score every modality over the collection, or runs by a qrels snapshot."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from annotations.management.finding import run_found, snapshot_found
from annotations.management.qrels_protocol import evaluated
from annotations.selectors.snapshots import SnapshotDamaged
from engine.evaluation.binary import DEFAULT_K
from engine.evaluation.collection import Grouping, evaluate_collection, groups, same_publication
from engine.evaluation.measures import MeasureOptions
from engine.ranking.fusion import Fusion
from search.management.services import ServiceCommand
from search.models import WorkState
from search.selectors.evaluation import collection_to_evaluate

MODALITIES = (Fusion.VISUAL, Fusion.TEXT, Fusion.AVG, Fusion.MAX, Fusion.RRF)


class Command(ServiceCommand):
    help = (
        "Search with every figure of the collection, or score runs. same-publication: the other figures of the "
        "publication are relevant; measures visual search only, since a publication shares one text. groups: figures "
        "of other publications of the same group are relevant. qrels: score the runs of a topic set by judgments."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--protocol", choices=["same-publication", "groups", "qrels"], default="same-publication")
        parser.add_argument("--groups", type=Path, metavar="FILE", help="JSON object, publication to class or family")
        parser.add_argument(
            "--apart",
            type=Path,
            metavar="FILE",
            help="JSON object, publication to group; figures of the query's group are left out",
        )
        parser.add_argument("--snapshot", metavar="SNAPSHOT", help="name or number of the qrels snapshot")
        parser.add_argument(
            "--run", action="append", default=[], metavar="RUN", dest="runs",
            help="name or number; can be repeated; by default all finished runs of the topic set",
        )  # fmt: skip
        parser.add_argument("--unit", choices=["figure", "publication"], default="figure")
        parser.add_argument("--relevant-from", type=int, default=1, metavar="GRADE", help="lowest relevant grade")
        parser.add_argument("--k", type=int, default=DEFAULT_K)

    def run(self, **options: Any) -> dict[str, Any]:
        if options["k"] < 1 or options["relevant_from"] < 1:
            raise CommandError("--k and --relevant-from must be 1 or more")
        return self._by_qrels(options) if options["protocol"] == "qrels" else self._by_collection(options)

    def _by_qrels(self, options: dict[str, Any]) -> dict[str, Any]:
        if not options["snapshot"]:
            raise CommandError("--protocol qrels requires --snapshot SNAPSHOT")
        snapshot = snapshot_found(options["snapshot"])
        finished = snapshot.topic_set.runs.filter(state=WorkState.DONE).order_by("pk")
        named = dict.fromkeys(options["runs"])
        chosen_runs = {run.pk: run for run in (run_found(name, snapshot.topic_set) for name in named)}
        runs = list(chosen_runs.values()) if named else list(finished)
        if not runs:
            raise CommandError(f"topic set {snapshot.topic_set} has no finished run; make or import one")
        for run in runs:
            if run.state != WorkState.DONE:
                raise CommandError(f"run {run} is not done; wait for it, or name the other runs with --run")
        chosen = MeasureOptions(unit=options["unit"], k=options["k"], relevant_from=options["relevant_from"])
        try:
            result = evaluated(snapshot, runs, chosen)
        except SnapshotDamaged as damage:
            raise CommandError(damage.detail) from damage
        if not options["json"]:
            self._print(result)
            without = result["without_relevant"]
            self.stdout.write(
                f"{len(without)} of {result['topics']} topics have no relevant figure and are left out of the means"
            )
        return result

    def _by_collection(self, options: dict[str, Any]) -> dict[str, Any]:
        collection = collection_to_evaluate()
        if not collection.figures or not collection.versions:
            raise CommandError("the collection has no embedded figures; ingest a delivery first")
        grouping = self._grouping(list(collection.publications), options)
        same = options["protocol"] == "same-publication"
        modalities = (Fusion.VISUAL,) if same else MODALITIES
        scores = evaluate_collection(collection.vectors, grouping, modalities, k=options["k"])
        result = {
            "protocol": options["protocol"],
            "k": options["k"],
            "figures": len(collection.figures),
            "publications": len(set(collection.publications)),
            "encoder_keys": {modality: version.encoder_key for modality, version in collection.versions.items()},
            "index_version": {modality: version.pk for modality, version in collection.versions.items()},
            "modalities": {modality.value: found.as_dict() for modality, found in scores.items()},
        }
        if not options["json"]:
            self._print(result)
        return result

    def _print(self, result: dict[str, Any]) -> None:
        width = max(map(len, result["modalities"]))
        for name, found in result["modalities"].items():
            low, high = found["ci"]
            self.stdout.write(
                f"{name:{width}} mAP@{result['k']} {found['map']:.4f} [{low:.4f}, {high:.4f}]  "
                f"list AP {found['ap_list']:.4f}  judged {found['judged']:.0%}  {found['queries']} queries"
            )

    def _grouping(self, publications: list[str], options: dict[str, Any]) -> Grouping:
        if options["protocol"] == "same-publication":
            return same_publication(publications)
        if options["groups"] is None:
            raise CommandError("--protocol groups requires --groups FILE")
        apart = _mapping(options["apart"]) if options["apart"] else None
        return groups(publications, _mapping(options["groups"]), apart)


def _mapping(path: Path) -> dict[str, str]:
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CommandError(f"cannot read {path} as JSON: {error}") from error
    if not isinstance(read, dict) or not all(isinstance(value, str) for value in read.values()):
        raise CommandError(f"{path} must hold one JSON object that maps publications to groups")
    return read
