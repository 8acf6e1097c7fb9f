"""Which images are drawings."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.patents import ImageFamily, image_family, parse_patent
from engine.patents.publication import DrawingReference

PatentXml = Callable[..., bytes]


def figure(file: str, number: str = "1", more: str = 'img-content="drawing"', identifier: str = "f0001") -> str:
    image = f'<img id="i1" file="{file}" wi="165" he="250.5" {more}/>'
    return f'<figure id="{identifier}" num="{number}">{image}</figure>'


def test_drawings_carry_label_file_and_size(patent_xml: PatentXml) -> None:
    document = parse_patent(patent_xml(drawings=f"<drawings>{figure('imgf0001.tif', '3A,3B')}</drawings>"), "m.xml")
    assert document.drawings == (DrawingReference("f0001", "3A,3B", "imgf0001.tif", 165.0, 250.5),)
    assert document.left_out == ()
    assert document.notes == ()


def test_formulas_tables_and_chemistry_are_named_and_left_out(patent_xml: PatentXml) -> None:
    text = (
        '<p num="1">x<maths><img file="imgb0001.tif" img-content="math"/></maths>'
        '<chemistry><img file="imgb0002.tif"/></chemistry>'
        '<tables><img file="imgb0003.tif" img-content="table"/></tables>'
        '<img file="imgb0004.tif" img-content="program-listing"/></p>'
    )
    chemistry = figure("imgf0002.tif", more='img-content="chem"')
    drawings = f"<drawings>{figure('imgf0001.tif')}{chemistry}</drawings>"
    document = parse_patent(patent_xml(text, drawings=drawings), "m.xml")
    assert [one.file_name for one in document.drawings] == ["imgf0001.tif"]
    assert [(one.file_name, one.label) for one in document.left_out] == [
        ("imgb0001.tif", "math"),
        ("imgb0002.tif", "chemistry"),
        ("imgb0003.tif", "table"),
        ("imgb0004.tif", "program-listing"),
        ("imgf0002.tif", "chem"),
    ]


def test_without_img_content_the_file_family_decides(patent_xml: PatentXml) -> None:
    drawings = "".join(figure(name, more="") for name in ("imgf0001.tif", "imgb0002.tif", "00010001.tif"))
    document = parse_patent(patent_xml(drawings=f"<drawings>{drawings}</drawings>"), "m.xml")
    assert [one.file_name for one in document.drawings] == ["imgf0001.tif", "00010001.tif"]
    assert [one.file_name for one in document.left_out] == ["imgb0002.tif"]


def test_without_a_drawings_part_the_images_of_the_family_are_the_drawings(patent_xml: PatentXml) -> None:
    text = '<p num="1">x<img file="imgf0001.tif"/><img file="imgb0001.tif"/></p>'
    document = parse_patent(patent_xml(text), "m.xml")
    assert [one.file_name for one in document.drawings] == ["imgf0001.tif"]
    assert [one.file_name for one in document.left_out] == ["imgb0001.tif"]


def test_scanned_pages_among_the_drawings_are_drawings(patent_xml: PatentXml) -> None:
    pages = '<drawings><doc-page id="dp1" file="00000012.tif" wi="210" he="297" type="tif"/></drawings>'
    report = '<search-report-data><doc-page file="srep0001.tif" wi="1" he="1" type="tif"/></search-report-data>'
    document = parse_patent(patent_xml(drawings=pages + report), "m.xml")
    assert document.drawings == (DrawingReference("dp1", "", "00000012.tif", 210.0, 297.0),)
    assert document.left_out == ()


def test_the_abstract_drawing_counts_only_where_there_is_no_other(patent_xml: PatentXml) -> None:
    abstract = '<abstract><p num="1">x<img id="iaf01" file="imgaf001.tif" img-content="drawing"/></p></abstract>'
    alone = parse_patent(patent_xml(abstract=abstract), "m.xml")
    assert [one.file_name for one in alone.drawings] == ["imgaf001.tif"]
    beside = parse_patent(patent_xml(abstract=abstract, drawings=f"<drawings>{figure('imgf0001.tif')}</drawings>"), "m")
    assert [one.file_name for one in beside.drawings] == ["imgf0001.tif"]
    assert [one.label for one in beside.left_out] == ["abstract-drawing"]


def test_entities_in_attributes_are_characters_too(patent_xml: PatentXml) -> None:
    drawings = f"<drawings>{figure('imgf0001.tif', '3&prime;&wunder;')}</drawings>"
    for doctype in ('<!DOCTYPE ep-patent-document SYSTEM "x.dtd">', ""):
        document = parse_patent(patent_xml(doctype=doctype, drawings=drawings), "m.xml")
        assert document.drawings[0].label == "3′&wunder;"


def test_odd_drawings_are_kept_and_noted(patent_xml: PatentXml) -> None:
    drawings = (
        figure("imgf0001.tif")
        + figure("imgf0001.tif")
        + figure("../../etc/passwd", identifier="f0003")
        + figure("http://127.0.0.1:9/a.tif", identifier="f0004")
        .replace('wi="165"', 'wi="-1"')
        .replace("250.5", "1e999")
    )
    document = parse_patent(patent_xml(drawings=f"<drawings>{drawings}</drawings>"), "m.xml")
    assert len(document.drawings) == 4
    assert (document.drawings[3].width_mm, document.drawings[3].height_mm) == (None, None)
    assert sorted({note.code for note in document.notes}) == [
        "file-name-is-a-path",
        "file-named-twice",
        "identifier-twice",
        "impossible-size",
    ]


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("imgf0001.tif", ImageFamily.DRAWING),
        ("IMGF0001.TIF", ImageFamily.DRAWING),
        ("DOC/imgb0001.tif", ImageFamily.EMBEDDED),
        ("imgia0001.tif", ImageFamily.EMBEDDED),
        ("imga0001.tif", ImageFamily.EMBEDDED),
        ("imgaf001.tif", ImageFamily.ABSTRACT),
        ("US20060085912A1-20060427-D00001.TIF", ImageFamily.DRAWING),
        ("US20060085912A1-20060427-C00001.TIF", ImageFamily.EMBEDDED),
        ("US20060085912A1-20060427-M00001.TIF", ImageFamily.EMBEDDED),
        ("00000012.tif", ImageFamily.UNKNOWN),
    ],
)
def test_the_name_of_an_image_tells_its_family(name: str, family: ImageFamily) -> None:
    assert image_family(name) is family
