"""manage.py check_integrity: files, rows, vectors, index and judgments against each other."""

from __future__ import annotations

from dataclasses import asdict
from itertools import chain
from typing import Any

from annotations.integrity import annotation_faults
from search.integrity import faults
from search.management.services import ServiceCommand


class Command(ServiceCommand):
    help = (
        "Hold files, rows, vectors, indexes and judgments against each other. Changes nothing; orphans are listed, "
        "not fatal."
    )

    def run(self, **options: Any) -> dict[str, Any]:
        found = list(chain(faults(), annotation_faults()))
        for fault in found:
            self.say(f"{fault.kind}: {fault.where}: {fault.detail}")
        self.say(f"{len(found)} faults")
        return {"faults": [asdict(fault) for fault in found]}

    def fault(self, result: dict[str, Any]) -> str:
        serious = [fault for fault in result["faults"] if fault["kind"] != "orphan"]
        return f"{len(serious)} faults that need mending" if serious else ""
