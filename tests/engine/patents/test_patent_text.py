"""The plain text of a patent XML."""

from __future__ import annotations

import html
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.patents import parse_patent
from engine.patents.entities import CHARACTERS
from engine.patents.publication import Paragraph, Section

from .conftest import build_patent_xml

PatentXml = Callable[..., bytes]


def paragraph_of(inner: str, *, doctype_and_more: bool = True) -> Paragraph:
    xml = build_patent_xml(f'<p id="p1" num="0001">{inner}</p>')
    return next(one for one in parse_patent(xml, "m.xml").paragraphs if one.section is Section.DESCRIPTION)


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("12<sup>'</sup> turns", "12' turns"),
        ("12<sub>a</sub> turns", "12a turns"),
        ("H<sub>2</sub>O at 10<sup>3</sup> Pa", "H₂O at 10³ Pa"),
        ("10<sup>-6</sup> m, x<sup>n+1</sup>, 10<sup>2n</sup>", "10⁻⁶ m, xn+1, 10²n"),
        ("<b>12</b>, <b><u>14</u></b>.", "12, 14."),
        ("hous<i>ing</i> 12", "housing 12"),
        ("one<br/>two <br/> three", "one two three"),
        ("  a \n\t b\u00a0c  ", "a b c"),
        ('at a<!-- EPO <DP n="2"> --> temperature', "at a temperature"),
        ('tem<!-- EPO <DP n="2"> -->perature', "temperature"),
        ("signs: <ul><li>1 pump</li><li>2 rotor</li></ul> end", "signs:\n1 pump\n2 rotor\nend"),
        ("<dl><dt>12</dt><dd>rotor</dd><dt>14</dt><dd>shaft</dd></dl>", "12 rotor\n14 shaft"),
        ("R<sub>1<sup2>'</sup2></sub> and x<sup>2<sub2>3</sub2></sup>", "R₁' and x²₃"),
        ('the formula <maths><math/></maths>, and <img file="imgb0002.tif"/>.', "the formula, and."),
        ("where<maths><math><mi>Q</mi></math></maths>is heat", "where is heat"),
        ("see <tables><table><tbody><row><entry>7</entry></row></tbody></table></tables> below", "see below"),
        ('of <chemistry><img file="imgb0001.tif" img-content="chem"/></chemistry> I', "of I"),
        ('from <patcit dnum="DE1"><text>DE-A-1</text></patcit>.', "from DE-A-1."),
        ("angle &agr; of 5&deg; &mdash; x &b.alpha; &Aacgr; &prime;", "angle α of 5° — x 𝛂 Ά ′"),
        ("5&nbsp;mm", "5 mm"),
        ("<foo>a</foo>b", "a b"),
        ("a &lt;b&gt; &amp;c;", "a <b> &c;"),
    ],
)
def test_markup_reads_as_print_does(markup: str, text: str) -> None:
    assert paragraph_of(markup).text == text


def test_an_unknown_entity_is_kept_literally_and_noted() -> None:
    document = parse_patent(build_patent_xml('<p num="1">before &wunder; after</p>'), "m.xml")
    assert document.paragraphs[0].text == "before &wunder; after"
    assert [note.code for note in document.notes] == ["unknown-entity"]
    assert "&wunder;" in document.notes[0].detail


def test_spans_cover_the_marked_words_in_the_normalised_text() -> None:
    paragraph = paragraph_of(
        'As \n shown in <figref idref="f0003">FIG.\n 3<sub>a</sub></figref>, <b> 12 </b>and<b>14</b> of &agr; <b/>'
    )
    assert paragraph.text == "As shown in FIG. 3a, 12 and14 of α"
    assert [(paragraph.text[s.start : s.end], s.value) for s in paragraph.figure_references] == [("FIG. 3a", "f0003")]
    assert [paragraph.text[s.start : s.end] for s in paragraph.emphasised] == ["12", "14"]


def test_a_pretty_printed_file_has_no_space_before_punctuation_and_superscripts() -> None:
    xml = """<ep-patent-document lang="en" country="EP" doc-number="1" kind="A1">
        <SDOBI/>
        <description>
            <p num="1">In
                <figref idref="f1">FIG. 1</figref>
                , area of 5 mm
                <sup>2</sup>
                (
                <b>12</b>
                ) and until
                <sup>14</sup>
                C, R
                <sup>1</sup>
                -alkyl
            </p>
        </description></ep-patent-document>"""
    paragraph = parse_patent(xml.encode(), "m.xml").paragraphs[0]
    assert paragraph.text == "In FIG. 1, area of 5 mm² (12) and until ¹⁴ C, R¹-alkyl"
    assert [paragraph.text[s.start : s.end] for s in paragraph.emphasised] == ["12"]


def test_sections_keep_their_language_number_and_kind() -> None:
    xml = build_patent_xml(
        '<heading id="h1">FIELD</heading><p num="0001">Text.</p><technical-field><p num="0002">More.</p>'
        "</technical-field>loose words",
        abstract='<abstract lang="de"><p num="0001">Kurz.</p></abstract>',
        claims='<claims lang="en"><claim num="0001"><claim-text>A pump <claim-text>a) with a rotor;</claim-text>'
        '<claim-text>b) with a shaft.</claim-text></claim-text></claim></claims><claims lang="de"><claim num="0010">'
        "<claim-text>Eine Pumpe.</claim-text></claim></claims>",
    )
    paragraphs = parse_patent(xml, "m.xml").paragraphs
    assert [(p.section.value, p.number, p.language, p.text, p.heading) for p in paragraphs] == [
        ("abstract", "0001", "de", "Kurz.", False),
        ("description", "", "en", "FIELD", True),
        ("description", "0001", "en", "Text.", False),
        ("description", "0002", "en", "More.", False),
        ("description", "", "en", "loose words", False),
        ("claim", "1", "en", "A pump a) with a rotor; b) with a shaft.", False),
        ("claim", "10", "de", "Eine Pumpe.", False),
    ]


def test_a_claim_without_a_number_is_counted_by_its_id_or_place() -> None:
    claim = "<claim {}><claim-text>x</claim-text></claim>"
    markup = claim.format('id="c-en-0007" num=""') + claim.format("") + claim.format('num="0003-0005"')
    xml = build_patent_xml(claims=f'<claims lang="en">{markup}</claims>')
    claims = [one for one in parse_patent(xml, "m.xml").paragraphs if one.section is Section.CLAIM]
    assert [one.number for one in claims] == ["7", "2", "3-5"]


def test_absurd_numbers_of_paragraphs_claims_and_figures_are_cut() -> None:
    nines = "9" * 5000
    amended = f'<amended-claims lang="en"><claim num="{nines}"><claim-text>x</claim-text></claim></amended-claims>'
    image = '<img file="imgf0001.tif"/>'
    drawings = f'<drawings><figure id="{nines}" num="{nines}">{image}</figure></drawings>'
    document = parse_patent(build_patent_xml(f'<p num="{nines}">x</p>', claims=amended, drawings=drawings), "m.xml")
    assert [one.number for one in document.paragraphs] == ["9" * 20, "amended 999999999999"]
    assert (len(document.drawings[0].label), len(document.drawings[0].identifier)) == (120, 255)


def test_a_paragraph_that_only_holds_a_formula_is_no_paragraph() -> None:
    xml = build_patent_xml(
        '<p num="1"><maths><img file="imgb0001.tif" img-content="math"/></maths></p><p num="2">x</p>'
    )
    assert [p.number for p in parse_patent(xml, "m.xml").paragraphs if p.section is Section.DESCRIPTION] == ["2"]


def test_a_document_without_text_says_so() -> None:
    xml = b'<ep-patent-document lang="en" country="EP" doc-number="1" kind="A1"><SDOBI/></ep-patent-document>'
    document = parse_patent(xml, "m.xml")
    assert document.paragraphs == ()
    assert [note.code for note in document.notes] == ["no-text"]


# The property of reliability.md, section 4: characters in == characters out.
_WORDS = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cn")), max_size=12)
_ENTITIES = st.sampled_from(sorted(CHARACTERS))
_LEAF = st.one_of(
    _WORDS.map(lambda word: (html.escape(word), word)),
    _ENTITIES.map(lambda name: (f"&{name};", CHARACTERS[name])),
    st.from_regex(r"zz[a-z]{1,6}", fullmatch=True).map(lambda name: (f"&{name};", f"&{name};")),
    st.sampled_from(
        [("<br/>", ""), ("<!-- EPO -->", ""), ("&#945;", "α"), ("&#x2032;", "′"), ("<![CDATA[<a&b>]]>", "<a&b>")]
    ),
)


def _wrapped(children: st.SearchStrategy[tuple[str, str]]) -> st.SearchStrategy[tuple[str, str]]:
    tags = st.sampled_from(["b", "i", "u", "figref", "sup", "sub", "smallcaps", "crossref", "patcit", "ul", "foo"])
    return st.tuples(tags, st.lists(children, max_size=4)).map(
        lambda made: (
            f"<{made[0]}>{''.join(markup for markup, _ in made[1])}</{made[0]}>",
            "".join(text for _, text in made[1]),
        )
    )


_LINE = st.lists(st.recursive(_LEAF, _wrapped, max_leaves=12), max_size=6)
_PLAIN = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻₀₁₂₃₄₅₆₇₈₉₊₋−", "0123456789+-0123456789+--")


def _characters(text: str) -> str:
    """The text without white space, raised and lowered digits as plain ones."""
    return "".join(text.split()).translate(_PLAIN)


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(_LINE)
def test_no_character_is_lost_added_or_moved(line: list[tuple[str, str]]) -> None:
    markup, text = "".join(markup for markup, _ in line), "".join(text for _, text in line)
    document = parse_patent(build_patent_xml(f'<p num="1">{markup}</p>', claims=""), "m.xml")
    assert _characters("".join(one.text for one in document.paragraphs)) == _characters(text)
    for paragraph in document.paragraphs:
        for span in (*paragraph.figure_references, *paragraph.emphasised):
            marked = paragraph.text[span.start : span.end]
            assert marked == marked.strip() != ""
