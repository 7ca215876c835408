"""Which rival to hit, and where: judged by what our people saw of its shops, never by what it is."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from sim.scenario.schema.common import Spec, quantity
from sim.strategies.ranking import best_first, scaled
from sim.strategies.view import View

Array = NDArray[Any]

Who = Literal["weakest", "strongest_weak_link", "nearest", "none", "given"]


class WeakLinks(Spec):
    """Weights of a rival's observed weaknesses in a territory, each from 0 (the least of all) to 1 (the most)."""

    coverage: float = quantity(1.0, "Weight of outlets that do not carry it.", ge=0, le=10)
    out_of_stock: float = quantity(1.0, "Weight of its empty shelves.", ge=0, le=10)
    price: float = quantity(1.0, "Weight of its price against the usual one.", ge=0, le=10)
    promoters: float = quantity(1.0, "Weight of the lack of its promoters.", ge=0, le=10)
    share: float = quantity(1.0, "Weight of its share, which is there to be won.", ge=-10, le=10)
    potential: float = quantity(1.0, "Weight of the size of the known market.", ge=-10, le=10)

    def score(self, view: View, rival: int) -> Array:
        """Return how well the rival can be hit in each territory, shape (n,); what nobody saw counts as the middle."""
        there = view.territories
        score: Array = (
            self.coverage * scaled(-there.coverage[:, rival])
            + self.out_of_stock * scaled(there.out_of_stock[:, rival])
            + self.price * scaled(there.price[:, rival])
            + self.promoters * scaled(-there.promoters[:, rival])
            + self.share * scaled(there.share[:, rival])
            + self.potential * scaled(there.potential)
        )
        return score

    def best(self, view: View, rival: int, n: int) -> Array:
        """Return the n best territories where the rival is known to sell, best first."""
        order = best_first(self.score(view, rival))
        sells = np.nan_to_num(view.territories.share[:, rival], nan=0.0) > 0
        return order[sells[order]][:n]


def market_share(view: View) -> Array:
    """Return believed shares of the whole market, weighted by potential, shape (n_companies,).

    NaN without a territory whose share is known.
    """
    share, potential = view.territories.share, view.territories.potential
    known = np.isfinite(share[:, 0]) & (potential > 0)
    if not known.any():
        return np.full(share.shape[1], np.nan)
    mean: Array = potential[known] @ share[known] / potential[known].sum()
    return mean


def target_of(view: View, who: Who) -> int | None:
    """Return the row of the rival to hit, the earlier among equals; None when there is none to be seen.

    Parameters
    ----------
    who : "weakest", the smallest share; "strongest_weak_link", the largest; "nearest", the share next to ours.
    """
    share = market_share(view)
    rivals = 1 + np.flatnonzero(np.nan_to_num(share[1:], nan=0.0) > 0)
    if not rivals.shape[0]:
        return None
    by = {"weakest": share[rivals], "strongest_weak_link": -share[rivals], "nearest": np.abs(share[rivals] - share[0])}
    return int(rivals[np.argmin(by[who])])


def led_outlets(view: View, rival: int, territories: Array) -> Array:
    """Return handles of known outlets in some territories where the rival sells most, shape (k,)."""
    outlets = view.outlets
    share = np.nan_to_num(outlets.seen_share, nan=0.0)
    led = (share[:, rival] > 0) & (share[:, rival] >= share.max(axis=1)) & np.isin(outlets.territory, territories)
    rows: Array = outlets.row[led]
    return rows
