"""Who is kin, and that lists and whole collections leave out the same."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.evaluation.kin import NONE, Kin, is_kin, left_out, without_kin

KEYS = st.sampled_from(["", "F1", "F2"])
KINS = st.builds(Kin, st.sampled_from(["P1", "P2", "P3", "P4"]), KEYS, KEYS)


@pytest.mark.parametrize(
    ("other", "related"),
    [
        (Kin("EP1A1", "F9", "A9"), True),  # the own publication, whatever its keys became
        (Kin("EP2A1", "F1", ""), True),
        (Kin("EP1B1", "", "A1"), True),  # the granted patent of the same application
        (Kin("EP2A1", "", ""), False),  # unknown is not the same as unknown
        (Kin("EP2A1", "A1", "F1"), False),  # a family is no application
    ],
)
def test_kin_is_the_own_publication_the_family_and_the_application(other: Kin, related: bool) -> None:
    topic = Kin("EP1A1", "F1", "A1")
    assert is_kin(topic, other) is is_kin(other, topic) is related


def test_figures_without_family_and_application_are_no_kin_of_each_other() -> None:
    assert not is_kin(Kin("EP1A1"), Kin("EP2A1"))


def test_kin_and_reserved_publications_are_left_out_and_the_order_stays() -> None:
    kin = {"a": Kin("P1"), "b": Kin("P2", "F"), "c": Kin("P3", "", "A"), "d": Kin("P4"), "e": Kin("P5"), "f": Kin("P6")}
    assert without_kin("fabcde", Kin("P1", "F", "A"), kin.__getitem__, {"P4"}) == ["f", "e"]


def test_a_drawing_of_no_publication_has_no_kin_but_reserved_ones_stay_out() -> None:
    kin = {"a": Kin(""), "b": Kin("P2"), "c": Kin("P3")}
    assert without_kin("abc", None, kin.__getitem__, {"P3"}) == ["a", "b"]


@given(st.lists(KINS, min_size=1, max_size=12))
def test_the_rule_over_codes_is_the_rule_over_lists(figures: list[Kin]) -> None:
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
        kept = without_kin(range(len(figures)), topic, figures.__getitem__)
        assert np.flatnonzero(~barred[query]).tolist() == kept
