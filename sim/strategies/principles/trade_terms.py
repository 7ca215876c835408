"""Terms of trade: what distributors and shops pay, when they pay it, and for what they are rewarded."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from sim.scenario.schema.common import quantity
from sim.strategies.base import Decision, Memory, Strategy
from sim.strategies.naming import distributor_rows, territory_rows
from sim.strategies.stated import all_stated, stated
from sim.strategies.view import View

Array = NDArray[Any]


class TradeTerms(Strategy):
    """Set terms of trade, everywhere or for named territories or distributors; only what is stated changes."""

    kind: ClassVar[str] = "trade_terms"

    territories: tuple[str, ...] = quantity((), "Territories where the terms hold; everywhere when empty.", unit="list")
    distributors: tuple[str, ...] = quantity(
        (), "Distributors for whom they hold; all of ours there when empty.", unit="list"
    )
    discount: float | None = quantity(None, "Discount on the list price, added to today's.", ge=-0.9, le=0.9)
    rebate_rate: float | None = quantity(None, "Rebate of distributors that reach their target.", ge=0, le=0.5)
    target_growth: float | None = quantity(None, "Their targets against their history.", gt=0, le=5)
    terms_days: int | None = quantity(None, "Days that they have to pay us.", unit="days", ge=0, le=180)
    shop_terms_days: int | None = quantity(
        None, "Days that shops have to pay for our products, added to today's.", unit="days", ge=0, le=180
    )

    def decide(self, view: View, memory: Memory) -> Decision:
        """Pull what the parameters state, at the named places."""
        places = territory_rows(view, self.territories)
        rows = self._distributors(view, places)
        terms = {
            "discount": self.discount,
            "rebate_rate": self.rebate_rate,
            "target_growth": self.target_growth,
            "terms_days": self.terms_days,
        }
        shops = self._shops(view, places, rows)
        return Decision(
            (*all_stated(terms, distributor=rows), *stated("shop_terms_days", self.shop_terms_days, territory=shops)),
            memory,
        )

    def _distributors(self, view: View, places: Array) -> Array:
        """Return rows of the distributors meant: the named ones that cover one of the places."""
        named = distributor_rows(view, self.distributors, self.kind)
        d = view.distributors
        rows: Array = d.row[np.isin(d.row, named) & d.covers[:, places].any(axis=1)]
        return rows

    def _shops(self, view: View, places: Array, rows: Array) -> Array:
        """Return territories whose shops are meant: the places, but only where a named distributor works."""
        if not self.distributors:
            return places
        d = view.distributors
        return np.intersect1d(places, np.flatnonzero(d.covers[np.isin(d.row, rows)].any(axis=0)))
