"""What a distributor makes of its numbers: its attention, and how strongly its return speaks. Plain formulas."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def attention_share(ours: Array, others: Array, number: int, exponent: float) -> Array:
    """Return the share of its attention that a distributor gives to one principal.

    Parameters
    ----------
    ours : shape (n,). What the principal's goods bring: margin × volume. [cents/month]
    others : shape (n,). What all other principals bring together, each the same part of it. [cents/month]
    number : other principals.
    exponent : η ≥ 1: above 1, attention runs to the larger principal.

    Notes
    -----
    a = x^η ÷ (x^η + n·(y/n)^η), with x ours and y the others' (Anderson, Lodish & Weitz 1987). All of it where there
    is no other business, none where only we bring nothing.
    """
    whole = np.maximum(ours, 0.0) + others
    own = np.divide(np.maximum(ours, 0.0), whole, out=np.ones_like(whole), where=whole > 0.0)
    mine = own**exponent
    share: Array = mine / (mine + number * ((1.0 - own) / number) ** exponent)
    return share


def strength(return_per_year: Array, outside: float, scale: float) -> Array:
    """Return how a return speaks against the outside option: 0 at it, ±½ at `scale` from it, within (−1, 1)."""
    gap = return_per_year - outside
    spoken: Array = gap / (np.abs(gap) + scale)
    return spoken


def drops_for_us(drops: Array, attention: Array, usual: Array, share: float) -> Array:
    """Return the drops a day for one principal: a share of them follows its attention against the usual one."""
    moved: Array = drops * (1.0 - share + share * np.divide(attention, usual, out=np.ones_like(usual), where=usual > 0))
    return moved
