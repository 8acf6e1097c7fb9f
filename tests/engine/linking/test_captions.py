"""Captions of figures from sentences."""

import pytest

from engine.linking import caption_of


@pytest.mark.parametrize(
    ("sentence", "named", "said"),
    [
        ("FIG. 3 is a side view of the wheel loader.", "FIG. 3", "a side view of the wheel loader"),
        ("FIG. 2 shows the rotor 12 alone;", "FIG. 2", "the rotor 12 alone"),
        ("[Fig. 2] Fig. 2 is a view of a core; [Fig. 3] Fig. 3 is a pump", "Fig. 2", "a view of a core"),
        ("Figs. 3A-J illustrate sensors, in one embodiment.", "Figs. 3A-J", "sensors, in one embodiment"),
        ("FIG. 1 is schematically a pump. It turns.", "FIG. 1", "a pump"),
        ("FIG. 3 is a view of the rail of FIGS. 1-2 unlocked;", "FIG. 3", "a view of the rail of FIGS. 1-2 unlocked"),
        ("Figur 4 zeigt eine Seitenansicht der Pumpe.", "Figur 4", "eine Seitenansicht der Pumpe"),
        ("La figure 1 est une vue de côté d'une pompe.", "figure 1", "une vue de côté d'une pompe"),
        ("FIG. 6 is perspective view of a seat.", "FIG. 6", "perspective view of a seat"),
    ],
)  # fmt: skip
def test_a_sentence_says_what_its_figure_shows(sentence: str, named: str, said: str) -> None:
    spans = [(at, at + len(named)) for at in range(len(sentence)) if sentence.startswith(named, at)]
    assert caption_of(sentence, spans) == said


@pytest.mark.parametrize(
    ("sentence", "named"),
    [
        ("As shown in FIG. 3, every voxel has 26 edges.", "FIG. 3"),
        ("FIG. 5 and FIG. 6.", "FIG. 5 and FIG. 6"),
        ("FIG. 3 is used to explain the pump.", "FIG. 3"),
        ("The rotor 12 is a part.", "12"),
        ("", ""),
    ],
)
def test_a_sentence_that_only_mentions_a_figure_says_nothing_of_it(sentence: str, named: str) -> None:
    at = sentence.index(named)
    assert caption_of(sentence, [(at, at + len(named))]) == ""


def test_a_long_caption_ends_at_a_word() -> None:
    caption = caption_of("FIG. 1 shows " + "a very long winded pump " * 9 + ".", [(0, 6)])
    assert len(caption) <= 92
    assert caption.endswith(" …")
    assert set(caption.removesuffix(" …").split()) <= {"a", "very", "long", "winded", "pump"}
