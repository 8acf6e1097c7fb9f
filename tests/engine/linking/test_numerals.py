"""Which numbers are reference signs, where they are, and what the parts are called."""

import pytest

from engine.linking import TextAnalysis, analyse_text, normalised_numeral
from engine.patents.publication import Paragraph, Section, Span


def analysed(*texts: str, language: str = "en") -> TextAnalysis:
    return analyse_text([Paragraph(Section.DESCRIPTION, str(n), language, text) for n, text in enumerate(texts, 1)])


LOADER = (
    "FIG. 1 shows a wheel loader 101 with a first arm 20a and a second arm 20b. The wheel loader 101 has wheels 12, 14 "
    "and 16. The first arm 20a carries a bucket 30. The second arm 20b is driven by a cylinder 32. The bucket 30 is "
    "emptied by the cylinder 32. The wheels 12, 14 and 16 stand on the ground. The wheel 12 is steered, as is wheel "
    "14. The wheel 16 is not."
)


def test_the_name_of_a_part_is_learned() -> None:
    names = analysed(LOADER).part_names
    assert names["101"] == "wheel loader"
    assert names["20a"] == "first arm"
    assert names["20b"] == "second arm"
    assert names["12"] == "wheel"  # not the plural of the list "wheels 12, 14 and 16"


def test_every_mention_has_the_span_of_its_sign() -> None:
    analysis = analysed(LOADER)
    for sentence, mentions in zip(analysis.sentences, analysis.mentions, strict=True):
        for mention in mentions:
            assert mention.text in normalised_numeral(sentence.text[mention.start : mention.end]).lower()


@pytest.mark.parametrize(
    ("text", "signs"),
    [
        ("The housing (12) holds the rotor (14, 16).", {"12", "14", "16"}),
        ("The housing (12) holds the ribs (20,21).", {"12", "20", "21"}),
        ("The arms 12a, 12b and 12c swing.", {"12a", "12b", "12c"}),
        ("The joint 10-1 meets the joint 10-2.", {"10-1", "10-2"}),
        ("The floorboard 1 joins the floorboard 1′.", {"1", "1'"}),
        ("The processor(s) 102 and/or the memory 104 are shown.", {"102", "104"}),
        ("Part 7 is denoted by the reference numeral 9.", {"7", "9"}),
        ("The control section 70a drives the rotary table 72.", {"70a", "72"}),
    ],
)
def test_signs_are_found_in_the_forms_that_patents_write(text: str, signs: set[str]) -> None:
    assert analysed(text).numerals == signs


@pytest.mark.parametrize(
    "number",
    [
        "The gap is 10 mm wide.",
        "It holds 10 % of water.",
        "It turns by 10° to the left.",
        "It has 1 to 10 steps.",
        "The device according to claim 10 is preferred.",
        "The device according to any of claims 9 to 10 is preferred.",
        "It was built in 2010.",
        "See paragraph [0010] above.",
        "See U.S. Pat. No. 5,123,410 and EP 1 234 510 A1.",
        "See ISO 9010 and DIN EN 10 025.",
        "It carries 10 passengers.",
        "Table 10 lists them.",
        "The temperature is between 5 and 10 degrees.",
        "Example 10 was repeated.",
        "It contains 0.5 to 10 wt % of chromium.",
        "A 10-block pattern is laid.",
        "10. A device comprising a rod.",
        "It was filed on Oct. 10, 2010.",
    ],
)
def test_a_number_that_is_no_sign_does_not_link_even_where_the_sign_exists(number: str) -> None:
    text = LOADER.replace("101", "10")
    analysis = analysed(text, number)
    assert "10" in analysis.numerals
    for sentence, mentions in zip(analysis.sentences, analysis.mentions, strict=True):
        assert sentence.paragraph == 0 or "10" not in {mention.text for mention in mentions}


def test_a_range_links_only_signs_that_the_text_mentions_elsewhere() -> None:
    analysis = analysed(LOADER, "The wheels 12 to 16 are alike.")
    mentions = {mention.text for mention in analysis.mentions[-1]}
    assert mentions == {"12", "14", "16"}
    assert "13" not in analysis.numerals


def test_steel_without_drawings_has_no_signs() -> None:
    assert not analysed(
        "The steel contains C: 0.01 % or less, Si: 2.5 to 10 % by mass and Cr: 1.5 to 20 % by mass. Example 3 was "
        "annealed at 980 °C for 30 seconds. Steel 4 of Table 2 had a thickness of 0.15 mm. The ratio was 70:30.",
        "In comparative example 5, CO2 and H2O at 900 °C were used, giving 8.5 W/kg. The 50 Hz loss fell.",
    ).numerals


def test_signs_of_flow_charts_need_no_noun() -> None:
    analysis = analysed(
        "At S301, the CPU reads the count. At S302, it is compared. If it is high, the flow proceeds to S303. "
        "At S303 it ends. The processing of S301 is repeated."
    )
    assert analysis.numerals == {"S301", "S302", "S303"}


def test_bold_numbers_of_us_texts_are_signs() -> None:
    text = "FIG. 1 shows 12 in use, beside 14."
    bold = tuple(Span(text.index(sign), text.index(sign) + 2) for sign in ("12", "14"))
    paragraph = Paragraph(Section.DESCRIPTION, "1", "en", text, emphasised=bold)
    assert analyse_text([paragraph]).numerals == {"12", "14"}


def test_german_parts_are_named_through_inflection() -> None:
    analysis = analysed(
        "Das Gehäuse 12 umgibt den Rotor 14. Am Boden des Gehäuses 12 liegt der Deckel 4 b. Der Rotor 14 dreht sich im "
        "Gehäuse 12 um 10 mm. Der Deckel 4 b ist in Abb. 2 gezeigt. Nach Anspruch 14 ist er rund.",
        language="de",
    )
    assert analysis.part_names == {"12": "Gehäuse", "14": "Rotor", "4b": "Deckel"}
    assert analysis.figure_labels == {"2"}
    assert not analysis.mentions[-1]


def test_french_parts_keep_their_complement() -> None:
    analysis = analysed(
        "Le boîtier 12 porte l'élément de liaison 14. L'élément de liaison 14 est fixé au boîtier 12, c.-à-d. à sa "
        "paroi 16 (fig. 2). La paroi 16 mesure 14 mm.",
        language="fr",
    )
    assert analysis.part_names == {"12": "boîtier", "14": "élément de liaison", "16": "paroi"}
    assert [mention.text for mention in analysis.mentions[-1]] == ["16"]


def test_a_list_of_reference_signs_names_the_parts() -> None:
    text = "List of reference signs\n1 housing\n2 first lever\n3 spring\n4a upper seal"
    analysis = analysed(text)
    assert analysis.part_names == {"1": "housing", "2": "first lever", "3": "spring", "4a": "upper seal"}
    assert len(analysis.sentences) == 5
