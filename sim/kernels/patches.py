"""Who is in charge of which outlets."""

from __future__ import annotations

import math
from typing import Any

from numpy.typing import NDArray

from sim.compiled import kernel

Array = NDArray[Any]


@kernel(allocates=True)
def hand_out(home: Array, owner: Array, territory: Array, first: Array, rows: Array) -> None:
    """Put the outlets in charge of each advisor together, in ascending order.

    Parameters
    ----------
    home : shape (n_advisors,). Territory where each works today, −1 none; outlets elsewhere are left out.
    owner, territory : shape (n_outlets,).
    first : shape (n_advisors + 1,), zeros, written: where each advisor's outlets begin in `rows`.
    rows : shape (n_outlets,), written.
    """
    for i in range(owner.shape[0]):
        a = owner[i]
        if a >= 0 and home[a] == territory[i]:
            first[a + 1] += 1
    for a in range(home.shape[0]):
        first[a + 1] += first[a]
    place = first.copy()
    for i in range(owner.shape[0]):
        a = owner[i]
        if a >= 0 and home[a] == territory[i]:
            rows[place[a]] = i
            place[a] += 1


@kernel()
def nearest_in_charge(i: int, rows: Array, owner: Array, x_km: Array, y_km: Array) -> int:
    """Return the nearest outlet to i among `rows` that has an advisor, the first of equals; −1 when none has."""
    best = -1
    least = math.inf
    # The square is cheap and settles most; the margin keeps rounding from settling what the distance must.
    limit = math.inf
    for other in rows:
        dx = x_km[other] - x_km[i]
        # Most outlets are too far east or west, and nothing else of them need be looked up.
        if dx * dx > limit or owner[other] < 0:
            continue
        dy = y_km[other] - y_km[i]
        if dx * dx + dy * dy <= limit:
            km = math.hypot(dx, dy)
            if km < least:
                best = other
                least = km
                limit = km * km * (1.0 + 1e-9)
    return best
