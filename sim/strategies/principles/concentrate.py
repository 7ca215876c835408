"""Concentrate (集中): most of the people and the money in the best territories, on the best products and customers."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from sim.scenario.schema.common import quantity
from sim.strategies.base import Decision, Memory, Note, Pull, Strategy
from sim.strategies.pulls import (
    Movers,
    lever_field,
    mask,
    move_people,
    move_spending,
    opened,
    shared_out,
    visit_factor,
    visits,
)
from sim.strategies.ranking import Ranking, best_first
from sim.strategies.view import View

Array = NDArray[Any]
SMALL = (2,)
"""Class C."""


class Concentrate(Strategy):
    """Give the first territories of a ranking a share of what there is; the others split the rest as today."""

    kind: ClassVar[str] = "concentrate"

    territories: int = quantity(3, "Territories to concentrate on; 0 changes nothing.", "[0, 10_000] territories")
    ranking: Ranking = quantity(text="Which territories come first.", domain="-", factory=Ranking)
    choose_again_days: int = quantity(364, "Days until the ranking is made anew.", "[1, 5000] days")
    share_of_people: float | None = quantity(
        0.6, "Their share of all advisors, split by potential; as today when absent.", "[0, 1]"
    )
    share_of_spending: float | None = quantity(
        0.6, "Their share of advertising, displays and promoters, split by potential; as today when absent.", "[0, 1]"
    )
    movers: Movers = quantity("least_experienced", "Who goes first when a post moves.", "-")
    products: int | None = quantity(
        None,
        "Products to push, those with the largest gross margin a day first; all alike when absent.",
        "[0, 10_000] products",
    )
    focus: float = quantity(2.0, "Factor on the sell-in effort for these products.", "[0, 100]")
    visit_every_days_a: float | None = lever_field(
        "visit_every_days", "Days between visits to class A in the chosen territories; as today when absent."
    )
    visit_every_days_b: float | None = lever_field("visit_every_days", "The same for class B.")
    visit_every_days_c: float | None = lever_field("visit_every_days", "The same for class C.")
    leave_small: float = quantity(
        1.0, "Factor on the days between visits to class C outside the chosen territories.", "[0.1, 50]"
    )

    def decide(self, view: View, memory: Memory) -> Decision:
        """Keep to the chosen territories until it is time to choose again."""
        rows, since = self.ranking.kept(view, self.territories, memory, self.choose_again_days)
        pulls = self._products(view)
        if rows.shape[0]:
            chosen = mask(rows, len(view.names.territories)) & view.territories.is_open
            pulls = (*opened(rows, view), *self._places(view, chosen), *self._customers(view, chosen), *pulls)
        notes = tuple(Note("chosen", int(t), float(n + 1)) for n, t in enumerate(rows)) if since == view.day else ()
        return Decision(pulls, {"chosen": rows.tolist(), "since": since}, notes)

    def _places(self, view: View, chosen: Array) -> tuple[Pull, ...]:
        potential = view.territories.potential
        pulls: tuple[Pull, ...] = ()
        if self.share_of_people is not None:
            change = shared_out(view.baseline["advisors"], chosen, self.share_of_people, potential)
            pulls += move_people(change, self.movers)
        if self.share_of_spending is not None:
            pulls += move_spending(view, chosen, self.share_of_spending, potential)
        return pulls

    def _customers(self, view: View, chosen: Array) -> tuple[Pull, ...]:
        days = (self.visit_every_days_a, self.visit_every_days_b, self.visit_every_days_c)
        there, elsewhere = np.flatnonzero(chosen), np.flatnonzero(~chosen)
        return (*visits(days, territory=there), *visit_factor(view, elsewhere, self.leave_small, SMALL))

    def _products(self, view: View) -> tuple[Pull, ...]:
        ours = view.products
        if not self.products or self.focus == 1.0:
            return ()
        margin = ours.sell_in_rate * (ours.list_price_cents - ours.factory_cost_cents)
        best = best_first(np.where(ours.launched, margin, -np.inf))[: self.products]
        return (Pull("focus", self.focus, {"product": ours.row[best]}),)
