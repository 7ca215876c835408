"""How the pulls of several parts become one value of every lever."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import InputError
from sim.strategies.base import Pull
from sim.strategies.levers import combine
from tests.views import made_view

VIEW = made_view(3)
OURS = {"product": VIEW.products.row, "distributor": VIEW.distributors.row}


def joined(*pulls: tuple[str, Pull]):
    return combine(VIEW.baseline, pulls, OURS)


def message(*pulls: tuple[str, Pull]) -> str:
    with pytest.raises(InputError) as caught:
        joined(*pulls)
    return str(caught.value)


def test_levers_that_nobody_pulls_are_left_out():
    assert joined() == {}


def test_add_is_a_change_against_the_baseline_and_sums_over_parts():
    after = joined(
        ("a", Pull("advisors", np.array([2, -2]), {"territory": np.array([0, 2])})),
        ("b", Pull("advisors", 1.0, {"territory": np.array([2])})),
    )
    assert after["advisors"].tolist() == [6, 4, 3]
    assert after["advisors"].dtype == VIEW.baseline["advisors"].dtype


def test_multiply_is_a_factor_on_the_baseline():
    after = joined(("a", Pull("outlet_interval", 2.0, {"outlet": np.array([1])})), ("b", Pull("outlet_interval", 3.0)))
    assert after["outlet_interval"].tolist() == [3.0, 6.0, 3.0, 3.0, 3.0, 3.0]


def test_the_smallest_interval_wins_but_may_be_longer_than_today():
    later = joined(("a", Pull("visit_every_days", 60.0, {"class": np.array([2])})))
    assert later["visit_every_days"][:, 2].tolist() == [60.0] * 3
    assert later["visit_every_days"][:, 0].tolist() == [14.0] * 3
    both = joined(("a", Pull("visit_every_days", 60.0)), ("b", Pull("visit_every_days", 30.0)))
    assert (both["visit_every_days"] == 30.0).all()


def test_two_parts_that_set_one_place_differently_are_named():
    text = message(("slow.inventory", Pull("review_days", 14)), ("fast.key_accounts", Pull("review_days", 3)))
    assert "fast.key_accounts" in text
    assert "slow.inventory" in text
    assert "review_days: 3" in text


def test_the_same_wish_twice_is_no_contradiction():
    assert (joined(("a", Pull("review_days", 3)), ("b", Pull("review_days", 3)))["review_days"] == 3).all()


def test_different_places_are_no_contradiction():
    a = Pull("review_days", 3, {"distributor": np.array([0])})
    b = Pull("review_days", 5, {"distributor": np.array([1])})
    assert joined(("a", a), ("b", b))["review_days"].tolist()[:2] == [3, 5]


def test_products_of_rivals_are_out_of_reach_unless_named():
    after = joined(("a", Pull("focus", 2.0)))
    assert after["focus"][VIEW.products.row].tolist() == [2.0, 2.0]
    others = np.setdiff1d(np.arange(after["focus"].shape[0]), VIEW.products.row)
    assert (after["focus"][others] == VIEW.baseline["focus"][others]).all()


@pytest.mark.parametrize(
    ("pull", "said"),
    [
        (Pull("advisers", 1.0), "did you mean 'advisors'"),
        (Pull("advisors", 1.0, {"teritory": np.array([0])}), "did you mean 'territory'"),
        (Pull("rebate_rate", 0.9), "must lie in [0, 0.5]"),
        (Pull("rebate_rate", float("nan")), "must lie in [0, 0.5]"),
        (Pull("advisors", -9.0), "must stay in [0, 10000]"),
    ],
)
def test_what_cannot_be_is_refused_with_its_bounds(pull, said):
    text = message(("plan.part", pull))
    assert said in text
    assert "plan.part" in text


@given(st.permutations(range(4)))
def test_the_order_of_parts_does_not_matter(order):
    pulls = [
        ("a", Pull("advisors", 1.0)),
        ("b", Pull("advisors", -1.0, {"territory": np.array([1])})),
        ("c", Pull("visit_every_days", 9.0)),
        ("d", Pull("visit_every_days", 8.0, {"class": np.array([0])})),
    ]
    straight, shuffled = joined(*pulls), joined(*[pulls[k] for k in order])
    for name in straight:
        np.testing.assert_array_equal(straight[name], shuffled[name])


def test_the_baseline_is_not_written():
    before = VIEW.baseline["advisors"].copy()
    joined(("a", Pull("advisors", 5.0)))
    np.testing.assert_array_equal(VIEW.baseline["advisors"], before)
