"""Carpet: every known outlet of some territories at the same short interval, with as many advisors as that takes."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from sim.scenario.schema.common import Spec, quantity
from sim.strategies.base import Decision, Memory, Note, Strategy
from sim.strategies.pulls import Movers, Source, brought, changes, lever_field, mask, move_people, opened, stated
from sim.strategies.ranking import Ranking
from sim.strategies.view import View

Array = NDArray[Any]


TOUR_CONSTANT = 0.7124
"""Length of a tour against √(n·area) (Beardwood, Halton & Hammersley 1959; constant by Applegate et al. 2006)."""

DAYS_PER_WEEK = 7.0
MINUTES_PER_HOUR = 60.0


class Workday(Spec):
    """What planners reckon with; the field itself follows `team.visit`."""

    minutes_per_call: float = quantity(
        10.0, "Time in an outlet.", "(0, 480] minutes", source="about 10 minutes each (field practice)"
    )
    minutes_per_day: float = quantity(480.0, "Working time.", "(0, 960] minutes/day")
    days_per_week: float = quantity(5.0, "Working days.", "(0, 7] days/week")
    km_per_hour: float = quantity(25.0, "Travel speed, stops included.", "(0, 200] km/h")
    detour: float = quantity(
        1.3, "Road distance against straight line.", "[1, 5]", source="circuity 1.2–1.4 (Ballou et al. 2002)"
    )

    def advisors(self, outlets: Array, area_km2: Array, every_days: float) -> Array:
        """Return the advisors that visit every outlet at an interval, rounded up, shape (n,), int64.

        Minutes of a call and of the way to it: visit + 60·detour·0.7124·√(area/outlets)/speed.

        Parameters
        ----------
        outlets, area_km2 : shape (n,). By territory.
        every_days : calendar days between visits to one outlet.
        """
        some = np.maximum(outlets, 1)
        km = TOUR_CONSTANT * self.detour * np.sqrt(area_km2 / some)
        minutes = self.minutes_per_call + MINUTES_PER_HOUR * km / self.km_per_hour
        calls_per_working_day = outlets / every_days * DAYS_PER_WEEK / self.days_per_week
        needed: Array = np.ceil(calls_per_working_day * minutes / self.minutes_per_day - 1e-9).astype(np.int64)
        return needed


class Carpet(Strategy):
    """Visit all classes alike in the first territories of a ranking, and bring the advisors that the visits need."""

    kind: ClassVar[str] = "carpet"

    territories: int = quantity(1, "Territories to cover; 0 changes nothing.", "[0, 10_000] territories")
    ranking: Ranking = quantity(text="Which territories come first.", domain="-", factory=Ranking)
    choose_again_days: int = quantity(364, "Days until the ranking is made anew.", "[1, 5000] days")
    every_days: float = lever_field("visit_every_days", "Days between visits, for all classes.", default=7.0)
    people: Source = quantity("moved", "Whether advisors come from other territories or are hired.", "-")
    most_of_people: float = quantity(0.5, "Largest part of the other territories' advisors that moves.", "[0, 1]")
    movers: Movers = quantity("least_experienced", "Who goes first when a post moves.", "-")
    census_outlets: float = quantity(0.0, "Outlets surveyed in each of them.", "[0, 1_000_000] outlets/month")
    workday: Workday = quantity(text="What planners reckon with.", domain="-", factory=Workday)

    def decide(self, view: View, memory: Memory) -> Decision:
        """Reckon the advisors anew at every review, for the outlets known by then."""
        rows, since = self.ranking.kept(view, self.territories, memory, self.choose_again_days)
        kept = {"chosen": rows.tolist(), "since": since}
        if not rows.shape[0]:
            return Decision((), kept)
        chosen = mask(rows, len(view.names.territories)) & view.territories.is_open
        missing = self._missing(view, chosen)
        came = brought(view.baseline["advisors"], missing, ~chosen, self.people, self.most_of_people)
        pulls = (
            *opened(rows, view),
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
