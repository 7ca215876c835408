"""Terms of trade: what distributors and shops pay, when they pay it, and for what they are rewarded."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import model_validator

from sim.scenario.schema.common import quantity
from sim.strategies.base import Decision, Memory, Pull, Strategy
from sim.strategies.pulls import all_stated, distributor_rows, lever_field, stated, territory_rows
from sim.strategies.view import View

Array = NDArray[Any]

PROMOTION = ("trade_promotion_every_days", "trade_promotion_length_days", "trade_promotion_discount")
OF_ALL = ("listing_fee_most_cents",)
"""Levers of the whole market that the parameters of the same names set."""


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
    trade_promotion_every_days: int | None = lever_field("trade_promotion_every_days")
    trade_promotion_length_days: int | None = lever_field("trade_promotion_length_days")
    trade_promotion_discount: float | None = lever_field("trade_promotion_discount")
    listing_fee_most_cents: int | None = lever_field(
        "listing_fee_most_cents", "Highest fee that we pay for a place on a full shelf, everywhere."
    )

    @model_validator(mode="after")
    def _promotions_end(self) -> Self:
        every, length = self.trade_promotion_every_days, self.trade_promotion_length_days
        if every and length and length > every:
            raise ValueError("trade_promotion_length_days must not exceed trade_promotion_every_days")
        return self

    def decide(self, view: View, memory: Memory) -> Decision:
        """Pull what the parameters state, at the named places."""
        everywhere = np.arange(len(view.names.territories))
        places = np.unique(territory_rows(self.territories, view)) if self.territories else everywhere
        rows = self._distributors(view, places)
        terms = all_stated(self, ("discount", "rebate_rate", "target_growth", "terms_days"), distributor=rows)
        shops = self._shops(view, places, rows)
        of_shops = stated("shop_terms_days", self.shop_terms_days, territory=shops)
        return Decision((*terms, *of_shops, *self._promotions(everywhere, shops), *all_stated(self, OF_ALL)), memory)

    def _promotions(self, everywhere: Array, shops: Array) -> tuple[Pull, ...]:
        """Return the promotions to shops: of the territories meant, none elsewhere; no pull without a parameter."""
        pulls = all_stated(self, PROMOTION)
        elsewhere = np.setdiff1d(everywhere, shops)
        return (*pulls, *stated("trade_promotion_on", False, territory=elsewhere)) if pulls else ()

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
