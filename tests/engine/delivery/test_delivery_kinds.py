"""Every kind of delivery opens to the same documents, in one process or in another."""

import multiprocessing
import time
import zipfile
from pathlib import Path

import pytest

from engine.delivery import ArchiveLimits, DeliveryError, DocumentError, DocumentMember, IgnoredMember, open_delivery
from tests.engine.delivery.making import TIFF, XML, document_zip, tarred, zipped


def documents_of(path: Path, **options: object) -> dict[str, tuple[str, dict[str, bytes]]]:
    """Member → (XML name, files)."""
    with open_delivery(path, **options) as delivery:  # type: ignore[arg-type]
        names = [member.name for member in delivery.members() if isinstance(member, DocumentMember)]
        read = [delivery.read(name) for name in names]
        return {document.member: (document.xml_name, dict(document.files)) for document in read}


def written(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


LOOSE = {"EP1NWA1/EP1NWA1.xml": XML, "EP1NWA1/imgf0001.tif": TIFF}


@pytest.mark.parametrize(
    ("file_name", "data", "member"),
    [
        (
            "week.zip",
            zipped({"DTDS/a.dtd": b"", "index.xml": b"<i/>", "DOC/A1/EP1.zip": document_zip()}),
            "DOC/A1/EP1.zip",
        ),
        ("EP1.zip", document_zip(), "EP1NWA1.xml"),
        ("EP1.zip", zipped(LOOSE), "EP1NWA1/EP1NWA1.xml"),
        ("old.tar", tarred(LOOSE), "EP1NWA1/EP1NWA1.xml"),
        ("old.tar.gz", tarred(LOOSE, "w:gz"), "EP1NWA1/EP1NWA1.xml"),
        ("old.tgz", tarred({"EP1.zip": document_zip()}, "w:gz"), "EP1.zip"),
        ("old.tar", tarred({"EP1.tar": tarred(LOOSE)}), "EP1.tar"),
        ("week.zip", zipped({"EP1.tar.gz": tarred(LOOSE, "w:gz")}), "EP1.tar.gz"),
    ],
)
def test_each_container_gives_the_document(tmp_path: Path, file_name: str, data: bytes, member: str) -> None:
    found = documents_of(written(tmp_path / file_name, data))
    assert found == {member: ("EP1NWA1.xml", {"imgf0001.tif": TIFF})}


def test_a_folder_holds_deliveries_of_every_kind(tmp_path: Path) -> None:
    written(tmp_path / "a" / "EP1.zip", document_zip(1))
    written(tmp_path / "b" / "EP2NWA1.xml", XML)
    written(tmp_path / "b" / "imgf0001.tif", TIFF)
    written(tmp_path / "week.zip", zipped({"DOC/EP3.zip": document_zip(3), "DOC/EP4.zip": document_zip(4)}))
    written(tmp_path / "old.tar", tarred({"EP5/EP5NWA1.xml": XML, "EP6/EP6NWA1.xml": XML, "EP6/imgf0001.tif": TIFF}))
    found = documents_of(tmp_path)
    assert {member: name for member, (name, _) in found.items()} == {
        "a/EP1.zip": "EP1NWA1.xml",
        "b/EP2NWA1.xml": "EP2NWA1.xml",
        "old.tar/EP5/EP5NWA1.xml": "EP5NWA1.xml",
        "old.tar/EP6/EP6NWA1.xml": "EP6NWA1.xml",
        "week.zip/DOC/EP3.zip": "EP3NWA1.xml",
        "week.zip/DOC/EP4.zip": "EP4NWA1.xml",
    }
    assert found["old.tar/EP5/EP5NWA1.xml"][1] == {}
    assert found["old.tar/EP6/EP6NWA1.xml"][1] == {"imgf0001.tif": TIFF}


def test_a_bare_xml_takes_the_images_beside_it_and_no_other_document(tmp_path: Path) -> None:
    written(tmp_path / "EP1NWA1.xml", XML)
    written(tmp_path / "EP2NWA1.xml", XML)
    written(tmp_path / "imgf0001.tif", TIFF)
    assert documents_of(tmp_path / "EP1NWA1.xml") == {"EP1NWA1.xml": ("EP1NWA1.xml", {"imgf0001.tif": TIFF})}


def test_a_file_stored_under_another_name_is_judged_by_the_name_it_was_given(tmp_path: Path) -> None:
    stored = written(tmp_path / "3fa9", tarred(LOOSE))
    assert list(documents_of(stored)) == ["EP1NWA1/EP1NWA1.xml"]
    with pytest.raises(DeliveryError) as problem:
        open_delivery(stored, given_name="week.zip")
    assert problem.value.code == "not-an-archive"
    bare = written(tmp_path / "77ab", XML)
    assert list(documents_of(bare, given_name="EP1NWA1.xml")) == ["EP1NWA1.xml"]


def read_elsewhere(path: Path, name: str) -> bytes:
    with open_delivery(path) as delivery:
        return delivery.read(name).files["imgf0001.tif"]


def test_a_member_is_read_in_a_process_that_never_listed_it(tmp_path: Path) -> None:
    written(tmp_path / "week.zip", zipped({"DOC/EP3.zip": document_zip(3), "DOC/EP4.zip": document_zip(4)}))
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.apply(read_elsewhere, (tmp_path, "week.zip/DOC/EP4.zip")) == TIFF


def test_five_thousand_members_are_listed_and_one_read_in_a_moment(tmp_path: Path) -> None:
    document = document_zip()
    path = written(tmp_path / "week.zip", zipped({f"DOC/EP{number}.zip": document for number in range(5000)}))
    started = time.perf_counter()
    with open_delivery(path) as delivery:
        assert sum(isinstance(member, DocumentMember) for member in delivery.members()) == 5000
        opened = time.perf_counter()
        for number in range(0, 5000, 50):
            delivery.read(f"DOC/EP{number}.zip")
        per_read = (time.perf_counter() - opened) / 100
    assert opened - started < 2
    assert per_read < 0.01


def test_companions_are_ignored_quietly_and_strays_with_a_warning(tmp_path: Path) -> None:
    files = {"TOC.xml": b"<t/>", "a.pdf": b"%PDF", "dtd/x.dtd": b"", "EP1.zip": document_zip(), "readme.html": b"x"}
    files |= {"lonely/fig.tif": TIFF, "__MACOSX/._EP1.zip": b"x"}
    with open_delivery(written(tmp_path / "week.zip", zipped(files))) as delivery:
        ignored = {member.name: member.stray for member in delivery.members() if isinstance(member, IgnoredMember)}
    assert ignored == {
        "TOC.xml": False,
        "a.pdf": False,
        "dtd/x.dtd": False,
        "readme.html": True,
        "lonely/fig.tif": True,
        "__MACOSX/._EP1.zip": True,
    }


def test_members_keep_the_containers_order(tmp_path: Path) -> None:
    files = {"z.zip": document_zip(), "index.xml": b"<i/>", "a.zip": document_zip()}
    with open_delivery(written(tmp_path / "week.zip", zipped(files))) as delivery:
        assert [member.name for member in delivery.members()] == ["z.zip", "index.xml", "a.zip"]


def test_a_delivery_without_any_document_is_refused(tmp_path: Path) -> None:
    for path in (
        written(tmp_path / "a" / "only.zip", zipped({"fig.tif": TIFF, "TOC.xml": b"<t/>"})),
        written(tmp_path / "b" / "only.tar", tarred({"readme.txt": b"x"})),
        written(tmp_path / "c" / "readme.txt", b"x").parent,
    ):
        with pytest.raises(DeliveryError) as problem:
            open_delivery(path)
        assert problem.value.code == "nothing-to-ingest"


def test_a_folder_of_broken_documents_fails_document_by_document(tmp_path: Path) -> None:
    written(tmp_path / "EP1.zip", b"")
    written(tmp_path / "EP2.zip", b"no zip")
    with open_delivery(tmp_path) as delivery:
        codes = []
        for member in delivery.members():
            with pytest.raises(DocumentError) as problem:
                delivery.read(member.name)
            codes.append((problem.value.member, problem.value.code))
    assert codes == [("EP1.zip", "empty-file"), ("EP2.zip", "not-an-archive")]


def test_links_in_a_folder_are_never_followed(tmp_path: Path) -> None:
    secret = written(tmp_path / "secret.tif", b"secret")
    folder = tmp_path / "delivery"
    written(folder / "EP1.xml", XML)
    (folder / "imgf0001.tif").symlink_to(secret)
    (folder / "away").symlink_to(tmp_path)
    with open_delivery(folder) as delivery:
        assert dict(delivery.read("EP1.xml").files) == {}
        strays = [member for member in delivery.members() if isinstance(member, IgnoredMember)]
    assert [(stray.name, stray.stray, stray.reason.code) for stray in strays] == [
        ("away", True, "not-a-file"),
        ("imgf0001.tif", True, "not-a-file"),
    ]


def test_an_image_that_two_documents_of_a_folder_name_is_given_to_neither(tmp_path: Path) -> None:
    written(tmp_path / "EP1.xml", XML)
    written(tmp_path / "EP2.xml", XML)
    written(tmp_path / "imgf0001.tif", TIFF)
    with open_delivery(tmp_path) as delivery:
        for name in ("EP1.xml", "EP2.xml"):
            with pytest.raises(DocumentError) as problem:
                delivery.read(name)
            assert problem.value.code == "shared-folder"
    (tmp_path / "EP2.xml").write_bytes(b"<biblio/>")
    assert documents_of(tmp_path)["EP1.xml"][1] == {"imgf0001.tif": TIFF}


def test_an_unknown_member_is_no_document(tmp_path: Path) -> None:
    with open_delivery(written(tmp_path / "EP1.zip", document_zip())) as delivery:
        for name in ("../../etc/passwd", "EP2.xml", "", "TOC.xml", "imgf0001.tif"):
            with pytest.raises(DocumentError) as problem:
                delivery.read(name)
            assert problem.value.code == "no-such-member"


def test_a_broken_image_is_an_error_of_its_document_when_read(tmp_path: Path) -> None:
    inner = bytearray(document_zip())
    at = inner.find(b"imgf0001.tif") + len("imgf0001.tif") + 3
    inner[at] ^= 0xFF
    with open_delivery(written(tmp_path / "week.zip", zipped({"EP1.zip": bytes(inner)}))) as delivery:
        document = delivery.read("EP1.zip")
        assert document.xml == XML
        with pytest.raises(DocumentError) as problem:
            document.files["imgf0001.tif"]
    assert (problem.value.member, problem.value.code) == ("EP1.zip", "broken-entry")


def test_limits_are_settings(tmp_path: Path) -> None:
    path = written(tmp_path / "week.zip", zipped({"EP1.zip": document_zip(), "EP2.zip": document_zip(2)}))
    for limits, code in (
        (ArchiveLimits(max_entries=1), "too-many-entries"),
        (ArchiveLimits(max_entry_bytes=100), "entry-too-large"),
        (ArchiveLimits(max_total_bytes=1000), "total-too-large"),
        (ArchiveLimits(max_name_bytes=4), "name-too-long"),
    ):
        with pytest.raises(DeliveryError) as problem:
            open_delivery(path, limits)
        assert problem.value.code == code
    with open_delivery(path, ArchiveLimits(max_xml_bytes=10)) as delivery, pytest.raises(DocumentError) as too_long:
        delivery.read("EP1.zip")
    assert too_long.value.code == "entry-too-large"


def test_a_third_level_opens_where_the_limit_allows_it(tmp_path: Path) -> None:
    year = zipped({"week.zip": zipped({"EP1.zip": document_zip(), "EP2.zip": document_zip(2)})})
    path = written(tmp_path / "year.zip", year)
    assert list(documents_of(path, limits=ArchiveLimits(max_depth=3))) == ["week.zip/EP1.zip", "week.zip/EP2.zip"]
    with open_delivery(path) as delivery, pytest.raises(DocumentError) as problem:
        delivery.read("week.zip")
    assert problem.value.code == "too-deep"


@pytest.mark.parametrize("outer", ["zip", "tar"])
def test_a_stored_batch_larger_than_one_file_may_be_is_read_in_place(tmp_path: Path, outer: str) -> None:
    week = zipped({f"DOC/EP{number}.zip": document_zip(number) for number in range(30)})
    limits = ArchiveLimits(max_depth=3, max_entry_bytes=2000)
    assert len(week) > limits.max_entry_bytes > len(document_zip())
    data = tarred({"week.zip": week}) if outer == "tar" else zipped({"week.zip": week}, zipfile.ZIP_STORED)
    path = written(tmp_path / f"year.{outer}", data)
    with open_delivery(path, limits) as delivery:
        names = [member.name for member in delivery.members()]
        document = delivery.read("week.zip/DOC/EP7.zip")
        assert delivery.read("week.zip/DOC/EP29.zip").xml_name == "EP29NWA1.xml"
    assert len(names) == 30
    assert (document.xml_name, dict(document.files)) == ("EP7NWA1.xml", {"imgf0001.tif": TIFF})
    packed = written(tmp_path / "packed.zip", zipped({"week.zip": week}))
    if outer == "zip":
        with pytest.raises(DeliveryError) as problem:
            open_delivery(packed, limits)
        assert problem.value.code == "entry-too-large"
