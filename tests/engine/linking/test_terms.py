"""Search terms are parsed and found in a text."""

import pytest

from engine.linking.terms import MOST_TERMS, occurrences_of, terms_of


@pytest.mark.parametrize(
    ("written", "terms"),
    [
        ("rotor housing", ("rotor", "housing")),
        ('rotor "drive shaft"', ("rotor", "drive shaft")),
        ("„Welle“ “drive  shaft” «arbre creux»", ("Welle", "drive shaft", "arbre creux")),
        ('"not closed', ("not closed",)),
        ("Rotor rotor ROTOR", ("Rotor",)),
        (' "" \0 ', ()),
        ("a b c d e f g h", tuple("abcdef")),
        ("x" * 500, ("x" * 120,)),
    ],
)
def test_words_and_phrases_are_told_apart(written: str, terms: tuple[str, ...]) -> None:
    assert terms_of(written) == terms
    assert len(terms) <= MOST_TERMS


def told(text: str, *terms: str) -> list[tuple[str, int]]:
    return [(text[one.start : one.end], one.term) for one in occurrences_of(text, terms)]


def test_case_does_not_count_and_parts_of_words_do() -> None:
    assert told("The ROTOR and two rotors.", "rotor") == [("ROTOR", 0), ("rotor", 0)]


def test_a_phrase_bridges_any_white_space() -> None:
    assert told("a drive\n shaft", "drive shaft") == [("drive\n shaft", 0)]


def test_of_terms_that_begin_together_the_longest_counts() -> None:
    assert told("shaft seal, shaft", "shaft", "shaft seal") == [("shaft seal", 1), ("shaft", 0)]


def test_signs_mean_themselves() -> None:
    assert told("(10) [a] a+b .*", "(10)", "a+b", ".*") == [("(10)", 0), ("a+b", 1), (".*", 2)]


def test_no_terms_are_nowhere() -> None:
    assert told("rotor") == []
