"""Bibliographic data, from SDOBI and from ST.36 elements."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest

from engine.errors import DocumentError
from engine.patents import parse_patent
from engine.patents.bibliography import symbol_of
from engine.patents.publication import Citation, Classification, Party, Priority, PublicationNumber, Title

PatentXml = Callable[..., bytes]

SDOBI = """<B200><B210>07012363.9</B210><B220><date>20070625</date></B220></B200>
<B300><B310>102006031298</B310><B320><date>20060629</date></B320><B330><ctry>DE</ctry></B330>
<B310>444669</B310><B320><date>20061301</date></B320><B330><ctry>US</ctry></B330></B300>
<B500><B510><B516>7</B516><B511> 7C 07C  29/44   A</B511></B510>
<B510EP><classification-ipcr><text>F04C   2/08        20060101AFI20150420BHEP</text></classification-ipcr>
<classification-ipcr><section>A</section><class>61</class><subclass>K</subclass><main-group>31</main-group>
<subgroup>704</subgroup></classification-ipcr></B510EP>
<B520EP><classifications-cpc><classification-cpc><text>A24C   5/20  20130101 FI</text></classification-cpc>
</classifications-cpc></B520EP>
<B530><classification-locarno><edition>13</edition><main-classification>2803</main-classification>
</classification-locarno></B530>
<B540><B541>de</B541><B542>Zahnrad&shy;pumpe</B542><B541>en</B541><B542>Gear <i>pump</i></B542></B540>
<B560><B561><text>EP-A2- 1 186 247</text></B561><B562><text>LICHTER P.: "Gears"</text></B562></B560></B500>
<B600><B620><parent><pdoc><dnum><anum>12184383.3</anum><pnum>2574244</pnum></dnum></pdoc></parent></B620></B600>
<B700><B710><B711><snm>ACME &amp; Co.</snm><adr><ctry>DE</ctry></adr></B711></B710>
<B720><B721><snm>Draber, Wilfried</snm></B721></B720><B730><B731><snm>ACME AG</snm></B731></B730></B700>
<B800><B860><B861><dnum><anum>JP0107711</anum></dnum></B861></B860>
<B870><B871><dnum><pnum>WO02020444</pnum></dnum></B871></B870></B800>"""


def test_sdobi_is_read_whole(patent_xml: PatentXml) -> None:
    document = parse_patent(patent_xml(sdobi=SDOBI), "EP07012363NWA2.xml")
    assert document.number == PublicationNumber("EP", "3000002", "A1")
    assert document.date == datetime.date(2020, 1, 1)
    assert document.dtd_version == "v1-5"
    assert document.application_number == "EP07012363"
    assert document.application_date == datetime.date(2007, 6, 25)
    assert document.priorities == (
        Priority("DE", "102006031298", datetime.date(2006, 6, 29)),
        Priority("US", "444669", None),
    )
    assert document.titles == (Title("de", "Zahnrad\u00adpumpe"), Title("en", "Gear pump"))
    assert document.classifications == (
        Classification("IPC", "C07C 29/44"),
        Classification("IPC", "F04C 2/08"),
        Classification("IPC", "A61K 31/704"),
        Classification("CPC", "A24C 5/20"),
        Classification("LOC", "28-03"),
    )
    assert document.citations == (Citation("patent", "EP-A2- 1 186 247"), Citation("npl", 'LICHTER P.: "Gears"'))
    assert document.parties == (
        Party("applicant", "ACME & Co.", "DE"),
        Party("inventor", "Draber, Wilfried"),
        Party("proprietor", "ACME AG"),
    )
    assert document.family == ("EP12184383", "EP2574244", "JP0107711", "WO2002020444")
    assert [note.code for note in document.notes] == ["impossible-date", "named-entity"]


def test_st36_is_read_as_well() -> None:
    xml = b"""<ep-patent-document country="WO" doc-number="2017007696" kind="A1" lang="EN"><bibliographic-data>
<classifications-ipcr><classification-ipcr><text>G01R  33/465</text></classification-ipcr></classifications-ipcr>
<classification-locarno><edition>13</edition><main-classification>14-04</main-classification></classification-locarno>
<application-reference><document-id><country>US</country><doc-number>15123456</doc-number><date>20160701</date>
</document-id></application-reference>
<priority-claims><priority-claim><country>US</country><doc-number>62/189,675</doc-number><date>20150707</date>
</priority-claim></priority-claims>
<parties><applicants><applicant><addressbook><orgname>Q Bio</orgname><address><country>US</country></address>
</addressbook></applicant></applicants><inventors><inventor><addressbook><last-name>Kaditz</last-name>
<first-name>Jeffrey</first-name></addressbook></inventor></inventors></parties>
<invention-title lang="en">Fast scanning</invention-title>
<related-documents><division><relation><parent-doc><document-id><country>US</country><doc-number>9958521</doc-number>
</document-id></parent-doc></relation></division></related-documents></bibliographic-data></ep-patent-document>"""
    document = parse_patent(xml, "m.xml")
    assert document.language == "en"
    assert document.titles == (Title("en", "Fast scanning"),)
    assert document.parties == (Party("applicant", "Q Bio", "US"), Party("inventor", "Kaditz, Jeffrey"))
    assert document.classifications == (Classification("IPC", "G01R 33/465"), Classification("LOC", "14-04"))
    assert (document.application_number, document.application_date) == ("US15123456", datetime.date(2016, 7, 1))
    assert document.priorities == (Priority("US", "62/189,675", datetime.date(2015, 7, 7)),)
    assert document.family == ("US9958521",)


@pytest.mark.parametrize(
    ("given", "symbol"),
    [
        ("F04C   2/08        20060101AFI", "F04C 2/08"),
        ("A61K  31/704       20060101ALI20210224BHEP        ", "A61K 31/704"),
        ("G06F 9/455 20060101AFI20051108BHEP", "G06F 9/455"),
        ("2C 07D 307/12 A", "C07D 307/12"),
        ("// A01N43/08", "A01N 43/08"),
        ("H01F   1/16    ", "H01F 1/16"),
        ("F25B 2313/0233", "F25B 2313/0233"),
        ("A01D", "A01D"),
        ("Z99Z 1/00", ""),
        ("", ""),
    ],
)
def test_a_symbol_is_written_with_one_space(given: str, symbol: str) -> None:
    assert symbol_of(given) == symbol


@pytest.mark.parametrize(
    "attributes",
    [
        'country="EP" doc-number="EP/../../x" kind="A1"',
        f'country="EP" doc-number="{"9" * 5000}" kind="A1"',
        'country="EP" doc-number="" kind="A1"',
        'country="EPO" doc-number="1" kind="A1"',
        'country="EP" doc-number="1" kind="A1B"',
        'country="EP" doc-number="١٢٣" kind="A1"',
        'doc-number="1" kind="A1"',
    ],
)
def test_a_number_that_names_no_publication_is_refused(patent_xml: PatentXml, attributes: str) -> None:
    with pytest.raises(DocumentError) as caught:
        parse_patent(patent_xml(attributes=attributes), "m.xml")
    assert caught.value.code == "publication-number"
    assert len(caught.value.detail) < 200


def test_an_absent_attribute_is_read_from_the_bibliography_and_noted(patent_xml: PatentXml) -> None:
    sdobi = "<B100><B110>0874807</B110><B130>B2</B130><B190>EP</B190></B100>"
    document = parse_patent(patent_xml(sdobi=sdobi, attributes='lang="en" country="EP"'), "m.xml")
    assert document.number.reference == "EP0874807B2"
    assert [note.code for note in document.notes] == ["number-from-bibliography"]


@pytest.mark.parametrize("number", ["D0907292", "RE036154", "2017007696", "4378116", "H08123456"])
def test_numbers_of_other_offices_are_numbers(patent_xml: PatentXml, number: str) -> None:
    document = parse_patent(patent_xml(attributes=f'country="US" doc-number="{number}" kind="A"'), "m.xml")
    assert document.number.reference == f"US{number}A"


@pytest.mark.parametrize("date", ["99999999", "20200231", "2020", "２０２００１０１"])
def test_an_impossible_date_is_empty_and_noted(patent_xml: PatentXml, date: str) -> None:
    attributes = f'lang="en" country="EP" doc-number="1" kind="A1" date-publ="{date}"'
    document = parse_patent(patent_xml(attributes=attributes), "m.xml")
    assert document.date is None
    assert [note.code for note in document.notes] == ["impossible-date"]


@pytest.mark.parametrize(
    ("xml", "code", "words"),
    [
        (b'<patent-document ucid="EP-1000000-A1"/>', "foreign-format", "MAREC"),
        (b'<ops:world-patent-data xmlns:ops="http://ops.epo.org"/>', "foreign-format", "Open Patent Services"),
        (b'<exchange-documents xmlns="http://www.epo.org/exchange"/>', "foreign-format", "DOCDB"),
        (b"<us-patent-grant/>", "foreign-format", "Red Book"),
        (b"<toc/>", "wrong-root", "table of contents"),
        (b"<html><body>hi</body></html>", "wrong-root", "<html>"),
    ],
)
def test_foreign_xml_is_refused_by_name_with_the_remedy(xml: bytes, code: str, words: str) -> None:
    with pytest.raises(DocumentError) as caught:
        parse_patent(xml, "m.xml")
    assert caught.value.code == code
    assert words in caught.value.detail
    assert "ep-patent-document" in caught.value.detail
