"""manage.py evaluate: the scores of every modality over the collection."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from engine.evaluation.binary import DEFAULT_K
from engine.evaluation.collection import Grouping, evaluate_collection, groups, same_publication
from engine.fusion import Fusion
from search.management.services import ServiceCommand
from search.selectors.evaluation import collection_to_evaluate

MODALITIES = (Fusion.VISUAL, Fusion.TEXT, Fusion.AVG, Fusion.MAX, Fusion.RRF)


class Command(ServiceCommand):
    help = (
        "Let every figure search the rest. same-publication: the publication's other figures are relevant, which "
        "measures the visual side only, since one publication shares one text. groups: figures of other publications "
        "of the same group are relevant."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--protocol", choices=["same-publication", "groups"], default="same-publication")
        parser.add_argument("--groups", type=Path, metavar="FILE", help="JSON: publication to class or family")
        parser.add_argument("--apart", type=Path, metavar="FILE", help="JSON: groups whose members are left out")
        parser.add_argument("--k", type=int, default=DEFAULT_K)

    def run(self, **options: Any) -> dict[str, Any]:
        if options["k"] < 1:
            raise CommandError("--k counts hits; give 1 or more")
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
            for name, found in result["modalities"].items():
                low, high = found["ci"]
                self.stdout.write(
                    f"{name:7} mAP@{options['k']} {found['map']:.4f} [{low:.4f}, {high:.4f}]  "
                    f"list AP {found['ap_list']:.4f}  {found['queries']} queries"
                )
        return result

    def _grouping(self, publications: list[str], options: dict[str, Any]) -> Grouping:
        if options["protocol"] == "same-publication":
            return same_publication(publications)
        if options["groups"] is None:
            raise CommandError("the protocol groups needs --groups FILE")
        apart = _mapping(options["apart"]) if options["apart"] else None
        return groups(publications, _mapping(options["groups"]), apart)


def _mapping(path: Path) -> dict[str, str]:
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CommandError(f"{path} is no readable JSON: {error}") from error
    if not isinstance(read, dict) or not all(isinstance(value, str) for value in read.values()):
        raise CommandError(f"{path} must hold one JSON object, publication to group")
    return read
