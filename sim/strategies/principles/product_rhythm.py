"""A clear lead product for a period, then the next; new products launched in steps or all at once."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from sim.scenario.schema.common import quantity
from sim.strategies.base import Decision, Memory, Pull, Strategy
from sim.strategies.pulls import product_rows
from sim.strategies.view import View

Array = NDArray[Any]


class ProductRhythm(Strategy):
    """Lead with one product at a time, and launch new ones in steps."""

    kind: ClassVar[str] = "product_rhythm"

    lead_days: int | None = quantity(None, "Days for which one product leads; no lead when absent.", "[1, 3660] days")
    lead_order: tuple[str, ...] = quantity(
        (), "Our products in the order in which they lead; all of them in the scenario's order when empty.", "list"
    )
    lead_factor: float = quantity(3.0, "Sell-in effort of the lead product against today's.", "[0, 100]")
    others_factor: float = quantity(1.0, "The same of the others.", "[0, 100]")
    first_launch_day: int | None = quantity(
        None,
        "Day of the first launch, counted from the strategy's beginning; launches stay as they are when absent.",
        "[0, 5000] days",
    )
    step_days: int = quantity(0, "Days from one launch to the next; 0 launches all at once.", "[0, 5000] days")
    launch_order: tuple[str, ...] = quantity(
        (), "Our products in the order of their launch; those not yet launched when empty.", "list"
    )

    def decide(self, view: View, memory: Memory) -> Decision:
        """Turn the lead; set launch days."""
        order = self._launches(view, memory)
        kept: Memory = {} if self.first_launch_day is None else {"launches": order.tolist()}
        return Decision((*self._lead(view), *self._launch_days(view, order)), kept)

    def _lead(self, view: View) -> tuple[Pull, ...]:
        """Return the focus of the product whose turn it is, and of the others; only launched ones have turns."""
        if self.lead_days is None:
            return ()
        products = view.products
        order = product_rows(self.lead_order, view, self.kind)
        order = order[np.isin(order, products.row[products.launched.astype(bool)])]
        if order.size == 0:
            return ()
        leader = order[view.day // self.lead_days % order.size]
        factors = np.where(products.row == leader, self.lead_factor, self.others_factor)
        return (Pull("focus", factors, {"product": products.row}),)

    def _launches(self, view: View, memory: Memory) -> Array:
        """Return rows of the products to launch, in order: as first decided, since launched ones leave the list."""
        if "launches" in memory:
            return np.array(memory["launches"], dtype=np.int64)
        if self.launch_order:
            return product_rows(self.launch_order, view, self.kind)
        pending: Array = view.products.row[~view.products.launched.astype(bool)]
        return pending

    def _launch_days(self, view: View, order: Array) -> tuple[Pull, ...]:
        if self.first_launch_day is None or order.size == 0:
            return ()
        days = view.first_day + self.first_launch_day + self.step_days * np.arange(order.size, dtype=np.float64)
        return (Pull("launch_day", days, {"product": order}),)
