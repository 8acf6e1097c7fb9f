"""What is repaired and what is refused (docs/decisions/0002-repairing-xml.md)."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import DocumentError
from engine.patents import XmlLimits, parse_patent
from engine.patents.publication import Section

from .conftest import build_patent_xml

PatentXml = Callable[..., bytes]


def description_of(xml: bytes) -> list[str]:
    document = parse_patent(xml, "m.xml")
    assert document.repaired
    assert any(note.code == "repaired" and "line" in note.detail for note in document.notes)
    return [one.text for one in document.paragraphs if one.section is Section.DESCRIPTION]


@pytest.mark.parametrize(
    ("markup", "texts"),
    [
        ('<p num="1">Dummett Copp & Co. (10)</p>', ["Dummett Copp & Co. (10)"]),
        ('<p num="1">x < 5, y<3 and z<b</p>', ["x < 5, y<3 and z<b"]),
        ('<heading id="h1"><First Embodiment</heading><p num="1">x</p>', ["<First Embodiment", "x"]),
        ('<p num="1">a <Second> b & c <foo>d</foo></p>', ["a <Second> b & c d"]),
        ('<p num="1">the <b>rotor 12 turns</p><p num="2">next</p>', ["the rotor 12 turns", "next"]),
        ('<p num="1">the <b>rotor <i>12</b> turns</i> fast</p>', ["the rotor 12 turns fast"]),
        ('<p num="1">the rotor</i> turns</p>', ["the rotor turns"]),
        ('<p num="1">the rotor<p num="2">the shaft</p>', ["the rotor", "the shaft"]),
        ('<p num="1">the rotor', ["the rotor"]),
        ('<p num="1">a<ul><li>x<li>y</ul></p>', ["a\nx\ny"]),
        ('<p num="1" num="2">the rotor</p>', ["the rotor"]),
        ('<p num=1 id="p&1">the rotor</p>', ["the rotor"]),
        ('<p num="1"id="p1">the rotor</p>', ["the rotor"]),
        ('<p num="1">the\x0crotor\x02 12</p>', ["the rotor 12"]),
        ('<p num="1">a]]>b</p>', ["a]]>b"]),
        ('<p num="1">a<!-- EPO -- DP -->b</p>', ["ab"]),
    ],
)
def test_a_fault_with_one_reading_is_repaired_and_noted(markup: str, texts: list[str]) -> None:
    assert description_of(build_patent_xml(markup)) == texts


def test_undeclared_entities_are_repaired_where_no_dtd_excuses_them() -> None:
    xml = build_patent_xml('<p num="1">5&deg; &agr; &wunder;</p>', doctype="")
    assert description_of(xml) == ["5° α &wunder;"]
    alone = build_patent_xml('<p num="1">5&deg;</p>', head='<?xml version="1.0" standalone="yes"?>')
    assert description_of(alone) == ["5°"]


def test_the_note_names_what_and_the_lines_of_the_delivered_file() -> None:
    xml = build_patent_xml('\n<p num="1">A & B</p>\n<p num="2">C & D</p>')
    (note,) = parse_patent(xml, "m.xml").notes
    assert note.detail == '"&" was kept as text (lines 3, 4)'


def test_blank_space_and_control_characters_around_the_document_are_repaired() -> None:
    assert description_of(b"\n \n" + build_patent_xml() + b"\x1a")


@pytest.mark.parametrize(
    ("xml", "code"),
    [
        (build_patent_xml()[:-200], "not-well-formed"),
        (build_patent_xml().replace(b"</ep-patent-document>", b""), "not-well-formed"),
        (build_patent_xml().replace(b"</description>", b""), "not-well-formed"),
        (build_patent_xml().replace(b"</claim>", b""), "not-well-formed"),
        (build_patent_xml('<p num="1">a<ul><li>x</li></p>'), "not-well-formed"),
        (build_patent_xml('<p num="1>a</p><p num="2">b</p>'), "not-well-formed"),
        (build_patent_xml('<p num="1">a<!-- b</p>'), "not-well-formed"),
        (build_patent_xml() + build_patent_xml(), "not-well-formed"),
        (build_patent_xml() + b"more", "not-well-formed"),
        (build_patent_xml('<p num="1">a\0b</p>'), "not-well-formed"),
        (build_patent_xml('<p num="1">a&#0;b</p>'), "illegal-character"),
        (build_patent_xml('<p num="1">a&#x1F; & b</p>'), "illegal-character"),
        (build_patent_xml('<p num="1">a</p>').replace(b">a<", b">\xe4<"), "encoding"),
        (build_patent_xml(head='<?xml version="1.0" encoding="UTF-7"?>'), "encoding"),
        (build_patent_xml(head='<?xml version="1.0" encoding="UTF-16"?>'), "encoding"),
        (b" \n ", "empty"),
        (b"", "empty"),
        (b"not XML at all", "not-well-formed"),
        (build_patent_xml(doctype='<!DOCTYPE ep-patent-document [<!ENTITY a "b">]>'), "entity-declaration"),
        (build_patent_xml(doctype='<!-- <a> --><!DOCTYPE x SYSTEM "a>b" [<!-- ]> --><!ENTITY a "b">]>'), "entity-declaration"),  # noqa: E501
        (build_patent_xml(doctype="<!DOCTYPE ep-patent-document ["), "not-well-formed"),
    ],
)  # fmt: skip
def test_what_has_no_single_reading_is_refused(xml: bytes, code: str) -> None:
    with pytest.raises(DocumentError) as caught:
        parse_patent(xml, "the-member.xml")
    assert caught.value.code == code
    assert caught.value.member == "the-member.xml"
    assert len(caught.value.detail) < 400


def test_a_wrong_byte_is_named_by_its_offset() -> None:
    xml = build_patent_xml("Getränk").replace("ä".encode(), b"\xe4")
    with pytest.raises(DocumentError, match=f"byte {xml.index(0xE4)} "):
        parse_patent(xml, "m.xml")


def test_every_bound_is_a_clean_refusal() -> None:
    deep = build_patent_xml(f'<p num="1">{"<b>" * 60}x{"</b>" * 60}</p>')
    long = build_patent_xml(f'<p num="1">{"z" * 5000}</p>')
    faulty = build_patent_xml(f'<p num="1">{"& " * 50}</p>')
    deep_and_faulty = build_patent_xml(f'<p num="1">a & b {"<b>" * 5000}{"</i>" * 5000}</p>')
    for xml, limits, code in (
        (deep_and_faulty, XmlLimits(), "too-deep"),
        (deep, XmlLimits(depth=50), "too-deep"),
        (long, XmlLimits(text_node_characters=4000), "text-too-long"),
        (long, XmlLimits(bytes=4000), "too-large"),
        (faulty, XmlLimits(repairs=40), "not-well-formed"),
    ):
        with pytest.raises(DocumentError) as caught:
            parse_patent(xml, "m.xml", limits)
        assert caught.value.code == code


def test_markup_as_deep_as_the_limit_is_read_without_recursion() -> None:
    xml = build_patent_xml(f'<p num="1">{"<b>" * 250}x{"</b>" * 250}</p>')
    assert parse_patent(xml, "m.xml").paragraphs[0].text == "x"


@pytest.mark.parametrize(
    "fragment", ["<!--", "<![CDATA[", "<?", "<", "&", '<a b="', "<p a='\"", "<b>", "<a     ", "</p>"]
)
def test_floods_of_broken_markup_end_in_linear_time(fragment: str) -> None:
    flood = fragment * ((1 << 20) // len(fragment))
    for xml in (build_patent_xml(flood), build_patent_xml(doctype=f"<!DOCTYPE x [{flood}")):
        started = time.perf_counter()
        with pytest.raises(DocumentError):
            parse_patent(xml, "m.xml")
        assert time.perf_counter() - started < 2


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=60), st.integers(min_value=0, max_value=400))
def test_any_damage_is_read_or_refused_but_never_another_error(damage: bytes, at: int) -> None:
    xml = build_patent_xml()
    try:
        document = parse_patent(xml[:at] + damage + xml[at + len(damage) :], "m.xml")
    except DocumentError as problem:
        assert problem.detail
    else:
        assert document.number.country
