"""Moving what there is: whole persons and cents from some territories to others, and the pulls that say so."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from sim.policies import Transfer
from sim.strategies.base import Pull
from sim.strategies.pulls import changes
from sim.strategies.view import View
from sim.world.levers import LEVERS
from sim.world.shares import whole_shares

Array = NDArray[Any]

Source = Literal["moved", "added"]
"""Where people and money for a place come from: from other places, or on top (the budget pays)."""

Movers = Literal["least_experienced", "most_skilled"]
"""Who goes first when a post moves."""

SPENDING = ("advertising_cents", "display_cents", "promoters")
"""Levers by territory that make up the spending of a place."""


def split(n: int, weight: Array) -> Array:
    """Split n whole things by weights; equally when all weights are 0.

    Parameters
    ----------
    weight : shape (k,), not negative, k ≥ 1.

    Returns
    -------
    Shape (k,), int64; sums to n.
    """
    return whole_shares(n, weight if weight.sum() > 0 else np.ones(weight.shape))


def shared_out(now: Array, chosen: Array, share: float, weight: Array) -> Array:
    """Return the changes that give chosen places a share of the whole; they sum to 0.

    Parameters
    ----------
    now : shape (n,), int. What each place has.
    chosen : shape (n,), bool. The others split the remainder as they split what they have now.
    share : part of the whole for the chosen; all of it when every place is chosen.
    weight : shape (n,). How the chosen split theirs.

    Returns
    -------
    Shape (n,), int64.
    """
    if not chosen.any():
        return np.zeros(now.shape, dtype=np.int64)
    whole = int(now.sum())
    part = whole if chosen.all() else round(whole * share)
    after = np.zeros(now.shape, dtype=np.int64)
    after[chosen] = split(part, weight[chosen].astype(float))
    if not chosen.all():
        after[~chosen] = split(whole - part, now[~chosen].astype(float))
    return after - now


def called_in(now: Array, wanted: Array, givers: Array, most: float = 1.0) -> Array:
    """Return the changes that bring what places want from those that give; they sum to 0.

    Parameters
    ----------
    now : shape (n,), int. What each place has; givers give in proportion to it.
    wanted : shape (n,), int, not negative. Change that each place wants; 0 for givers.
    givers : shape (n,), bool.
    most : largest part of what the givers have that is taken; when it is too little, each place gets its proportion.

    Returns
    -------
    Shape (n,), int64.
    """
    stock = np.where(givers, now, 0)
    n = min(int(wanted.sum()), int(np.floor(stock.sum() * most)))
    if n <= 0:
        return np.zeros(now.shape, dtype=np.int64)
    return split(n, wanted.astype(float)) - split(n, stock.astype(float))


def brought(now: Array, wanted: Array, givers: Array, source: Source, most: float = 1.0) -> Array:
    """Return the changes that bring what places want, moved from givers or added, shape (n,), int64."""
    return called_in(now, wanted, givers, most) if source == "moved" else wanted.astype(np.int64)


def move_people(change: Array, first: Movers, *, moving: bool = False) -> tuple[Pull, ...]:
    """Return the pulls that change posts by territory; persons move with the posts instead of being replaced.

    Parameters
    ----------
    change : shape (n,). [persons]
    moving : whether posts may move even though today's change is 0, because yesterday's was not.
    """
    moved = changes("advisors", change)
    return (*moved, Pull("transfer", float(Transfer[first]))) if moved or moving else ()


def move_spending(view: View, chosen: Array, share: float, weight: Array) -> tuple[Pull, ...]:
    """Return the pulls that give chosen territories a share of advertising, displays and promoters each."""
    pulls: tuple[Pull, ...] = ()
    for lever in SPENDING:
        pulls += changes(lever, shared_out(view.baseline[lever], chosen, share, weight))
    return pulls


def visit_factor(view: View, rows: Array, factor: float, classes: tuple[int, ...] = (0, 1, 2)) -> tuple[Pull, ...]:
    """Return the pull that multiplies the days between visits of some classes in some territories; none for 1.

    Parameters
    ----------
    rows : shape (n,). Territories.
    classes : 0 A, 1 B, 2 C.
    """
    if factor == 1.0 or not rows.shape[0]:
        return ()
    lever = LEVERS["visit_every_days"]
    columns = np.array(classes)
    days = np.clip(view.baseline[lever.name][np.ix_(rows, columns)] * factor, lever.low, lever.high)
    return (Pull(lever.name, days, {"territory": rows, "class": columns}),)


def mask(rows: Array, n: int) -> Array:
    """Return rows as a mask, shape (n,), bool."""
    chosen = np.zeros(n, dtype=bool)
    chosen[rows] = True
    return chosen
