"""Class symbols in any spelling, their place in the tree, and their names."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from lxml import etree

from engine.classes import Level, child_level, class_name, levels_of, prefix_as_stored, title_of
from engine.patents.bibliography import symbol_of


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("f04c 2/08", "F04C 2/08"),
        ("F04C2/08", "F04C 2/08"),
        ("F04C0002080000", "F04C 2/08"),
        ("F04C  2/08 (2006.01)", "F04C 2/08"),
        ("H04N0021238500", "H04N 21/2385"),
        ("H04N0021000000", "H04N 21/00"),
        ("F04C 0002/08", "F04C 2/08"),
        ("F04C0002", "F04C 2/"),
        ("F04C 2/", "F04C 2/"),
        ("F04C 2", "F04C 2"),
        ("f04c", "F04C"),
        ("F04", "F04"),
        ("F0", "F0"),
        ("f", "F"),
        ("Y02E 10/70", "Y02E 10/70"),
    ],
)
def test_a_prefix_in_any_spelling_is_the_stored_one(written: str, stored: str) -> None:
    assert prefix_as_stored(written) == stored


@pytest.mark.parametrize(
    "written", ["", "4", "I01", "F4C", "F04 2/08", "F04C/08", "F04CC", "F04C 2/0812345", "٣", "%", "F04C 0/"]
)
def test_what_starts_no_symbol_is_none(written: str) -> None:
    assert prefix_as_stored(written) is None


@pytest.mark.parametrize("text", ["F04C   2/08        20060101AFI20051220RMJP", "H04N  21/2385", "A01B", "Y02T 10/72"])
def test_every_prefix_of_a_stored_symbol_begins_it(text: str) -> None:
    symbol = symbol_of(text)
    assert prefix_as_stored(symbol) == symbol
    assert all(symbol.startswith(place) for place in levels_of(symbol))


def test_the_tree_goes_by_section_class_subclass_main_group_and_group() -> None:
    assert levels_of("F04C 2/08") == ("F", "F04", "F04C", "F04C 2/", "F04C 2/08")
    assert levels_of("F04C 2") == ("F", "F04", "F04C", "F04C 2")
    assert levels_of("F0") == ("F", "F0")
    assert levels_of("") == ()
    below = {"": Level.SECTION, "F": Level.CLASS, "F0": Level.CLASS, "F04": Level.SUBCLASS, "F04C": Level.MAIN_GROUP}
    assert {prefix: child_level(prefix) for prefix in below} == below
    assert child_level("F04C 2") is Level.MAIN_GROUP
    assert child_level("F04C 2/") is Level.GROUP


def test_a_symbol_is_shown_with_the_names_above_it() -> None:
    wheel = class_name("B60B")
    assert wheel.described == "B60B – Vehicle wheels; castors; axles (Performing operations › Vehicles in general)"
    assert wheel.short == "B60B – Vehicle wheels"
    group = class_name("B60B 7/00")
    assert group.title == ""
    assert group.described == (
        "B60B 7/00 – in B60B, Vehicle wheels; castors; axles (Performing operations › Vehicles in general)"
    )
    assert class_name("Z99").described == "Z99"


def test_every_subclass_has_a_class_and_every_class_a_section_with_a_name() -> None:
    rows = (Path(__file__).parents[3] / "engine/classes/names.tsv").read_text(encoding="utf-8").splitlines()
    symbols = [row.split("\t")[0] for row in rows if not row.startswith("#")]
    assert len(symbols) == len(set(symbols)) > 800
    for symbol in symbols:
        assert all(title_of(place) for place in levels_of(symbol)), symbol
        assert prefix_as_stored(symbol) == symbol


@pytest.mark.corpus
def test_every_class_of_the_real_patents_has_a_name(shared: Path) -> None:
    symbols = set(_symbols_of_corpus(shared / "corpus"))
    assert len(symbols) > 20
    assert not {symbol for symbol in symbols if not title_of(symbol[:3])}
    assert {symbol[:4] for symbol in symbols if not title_of(symbol[:4])} <= {"G06P"}  # a slip of one document for G06Q


def _symbols_of_corpus(corpus: Path) -> list[str]:
    found: list[str] = []
    documents = [path.read_bytes() for path in (corpus / "epo_xml").glob("*/*.xml")]
    for delivery in ("utility.zip", "designs.zip"):
        with zipfile.ZipFile(corpus / delivery) as outer:
            for name in outer.namelist():
                with zipfile.ZipFile(BytesIO(outer.read(name))) as inner:
                    documents += [inner.read(member) for member in inner.namelist() if member.endswith(".xml")]
    for document in documents:
        root = etree.fromstring(document, etree.XMLParser(resolve_entities=False, recover=True))
        for tag in ("B511", "B512", "B513", "B514", "classification-ipcr", "classification-cpc", "main-classification"):
            for element in root.iter(tag):
                found.append(symbol_of(" ".join(map(str, element.itertext())).strip()))
    return [symbol for symbol in found if symbol]
