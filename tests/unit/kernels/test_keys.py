"""Keys of both halves of the 64-bit range, from Python and from kernels."""

from __future__ import annotations

import numpy as np
import pytest
from numba import njit

from sim.streams import DecisionPoint, draw, key_of, stream, uniform


@njit
def inside(key: np.uint64, slot: np.uint64, index: int) -> float:
    return uniform(key, slot, index)


@pytest.mark.parametrize("key", [5, 2**63 - 1, 2**63, 2**64 - 1, 6])
def test_python_and_kernels_see_the_same_numbers(key: int) -> None:
    assert uniform(key, 7, 3) == inside(np.uint64(key), np.uint64(7), 3) == draw(stream(key, 7), 3)
    assert uniform(key, 2**64 - 1, 3) == inside(np.uint64(key), np.uint64(2**64 - 1), 3)


def test_keys_of_all_sizes_can_be_used_in_any_order() -> None:
    keys = [key_of(1, r, DecisionPoint.LABORATORY, -r) for r in range(40)]
    assert min(keys) < 2**63 <= max(keys)
    assert len({uniform(key, 7, 0) for key in keys}) == 40
    assert key_of(2**63 - 1, 0, DecisionPoint.SHOPPERS, -90) != key_of(2**63 - 1, 0, DecisionPoint.SHOPPERS, 90)


def test_the_largest_number_is_below_one() -> None:
    """52 bits and half a step: with 53 the largest would be rounded to 1, whose normal quantile is infinite."""
    assert (2.0**52 - 1) * 2.0**-52 + 2.0**-53 < 1.0
    assert (2.0**53 - 1) * 2.0**-53 + 2.0**-54 == 1.0
