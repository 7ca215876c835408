"""Spread evenly, the opposite of concentrating: the same for every territory, or in proportion to its market."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from sim.scenario.schema.common import quantity
from sim.strategies.base import Decision, Memory, Pull, Strategy
from sim.strategies.pulls import Movers, move_people, move_spending, shared_out
from sim.strategies.view import View

Array = NDArray[Any]


class SpreadEvenly(Strategy):
    """Split people and spending over all territories."""

    kind: ClassVar[str] = "spread_evenly"

    by: Literal["territory", "potential", "outlets"] = quantity(
        "territory", "The same for each territory, or in proportion to known potential or known outlets.", "-"
    )
    people: bool = quantity(True, "Whether advisors are split.", "-")
    spending: bool = quantity(True, "Whether advertising, displays and promoters are split.", "-")
    movers: Movers = quantity("least_experienced", "Who goes first when a post moves.", "-")

    def decide(self, view: View, memory: Memory) -> Decision:
        """Split anew at every review, by what is known then."""
        weight = self._weight(view)
        everywhere = view.territories.is_open
        pulls: tuple[Pull, ...] = ()
        if self.people:
            pulls += move_people(shared_out(view.baseline["advisors"], everywhere, 1.0, weight), self.movers)
        if self.spending:
            pulls += move_spending(view, everywhere, 1.0, weight)
        return Decision(pulls, memory)

    def _weight(self, view: View) -> Array:
        there = view.territories
        weights = {"territory": np.ones(there.known.shape), "potential": there.potential, "outlets": there.known}
        return weights[self.by]
