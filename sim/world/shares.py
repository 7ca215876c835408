"""Whole persons or things by shares."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def whole_shares(n: int, weight: Array) -> Array:
    """Split n whole things in proportion to weights, largest remainders first, the earlier row first among equals.

    Parameters
    ----------
    n : how many.
    weight : shape (k,), not negative.

    Returns
    -------
    Shape (k,), int64; sums to n.
    """
    exact = n * weight / weight.sum()
    count: Array = np.floor(exact).astype(np.int64)
    count[np.argsort(-(exact - count), kind="stable")[: n - int(count.sum())]] += 1
    return count
