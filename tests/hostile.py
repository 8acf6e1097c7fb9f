"""The hostile corpus, written once per test run, and what is expected of it."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class HostileCase:
    """One hostile input. `verdicts` are those that pass: the neighbouring one too where the corpus allows either."""

    name: str
    path: Path
    surfaces: tuple[str, ...]
    facts: dict[str, Any]

    @property
    def verdicts(self) -> set[str]:
        verdict = self.facts["verdict"]
        if self.facts.get("either"):
            return {verdict, "accept", "accept-with-warning", "reject"}
        if self.facts.get("either_warn"):
            return {verdict, "accept", "accept-with-warning"} if verdict != "reject" else {verdict}
        return {verdict}


@dataclass(frozen=True, slots=True)
class HostileCorpus:
    cases: tuple[HostileCase, ...]
    secret_text: str
    canary_glob: str
    maker: Path

    def of(self, surface: str) -> list[HostileCase]:
        return [case for case in self.cases if surface in case.surfaces]

    def wrapped(self, case: HostileCase, folder: Path) -> bytes:
        """A batch whose one publication has this image as its figure."""
        batch = folder / "wrapped.zip"
        subprocess.run([sys.executable, str(self.maker), "--wrap", str(case.path), str(batch)], check=True)
        return batch.read_bytes()

    def canaries(self) -> list[Path]:
        return sorted(Path("/").glob(self.canary_glob.lstrip("/")))


def corpus_in(folder: Path, maker: Path) -> HostileCorpus:
    """The corpus of a folder with its expectations; its own generator writes it where it is not there yet."""
    if not folder.exists():
        subprocess.run([sys.executable, str(maker), str(folder)], check=True, capture_output=True)
    expected = json.loads((folder / "expectations.json").read_text(encoding="utf-8"))
    cases = tuple(
        HostileCase(name, folder / name, _surfaces(facts["surface"]), facts)
        for name, facts in sorted(expected["files"].items())
    )
    return HostileCorpus(cases, expected["secret_text"], expected["canary_glob"], maker)


def _surfaces(named: str | list[str]) -> tuple[str, ...]:
    return (named,) if isinstance(named, str) else tuple(named)
