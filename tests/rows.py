"""What a home's database holds, by natural keys, so that two installations can be held against each other."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import django
import numpy as np


def dump() -> dict[str, Any]:
    """Publications, sheets, figures, readings, links and vectors; equal for equal collections, whatever their keys."""
    from search.models import Figure, FigureEmbedding, Publication, Reading, Sentence, SentenceLink  # noqa: PLC0415

    def figure(row: Any, prefix: str = "") -> list[Any]:
        fields = ["sheet__publication__reference", "sheet__file_name", "sheet__page", "position"]
        return [row[f"{prefix}{field}"] for field in fields]

    keys = ["sheet__publication__reference", "sheet__file_name", "sheet__page", "position"]
    of_figure = [f"figure__{key}" for key in keys]
    shape = ["left", "top", "width", "height"]
    figures = Figure.objects.values(*keys, *shape, "label", "rotation", "crop", "thumbnail", "retired_at")
    readings = Reading.objects.values(*keys[:3], *shape, "seen", "text", "kind", "confidence", "settled_by")
    links = SentenceLink.objects.values(*of_figure, "sentence__position", "reason", "numerals", "spans")
    return {
        "publications": _sorted(
            Publication.objects.values("reference", "xml_sha256", "unlinked_in_text", "unlinked_on_sheet")
        ),
        "sentences": _sorted(Sentence.objects.values("publication__reference", "position", "start", "end", "mentions")),
        "figures": _sorted(figures),
        "readings": _sorted(readings),
        "links": _sorted(links),
        "vectors": {
            json.dumps([*figure(row, "figure__"), row["encoder_key"]]): np.frombuffer(row["vector"], "<f4").tolist()
            for row in FigureEmbedding.objects.values(*of_figure, "encoder_key", "vector")
        },
    }


def _sorted(rows: Any) -> list[str]:
    return sorted(json.dumps(row, sort_keys=True, default=str) for row in rows)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "patentsearch.settings")
    django.setup()
    from django.conf import settings

    from supervisor.embedded import EmbeddedServices

    with EmbeddedServices(settings.HOME):
        json.dump(dump(), sys.stdout)
