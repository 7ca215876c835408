"""Whole things by shares."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.world.shares import whole_shares


def test_the_largest_remainders_come_first() -> None:
    # 10 × (.45, .35, .2) = 4.5, 3.5, 2: the one left over goes to the earlier of the equal remainders
    assert whole_shares(10, np.array([45.0, 35.0, 20.0])).tolist() == [5, 3, 2]


@given(n=st.integers(0, 500), weight=st.lists(st.floats(0.01, 100), min_size=1, max_size=30))
def test_all_are_handed_out_and_nobody_is_a_whole_one_off(n: int, weight: list[float]) -> None:
    share = np.array(weight)
    count = whole_shares(n, share)
    assert count.sum() == n
    assert (np.abs(count - n * share / share.sum()) < 1.0 + 1e-9).all()
