"""Lanchester marks of market position: a doctrine that users know, reported and never assumed.

The marks are 73.9 % (monopoly), 41.7 % (stability) and 26.1 % (lower target); a lead is out of reach beyond 3 times the
next share in a duel of two, and beyond 1.7 times in a field of several (Taoka & Onoda's marks of Lanchester strategy).
The model draws nothing from these numbers.
"""

from __future__ import annotations

from typing import Final

from sim.compiled import kernel

MONOPOLY_SHARE: Final = 0.739
STABLE_SHARE: Final = 0.417
LOWER_SHARE: Final = 0.261
DUEL_RANGE: Final = 3.0
FIELD_RANGE: Final = 1.7

ABSENT: Final = 0
OUT_OF_RANGE: Final = 1
CHALLENGER: Final = 2
NARROW_LEADER: Final = 3
LEADER: Final = 4
STABLE: Final = 5
MONOPOLY: Final = 6
POSITION_NAMES: Final = ("absent", "out_of_range", "challenger", "narrow_leader", "leader", "stable", "monopoly")


@kernel()
def decisive_range(n_firms: int) -> float:
    """Return the ratio of shares beyond which a lead counts as out of reach: 3 for two firms, 1.7 for more."""
    return DUEL_RANGE if n_firms <= 2 else FIELD_RANGE


@kernel()
def position_class(share: float, rival_share: float, n_firms: int) -> int:
    """Classify a market position; names in `POSITION_NAMES`.

    Parameters
    ----------
    share : own share of the territory, in [0, 1].
    rival_share : largest share of another company.
    n_firms : companies that sell in the territory; decides which range applies.

    Returns
    -------
    MONOPOLY from 73.9 %. STABLE from 41.7 % with a lead beyond the range. LEADER from 26.1 % while first.
    NARROW_LEADER when first with less. CHALLENGER when second or lower but within the range of the first. OUT_OF_RANGE
    when the first is beyond it. ABSENT without sales.
    """
    if share <= 0.0:
        return ABSENT
    if share >= MONOPOLY_SHARE:
        return MONOPOLY
    reach = decisive_range(n_firms)
    if share > rival_share:
        if share >= STABLE_SHARE and share >= reach * rival_share:
            return STABLE
        return LEADER if share >= LOWER_SHARE else NARROW_LEADER
    return CHALLENGER if rival_share < reach * share else OUT_OF_RANGE
