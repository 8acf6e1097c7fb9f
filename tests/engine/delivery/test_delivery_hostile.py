"""Every hostile batch is refused or accepted as expected, as far as the archive alone decides."""

import glob
import resource
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.delivery import DeliveryError, DocumentError, IgnoredMember, open_delivery

# Decided where publication numbers are known: the same publication twice in one batch.
DECIDED_LATER = {"batch/b38_same_document_twice.zip"}


@dataclass
class Outcome:
    """The result of opening a file as a delivery."""

    refused: str = ""
    accepted: list[str] = field(default_factory=list)
    rejected: dict[str, str] = field(default_factory=dict)
    warned: bool = False

    @property
    def verdict(self) -> str:
        if not self.accepted:
            return "reject"
        return "accept-with-warning" if self.warned or self.rejected else "accept"


def outcome_of(path: Path) -> Outcome:
    """Open the delivery and read every byte of every document."""
    outcome = Outcome()
    try:
        with open_delivery(path) as delivery:
            for member in delivery.members():
                if isinstance(member, IgnoredMember):
                    outcome.warned |= member.stray
                    continue
                try:
                    document = delivery.read(member.name)
                    contents = [document.xml, *document.files.values()]
                except DocumentError as error:
                    assert error.member == member.name
                    assert error.detail.endswith(".")
                    outcome.rejected[member.name.rpartition("/")[2]] = error.code
                    continue
                assert all(contents)
                outcome.accepted.append(member.name)
                outcome.warned |= bool(document.notes)
    except DeliveryError as error:
        assert error.detail.endswith(".")
        outcome.refused = error.code
    return outcome


def test_every_hostile_batch_gets_its_verdict(hostile_batches: tuple[Path, Mapping[str, dict[str, Any]]]) -> None:
    folder, expectations = hostile_batches
    canaries = glob.glob("/tmp/hostile_canary_*")
    wrong: dict[str, object] = {}
    for case, expected in expectations.items():
        started = time.monotonic()
        outcome = outcome_of(folder / case)
        if outcome.verdict != expected["verdict"] and case not in DECIDED_LATER:
            wrong[case] = (expected["verdict"], outcome)
        rejected = [name for name, verdict in expected.get("documents", {}).items() if verdict == "reject"]
        for name in rejected:
            # Documents are named by publication or by member; a member's name holds the application number.
            digits = name.removeprefix("EP").removesuffix("A1")
            if not any(digits in member for member in (name, *outcome.rejected)) or not outcome.rejected:
                wrong[f"{case} {name}"] = outcome
        if expected["verdict"] != "reject" and not outcome.accepted:
            wrong[f"{case} control"] = outcome
        assert time.monotonic() - started < 5, case
    assert len(expectations) == 38
    assert wrong == {}
    assert glob.glob("/tmp/hostile_canary_*") == canaries


def test_each_attack_is_named_by_its_own_code(hostile_batches: tuple[Path, Mapping[str, dict[str, Any]]]) -> None:
    folder, _ = hostile_batches
    codes = {
        "b02_slip_dotdot": "unsafe-name",
        "b03_slip_absolute": "unsafe-name",
        "b04_slip_backslash_drive": "unsafe-name",
        "b06_symlink_dir_then_file": "special-file",
        "b07_bomb_flat_1GiB": "entry-too-large",
        "b08_bomb_bzip2_256MiB": "compression",
        "b10_bomb_overlap_2GiB": "ratio",
        "b11_truncated_no_eocd": "truncated",
        "b13_duplicate_names": "duplicate-names",
        "b15_empty": "nothing-to-ingest",
        "b16_text_renamed": "not-an-archive",
        "b17_zero_byte": "empty-file",
        "b18_gzip_renamed": "not-an-archive",
        "b19_encrypted_flag": "encrypted",
        "b20_method_deflate64": "compression",
        "b23_name_nul": "nul-in-name",
        "b24_name_60000_bytes": "name-too-long",
        "b29_prefix_html": "not-an-archive",
        "b30_comment_holds_second_zip": "two-views",
        "b34_tar_renamed": "not-an-archive",
    }
    found = {case: outcome_of(folder / "batch" / f"{case}.zip").refused for case in codes}
    assert found == codes


def test_documents_of_a_batch_are_refused_one_by_one(
    hostile_batches: tuple[Path, Mapping[str, dict[str, Any]]],
) -> None:
    folder, _ = hostile_batches
    codes = {
        "b05_symlink_figure": "special-file",
        "b12_crc_error_one_document": "broken-entry",
        "b26_inner_66000_entries": "too-many-entries",
        "b31_declared_size_lies": "broken-entry",
        "b33_depth3": "too-deep",
        "b35_inner_not_zip": "not-an-archive",
        "b36_inner_no_xml": "no-xml",
        "b37_inner_two_xml": "several-documents",
    }
    for case, code in codes.items():
        outcome = outcome_of(folder / "batch" / f"{case}.zip")
        assert list(outcome.rejected.values()) == [code], case
        assert outcome.accepted == ["DOC/EPNWA1/EP203000001NWA1.zip"], case


def test_hostile_batches_stay_small_in_memory(hostile_batches: tuple[Path, Mapping[str, dict[str, Any]]]) -> None:
    folder, expectations = hostile_batches
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for case in expectations:
        outcome_of(folder / case)
    grown_mib = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert grown_mib < 400
