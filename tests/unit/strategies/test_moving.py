from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.strategies.pulls import called_in, changes, move_people, shared_out, split, visit_factor
from tests.views import made_view

COUNTS = st.lists(st.integers(0, 50), min_size=1, max_size=8)


def test_share_of_the_whole_by_hand() -> None:
    now = np.array([2, 4, 4, 2])
    chosen = np.array([True, True, False, False])
    # 9 of 12 to the chosen, 2:1; the rest of 3 stays 4:2.
    change = shared_out(now, chosen, 0.75, np.array([2.0, 1.0, 9.0, 9.0]))
    assert (now + change).tolist() == [6, 3, 2, 1]


def test_all_chosen_have_all() -> None:
    now = np.array([5, 1])
    assert (now + shared_out(now, np.array([True, True]), 0.1, np.ones(2))).tolist() == [3, 3]


def test_nobody_chosen_changes_nothing() -> None:
    assert not shared_out(np.array([5, 1]), np.zeros(2, dtype=bool), 0.5, np.ones(2)).any()


def test_equal_split_without_weights() -> None:
    assert split(5, np.zeros(2)).tolist() == [3, 2]


def test_called_in_from_those_who_give_in_proportion() -> None:
    now, wanted = np.array([4, 0, 6, 3]), np.array([0, 5, 0, 0])
    givers = np.array([True, False, True, False])
    assert called_in(now, wanted, givers).tolist() == [-2, 5, -3, 0]
    assert called_in(now, wanted, givers, most=0.25).tolist() == [-1, 2, -1, 0]
    assert not called_in(now, wanted, np.zeros(4, dtype=bool)).any()


@given(now=COUNTS, chosen=st.integers(0, 255), share=st.floats(0, 1), weight=st.integers(0, 10**6))
def test_sharing_out_keeps_the_whole(now: list[int], chosen: int, share: float, weight: int) -> None:
    n = len(now)
    there = np.array([chosen >> bit & 1 for bit in range(n)], dtype=bool)
    change = shared_out(np.array(now), there, share, np.arange(n) * 1.0 * weight)
    assert change.sum() == 0
    assert (np.array(now) + change >= 0).all()


@given(now=COUNTS, wanted=st.integers(0, 80), taker=st.integers(0, 7), most=st.floats(0, 1))
def test_calling_in_keeps_the_whole_and_overdraws_nobody(now: list[int], wanted: int, taker: int, most: float) -> None:
    want = np.zeros(len(now), dtype=np.int64)
    want[taker % len(now)] = wanted
    change = called_in(np.array(now), want, want == 0, most)
    assert change.sum() == 0
    assert (np.array(now) + change >= 0).all()
    assert (change <= want).all()


def test_no_change_is_no_pull() -> None:
    assert changes("advisors", np.zeros(3)) == ()
    assert move_people(np.zeros(3), "most_skilled") == ()
    assert [pull.lever for pull in move_people(np.zeros(3), "most_skilled", moving=True)] == ["transfer"]
    assert visit_factor(made_view(2), np.array([0]), 1.0) == ()


def test_factor_on_visits_stays_in_the_levers_bounds() -> None:
    (pull,) = visit_factor(made_view(2, baseline={"visit_every_days": 400.0}), np.array([1]), 10.0, (2,))
    assert pull.value == np.array([[730.0]])
    assert [rows.tolist() for rows in pull.where.values()] == [[1], [2]]
