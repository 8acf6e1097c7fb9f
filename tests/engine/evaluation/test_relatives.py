"""Which figures are relatives, and that lists and whole collections leave out the same ones."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.evaluation.relatives import NONE, Relatives, is_related, left_out, without_relatives

KEYS = st.sampled_from(["", "F1", "F2"])
KINS = st.builds(Relatives, st.sampled_from(["P1", "P2", "P3", "P4"]), KEYS, KEYS)


@pytest.mark.parametrize(
    ("other", "related"),
    [
        (Relatives("EP1A1", "F9", "A9"), True),  # the own publication, whatever its keys became
        (Relatives("EP2A1", "F1", ""), True),
        (Relatives("EP1B1", "", "A1"), True),  # the granted patent of the same application
        (Relatives("EP2A1", "", ""), False),  # unknown is not the same as unknown
        (Relatives("EP2A1", "A1", "F1"), False),  # a family is no application
    ],
)
def test_relatives_is_the_own_publication_the_family_and_the_application(other: Relatives, related: bool) -> None:
    topic = Relatives("EP1A1", "F1", "A1")
    assert is_related(topic, other) is is_related(other, topic) is related


def test_figures_without_family_and_application_are_no_relatives_of_each_other() -> None:
    assert not is_related(Relatives("EP1A1"), Relatives("EP2A1"))


def test_relatives_and_reserved_publications_are_left_out_and_the_order_stays() -> None:
    relatives = {
        "a": Relatives("P1"),
        "b": Relatives("P2", "F"),
        "c": Relatives("P3", "", "A"),
        "d": Relatives("P4"),
        "e": Relatives("P5"),
        "f": Relatives("P6"),
    }
    assert without_relatives("fabcde", Relatives("P1", "F", "A"), relatives.__getitem__, {"P4"}) == ["f", "e"]


def test_a_drawing_of_no_publication_has_no_relatives_but_reserved_ones_stay_out() -> None:
    relatives = {"a": Relatives(""), "b": Relatives("P2"), "c": Relatives("P3")}
    assert without_relatives("abc", None, relatives.__getitem__, {"P3"}) == ["a", "b"]


@given(st.lists(KINS, min_size=1, max_size=12))
def test_the_rule_over_codes_is_the_rule_over_lists(figures: list[Relatives]) -> None:
    def codes(labels: list[str]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        known = {"": NONE}
        return np.array([known.setdefault(label, len(known)) for label in labels], dtype=np.int64)

    barred = left_out(
        np.arange(len(figures)),
        codes([one.publication for one in figures]),
        codes([one.family for one in figures]),
        codes([one.application for one in figures]),
    )
    for query, topic in enumerate(figures):
        kept = without_relatives(range(len(figures)), topic, figures.__getitem__)
        assert np.flatnonzero(~barred[query]).tolist() == kept
