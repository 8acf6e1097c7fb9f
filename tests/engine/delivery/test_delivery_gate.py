"""Attacks beyond the corpus: tars, zips that parsers read differently, and random bytes."""

import gzip
import io
import struct
import tarfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.delivery import ArchiveLimits, DeliveryError, DocumentError, DocumentMember, open_delivery
from tests.engine.delivery.making import TIFF, XML, document_zip, tarred, zipped


def problem_of(path: Path, data: bytes, limits: ArchiveLimits = ArchiveLimits()) -> str:  # noqa: B008
    path.write_bytes(data)
    with pytest.raises(DeliveryError) as problem:
        open_delivery(path, limits)
    return problem.value.code


def tar_with(kind: bytes, name: str = "EP1/imgf0001.tif", link: str = "/tmp/hostile_secret.txt") -> bytes:
    buffer = io.BytesIO(tarred({"EP1/EP1.xml": XML}))
    with tarfile.open(fileobj=buffer, mode="a") as archive:
        info = tarfile.TarInfo(name)
        info.type, info.linkname = kind, link
        archive.addfile(info)
    return buffer.getvalue()


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE])
def test_a_tar_with_a_link_or_device_is_refused(tmp_path: Path, kind: bytes) -> None:
    assert problem_of(tmp_path / "a.tar", tar_with(kind)) == "special-file"


@pytest.mark.parametrize("name", ["../../tmp/x.tif", "/tmp/x.tif", "C:\\x.tif", "a\\..\\..\\x.tif"])
def test_a_tar_with_a_name_that_points_outside_is_refused(tmp_path: Path, name: str) -> None:
    assert problem_of(tmp_path / "a.tar", tarred({"EP1.xml": XML, name: TIFF})) == "unsafe-name"


def test_a_tar_with_one_name_twice_is_refused(tmp_path: Path) -> None:
    twice = io.BytesIO()
    with tarfile.open(fileobj=twice, mode="w") as archive:
        for _ in range(2):
            archive.addfile(tarfile.TarInfo("EP1.xml"), io.BytesIO())
    assert problem_of(tmp_path / "a.tar", twice.getvalue()) == "duplicate-names"


def test_a_tar_header_that_claims_gigabytes_is_not_taken_into_memory(tmp_path: Path) -> None:
    info = tarfile.TarInfo("pax")
    info.type, info.size = tarfile.XHDTYPE, 1 << 32
    assert problem_of(tmp_path / "a.tar", info.tobuf() + tarred({"EP1.xml": XML})) == "broken-archive"


def test_a_gzip_bomb_is_stopped_by_what_it_produces(tmp_path: Path) -> None:
    bomb = gzip.compress(bytes(64 << 20), mtime=0)
    assert problem_of(tmp_path / "a.tar.gz", bomb) == "ratio"
    assert problem_of(tmp_path / "a.tar.gz", bomb, ArchiveLimits(max_total_bytes=1 << 20)) == "total-too-large"


def test_a_cut_off_tar_is_refused(tmp_path: Path) -> None:
    packed = tarred({"EP1.xml": XML, "imgf0001.tif": bytes(range(256)) * 400}, "w:gz")
    assert problem_of(tmp_path / "a.tar.gz", packed[: len(packed) // 2]) == "truncated"
    plain = tarred({"EP1.xml": XML, "imgf0001.tif": bytes(5000)})
    assert problem_of(tmp_path / "a.tar", plain[:2000]) == "broken-archive"


def second_view() -> bytes:
    """One zip whose comment holds another list of the same entries, complete with absolute offsets."""
    data = zipped({"EP1.zip": document_zip()})
    end = data.rfind(b"PK\x05\x06")
    size, start = struct.unpack_from("<LL", data, end + 12)
    listed = data[start : start + size]
    moved = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, size, end + 22, 0)
    first = data[: end + 20] + struct.pack("<H", len(listed) + len(moved))
    return first + listed + moved


def test_a_second_list_of_entries_is_refused_even_where_every_offset_fits(tmp_path: Path) -> None:
    data = second_view()
    assert len(zipfile.ZipFile(io.BytesIO(data)).namelist()) == 1
    assert problem_of(tmp_path / "a.zip", data) == "two-views"


def test_overlapping_entries_are_refused_at_any_ratio(tmp_path: Path) -> None:
    data = bytearray(zipped({"EP1.zip": document_zip(), "EP2.zip": document_zip(2)}))
    second = data.rfind(b"PK\x01\x02")
    struct.pack_into("<L", data, second + 42, 0)
    assert problem_of(tmp_path / "a.zip", bytes(data)) == "overlap"


def test_data_behind_or_before_a_zip_is_refused(tmp_path: Path) -> None:
    data = zipped({"EP1.zip": document_zip()})
    assert problem_of(tmp_path / "a.zip", data + b"tail") == "trailing-data"
    assert problem_of(tmp_path / "a.zip", b"PK\x03\x04" + bytes(100) + data) == "two-views"


def test_an_archive_that_is_also_a_folder_is_refused(tmp_path: Path) -> None:
    data = zipped({"EP1.zip": document_zip(), "EP1.zip/EP2.xml": XML})
    assert problem_of(tmp_path / "a.zip", data) == "unsafe-name"


SEEDS = [
    ("a.zip", zipped({"DOC/EP1.zip": document_zip(), "DOC/EP2.zip": document_zip(2), "TOC.xml": b"<t/>"})),
    ("a.zip", document_zip()),
    ("a.tar", tarred({"EP1/a.xml": XML, "EP1/i.tif": TIFF, "x" * 120 + "/b.xml": XML})),
    ("a.tar.gz", tarred({"EP1.zip": document_zip()}, "w:gz")),
]


@pytest.mark.slow
@given(
    seed=st.sampled_from(SEEDS),
    edits=st.lists(st.tuples(st.integers(0, 20_000), st.integers(0, 255)), max_size=6),
    from_end=st.booleans(),
)
@settings(
    max_examples=400,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_damaged_deliveries_are_read_or_refused(
    tmp_path: Path, seed: tuple[str, bytes], edits: list[tuple[int, int]], from_end: bool
) -> None:
    name, good = seed
    data = bytearray(good)
    for at, value in edits:
        data[-1 - at % min(300, len(data)) if from_end else at % len(data)] = value
    path = tmp_path / name
    path.write_bytes(data)
    try:
        with open_delivery(path) as delivery:
            for member in delivery.members():
                if isinstance(member, DocumentMember):
                    try:
                        dict(delivery.read(member.name).files)
                    except DocumentError as error:
                        assert error.member == member.name
    except DeliveryError as error:
        assert error.code and error.detail
