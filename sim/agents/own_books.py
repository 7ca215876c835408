"""A company's own books: what went through its distributors and what its people did, over the last weeks."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.agents.base import Context, Day

Array = NDArray[Any]
WINDOW_DAYS = 28


class OwnBooks:
    """Sums over the last 28 completed days, or over fewer when fewer have passed; today is not in it."""

    def __init__(self, context: Context, day: Day) -> None:
        self._c = context
        self._days = slice(max(0, day.index - WINDOW_DAYS), day.index)
        self.n_days = min(WINDOW_DAYS, day.index)

    def _of(self, panel: str, name: str) -> Array:
        """Return a panel's field on each of the days, shape (n_days, *axes)."""
        field: Array = getattr(self._c.recorder.panels[panel], name)[self._days]
        return field

    def daily(self, panel: str, name: str) -> Array:
        """Return the mean of a panel's field over the days, with the panel's axes as shape; zeros on day 0."""
        total: Array = self._of(panel, name).sum(axis=0)
        return total / max(self.n_days, 1)

    def sell_in(self) -> Array:
        """Return what our distributors delivered to shops, shape (n_territories, our products), in units/day."""
        return self.daily("market", "sell_in_units")[:, self._c.world.product_company == 0]

    def through_distributors(self, name: str) -> Array:
        """Return a field of the distributors' panel over our products, shape (n_distributors,), in units/day."""
        ours = self._c.world.product_company == 0
        total: Array = self.daily("distributor", name)[:, ours].sum(axis=1)
        return total

    def by_territory(self, name: str) -> Array:
        """Return the daily mean of a field of the advisors' panel by territory of work, shape (n_territories,)."""
        place = self._of("advisor", "territory").astype(np.int64)
        amount, n = self._of("advisor", name), self._c.world.sizes["territory"]
        total: Array = np.bincount(place.ravel(), weights=amount.ravel(), minlength=n)
        return total / max(self.n_days, 1)
