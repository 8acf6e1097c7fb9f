"""Parts of several texts with the same or a similar name."""

import pytest

from engine.linking.shared_names import Likeness, name_key, names_shared_across


def told(left: dict[str, str], right: dict[str, str], language: str = "en") -> list[tuple[str, str, str]]:
    """(likeness, numerals at the left, numerals at the right)."""
    return [
        (
            "same" if one.likeness is Likeness.SAME else "similar",
            " ".join(part.numeral for part in one.left),
            " ".join(part.numeral for part in one.right),
        )
        for one in names_shared_across((left, right), (language, language))
    ]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("rotor", "Rotor"),
        ("the housing", "housing"),
        ("said drive shaft", "drive shafts"),
        ("first gear wheel", "second gear wheel"),
        ("bodies", "body"),
        ("gearboxes", "gearbox"),
        ("lenses", "lens"),
        ("gear teeth", "gear tooth"),
        ("cross-beam", "cross beam"),
        ("bushes", "bush"),
        ("end of the rod", "end of rod"),
    ],
)
def test_case_articles_ordinals_hyphens_and_plurals_make_no_other_name(left: str, right: str) -> None:
    assert told({"1": left}, {"2": right}) == [("same", "1", "2")]


@pytest.mark.parametrize(
    ("left", "right", "language"),
    [
        ("erste Kolbenstange", "Kolbenstangen", "de"),
        ("der Rotor", "Rotoren", "de"),
        ("premier arbre", "arbres", "fr"),
        ("corps de pompe", "Corps de la pompe", "fr"),
        ("tuyaux d'entrée", "tuyau d'entrée", "fr"),
    ],
)
def test_german_and_french_names_meet_too(left: str, right: str, language: str) -> None:
    assert told({"1": left}, {"2": right}, language) == [("same", "1", "2")]


@pytest.mark.parametrize(
    ("left", "right", "language"),
    [
        ("front wheel", "rear wheel", "en"),
        ("wheel", "steering wheels", "en"),
        ("support arm", "arm of the loader", "en"),
        ("piston groove portion", "groove portion", "en"),
        ("Kolben Stange", "Stange", "de"),
        ("corps de pompe", "corps principal", "fr"),
    ],
)
def test_the_same_thing_with_other_words_around_it_is_similar(left: str, right: str, language: str) -> None:
    assert told({"1": left}, {"2": right}, language) == [("similar", "1", "2")]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("support portion", "groove portion"),
        ("control unit", "display unit"),
        ("wheel", "wheel loader"),
        ("rotor", "stator"),
        ("end of the rod", "end of the piston"),
        ("", ""),
        ("the", "a"),
    ],
)
def test_a_vague_word_alone_makes_nothing_alike(left: str, right: str) -> None:
    assert told({"1": left}, {"2": right}) == []


def test_a_shared_name_is_not_called_similar_to_others_as_well() -> None:
    left = {"10": "pump", "12": "rotor", "14": "outer wall"}
    right = {"3": "inner wall", "5": "rotor", "7": "pump rotor", "9": "first rotor"}
    assert told(left, right) == [("same", "12", "5 9"), ("similar", "14", "3")]


def test_names_keep_the_order_of_the_left_and_say_how_each_prints_them() -> None:
    found = names_shared_across([{"2": "cover", "1": "Bolts"}, {"8": "bolt", "9": "covers"}], ["en"] * 2)
    assert [one.name for one in found] == ["cover", "Bolts"]
    assert [(part.numeral, part.name) for part in found[1].right] == [("8", "bolt")]


def test_of_several_sides_the_name_that_more_of_them_have_comes_first() -> None:
    sides = [{"1": "nut", "2": "bolt"}, {"3": "bolts", "4": "nut"}, {"5": "bolt"}]
    found = names_shared_across(sides, ["en"] * 3)
    assert [one.name for one in found] == ["bolt", "nut"]
    assert [[part.numeral for part in parts] for parts in found[1].sides] == [["1"], ["4"], []]


def test_names_of_two_languages_meet_where_the_words_do() -> None:
    found = names_shared_across([{"1": "Motoren"}, {"2": "motors"}], ["de", "en"])
    assert [one.likeness for one in found] == [Likeness.SAME]


def test_every_side_needs_its_language() -> None:
    with pytest.raises(ValueError, match="2 sides but 1"):
        names_shared_across([{}, {}], ["en"])


def test_the_words_of_a_name_are_what_is_left_of_it() -> None:
    assert name_key("The second Drive-Shafts") == ("drive", "shaft")
