"""Names of files: looked up only among the document's own, and displayed without tricks."""

from pathlib import Path

import pytest

from engine.delivery import DocumentFiles, open_delivery, shown_name
from tests.engine.delivery.making import TIFF, XML, tarred, zipped


def document_with(tmp_path: Path, *names: str) -> DocumentFiles:
    """A document of a zip in one folder with these images."""
    path = tmp_path / "EP1.zip"
    path.write_bytes(zipped({"EP1/EP1NWA1.xml": XML} | {f"EP1/{name}": TIFF for name in names}))
    with open_delivery(path) as delivery:
        return delivery.read("EP1/EP1NWA1.xml")


def test_a_file_is_found_by_its_exact_name_without_a_note(tmp_path: Path) -> None:
    assert document_with(tmp_path, "imgf0001.tif", "IMGF0001.TIF").find("imgf0001.tif") == ("imgf0001.tif", ())


def test_a_file_is_found_in_other_case_with_a_note(tmp_path: Path) -> None:
    found = document_with(tmp_path, "imgf0001.tif").find("IMGF0001.TIF")
    assert found is not None
    assert found[0] == "imgf0001.tif"
    assert [note.code for note in found[1]] == ["file-name-case"]


def test_other_case_that_fits_two_files_finds_neither(tmp_path: Path) -> None:
    assert document_with(tmp_path, "imgf0001.tif", "IMGF0001.TIF").find("Imgf0001.tif") is None


def test_a_file_in_a_folder_of_the_document_is_found_by_path_and_by_name(tmp_path: Path) -> None:
    document = document_with(tmp_path, "images/imgf0001.tif")
    assert document.find("images/imgf0001.tif") == ("images/imgf0001.tif", ())
    assert document.find("imgf0001.tif") == ("images/imgf0001.tif", ())


@pytest.mark.parametrize(
    "file_name",
    [
        "imgf0002.tif",
        "../../../../tmp/hostile_secret.txt",
        "/tmp/hostile_secret.txt",
        "file:///tmp/hostile_secret.txt",
        "..\\..\\boot.ini",
        "http://127.0.0.1:9/a.tif",
        "http://127.0.0.1:9/imgf0001.tif",
        "../imgf0001.tif",
        "EP1NWA1.xml",
        "",
    ],
)
def test_nothing_but_the_own_files_is_ever_found(tmp_path: Path, file_name: str) -> None:
    assert document_with(tmp_path, "imgf0001.tif").find(file_name) is None


def test_shown_names_spell_out_what_cannot_be_seen_and_stay_short() -> None:
    assert shown_name("EP2030\u202e10000NWA1piz.zip") == "EP2030<U+202E>10000NWA1piz.zip"
    assert shown_name("a\r\nb\x1b[31m.zip") == "a<U+000D><U+000A>b<U+001B>[31m.zip"
    assert shown_name("Rücklauf 泵 FIG. 1.tif") == "Rücklauf 泵 FIG. 1.tif"
    for name in ("a" * 60_000 + ".zip", "\u202e" * 500 + ".zip", "x" * 150 + "\u2066" * 40):
        assert len(shown_name(name)) <= 160
        assert shown_name(name).isprintable()
    assert shown_name("a" * 60_000 + ".zip").endswith("a.zip")


def test_a_member_keeps_its_name_as_identity_and_is_noted(tmp_path: Path) -> None:
    path = tmp_path / "week.zip"
    path.write_bytes(zipped({"EP\u202epiz.1.zip": zipped({"EP1.xml": XML})}))
    with open_delivery(path) as delivery:
        (member,) = delivery.members()
        assert member.name == "EP\u202epiz.1.zip"
        assert [note.code for note in delivery.read(member.name).notes] == ["odd-name"]


def test_names_that_are_no_utf8_can_still_be_stored(tmp_path: Path) -> None:
    (tmp_path / "old.tar").write_bytes(tarred({"EP\udce9.xml": XML}))
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "EP\udce9.xml").write_bytes(XML)
    for path in (tmp_path / "old.tar", tmp_path / "folder"):
        with open_delivery(path) as delivery:
            (member,) = delivery.members()
            assert member.name.encode() == "EPé.xml".encode()
            assert delivery.read(member.name).xml == XML
