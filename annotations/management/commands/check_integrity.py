"""manage.py check_integrity: check that files, rows, vectors, indexes and judgments are consistent."""

from __future__ import annotations

from dataclasses import asdict
from itertools import chain
from typing import Any

from annotations.integrity import judgment_faults
from search.integrity import faults
from search.management.services import ServiceCommand


class Command(ServiceCommand):
    help = (
        "Check that files, rows, vectors, indexes and judgments are consistent. Changes nothing; orphans are listed "
        "and are not an error."
    )

    def run(self, **options: Any) -> dict[str, Any]:
        found = list(chain(faults(), judgment_faults()))
        for fault in found:
            self.say(f"{fault.kind}: {fault.where}: {fault.detail}")
        self.say(f"{len(found)} faults")
        return {"faults": [asdict(fault) for fault in found]}

    def fault(self, result: dict[str, Any]) -> str:
        serious = [fault for fault in result["faults"] if fault["kind"] != "orphan"]
        return f"{len(serious)} faults that need a fix" if serious else ""
