"""The hostile corpus, written once and kept between runs, and what is expected of it."""

from __future__ import annotations

import fcntl
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import PIL


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
    """Its files are shared by every test of this and of later runs: they are read, never written."""

    folder: Path
    cases: tuple[HostileCase, ...]
    secret_text: str
    canary_glob: str
    maker: Path

    def of(self, surface: str) -> list[HostileCase]:
        return [case for case in self.cases if surface in case.surfaces]

    def part(self, name: str) -> Mapping[str, dict[str, Any]]:
        """What is expected of the files of one folder of the corpus, by their names in the corpus."""
        return {case.name: case.facts for case in self.cases if case.name.startswith(f"{name}/")}

    def wrapped(self, case: HostileCase, folder: Path) -> bytes:
        """A batch whose one publication has this image as its figure."""
        batch = folder / "wrapped.zip"
        subprocess.run([sys.executable, str(self.maker), "--wrap", str(case.path), str(batch)], check=True)
        return batch.read_bytes()

    def canaries(self) -> list[Path]:
        return sorted(Path("/").glob(self.canary_glob.lstrip("/")))


def corpus_kept_in(kept: Path, maker: Path) -> HostileCorpus:
    """The corpus of this very generator, written where it is not kept yet; several processes may ask at once."""
    written_by = maker.read_bytes() + f"{sys.version} Pillow {PIL.__version__}".encode()
    folder = kept / hashlib.sha256(written_by).hexdigest()[:16]
    with (kept / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _is_whole(folder):
            for left in (folder, *kept.glob("staging-*")):
                shutil.rmtree(left, ignore_errors=True)
            with tempfile.TemporaryDirectory(prefix="staging-", dir=kept) as staging:
                subprocess.run([sys.executable, str(maker), f"{staging}/corpus"], check=True, capture_output=True)
                Path(staging, "corpus").rename(folder)
    expected = _expected_of(folder)
    # What attacks try to read lies outside of the corpus: without it they would have nothing to leak.
    Path(expected["secret_file"]).write_text(f"{expected['secret_text']}\n", encoding="utf-8")
    cases = tuple(
        HostileCase(name, folder / name, _surfaces(facts["surface"]), facts)
        for name, facts in sorted(expected["files"].items())
    )
    return HostileCorpus(folder, cases, expected["secret_text"], expected["canary_glob"], maker)


def _is_whole(folder: Path) -> bool:
    """Whether every file of a kept corpus has the bytes that its generator wrote."""
    if not folder.exists():
        return False
    files = _expected_of(folder)["files"]
    return all(
        (folder / name).is_file() and hashlib.sha256((folder / name).read_bytes()).hexdigest() == facts["sha256"]
        for name, facts in files.items()
    )


def _expected_of(folder: Path) -> dict[str, Any]:
    expected: dict[str, Any] = json.loads((folder / "expectations.json").read_text(encoding="utf-8"))
    return expected


def _surfaces(named: str | list[str]) -> tuple[str, ...]:
    return (named,) if isinstance(named, str) else tuple(named)
