"""Terms of trade: what distributors and shops pay, when they pay it, and for what they are rewarded."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from sim.scenario.schema.common import quantity
from sim.strategies.base import Decision, Memory, Strategy
from sim.strategies.pulls import all_stated, distributor_rows, lever_field, stated, territory_rows
from sim.strategies.view import View

Array = NDArray[Any]


class TradeTerms(Strategy):
    """Set terms of trade, everywhere or for named territories or distributors; only what is stated changes."""

    kind: ClassVar[str] = "trade_terms"

    territories: tuple[str, ...] = quantity((), "Territories where the terms hold; everywhere when empty.", "list")
    distributors: tuple[str, ...] = quantity(
        (), "Distributors for whom they hold; all of ours there when empty.", "list"
    )
    discount: float | None = lever_field("discount", "Discount on the list price, added to today's.", ge=-0.9)
    rebate_rate: float | None = lever_field("rebate_rate")
    target_growth: float | None = lever_field("target_growth", gt=0)
    terms_days: int | None = lever_field("terms_days")
    shop_terms_days: int | None = lever_field("shop_terms_days")

    def decide(self, view: View, memory: Memory) -> Decision:
        """Pull what the parameters state, at the named places."""
        everywhere = np.arange(len(view.names.territories))
        places = np.unique(territory_rows(self.territories, view)) if self.territories else everywhere
        rows = self._distributors(view, places)
        terms = all_stated(self, ("discount", "rebate_rate", "target_growth", "terms_days"), distributor=rows)
        shops = self._shops(view, places, rows)
        return Decision((*terms, *stated("shop_terms_days", self.shop_terms_days, territory=shops)), memory)

    def _distributors(self, view: View, places: Array) -> Array:
        """Return rows of the distributors meant: the named ones that cover one of the places."""
        named = distributor_rows(self.distributors, view, self.kind)
        d = view.distributors
        rows: Array = d.row[np.isin(d.row, named) & d.covers[:, places].any(axis=1)]
        return rows

    def _shops(self, view: View, places: Array, rows: Array) -> Array:
        """Return territories whose shops are meant: the places, but only where a named distributor works."""
        if not self.distributors:
            return places
        d = view.distributors
        return np.intersect1d(places, np.flatnonzero(d.covers[np.isin(d.row, rows)].any(axis=0)))
