"""Carpet: every known outlet of some territories at the same short interval, with as many advisors as that takes."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from sim.scenario.schema.common import quantity
from sim.strategies.base import Decision, Memory, Note, Strategy
from sim.strategies.moving import Movers, Source, brought, mask, move_people
from sim.strategies.pulls import changes, lever_field, stated
from sim.strategies.ranking import Ranking
from sim.strategies.view import View
from sim.strategies.workload import Workday

Array = NDArray[Any]


class Carpet(Strategy):
    """Visit all classes alike in the first territories of a ranking, and bring the advisors that the visits need."""

    kind: ClassVar[str] = "carpet"

    territories: int = quantity(1, "Territories to cover; 0 changes nothing.", unit="territories", ge=0, le=10_000)
    ranking: Ranking = quantity(text="Which territories come first.", unit="-", factory=Ranking)
    choose_again_days: int = quantity(364, "Days until the ranking is made anew.", unit="days", ge=1, le=5000)
    every_days: float = lever_field("visit_every_days", "Days between visits, for all classes.", default=7.0)
    people: Source = quantity("moved", "Whether advisors come from other territories or are hired.", unit="-")
    most_of_people: float = quantity(0.5, "Largest part of the other territories' advisors that moves.", ge=0, le=1)
    movers: Movers = quantity("least_experienced", "Who goes first when a post moves.", unit="-")
    census_outlets: float = quantity(0.0, "Outlets surveyed in each of them.", unit="outlets/month", ge=0, le=1_000_000)
    workday: Workday = quantity(text="What planners reckon with.", unit="-", factory=Workday)

    def decide(self, view: View, memory: Memory) -> Decision:
        """Reckon the advisors anew at every review, for the outlets known by then."""
        rows, since = self.ranking.kept(view, self.territories, memory, self.choose_again_days)
        kept = {"chosen": rows.tolist(), "since": since}
        if not rows.shape[0]:
            return Decision((), kept)
        chosen = mask(rows, len(view.names.territories))
        missing = self._missing(view, chosen)
        came = brought(view.baseline["advisors"], missing, ~chosen, self.people, self.most_of_people)
        pulls = (
            *stated("visit_every_days", self.every_days, territory=rows),
            *move_people(came, self.movers),
            *changes("census_outlets", self.census_outlets * chosen),
        )
        short = [Note("advisors_short", int(t), float(missing[t] - came[t])) for t in rows if came[t] < missing[t]]
        return Decision(pulls, kept, tuple(short))

    def _missing(self, view: View, chosen: Array) -> Array:
        """Advisors that the visits need beyond those who are there, by territory."""
        there = view.territories
        needed = self.workday.advisors(there.known, there.area_km2, self.every_days)
        return np.where(chosen, np.maximum(needed - view.baseline["advisors"], 0), 0)
