"""Zero unvisited customers: find every outlet, and leave none without a visit for longer than a maximum."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from sim.policies import VisitPlan
from sim.scenario.schema.common import quantity
from sim.strategies.base import Decision, Memory, Note, Pull, Strategy
from sim.strategies.budget import DAYS
from sim.strategies.pulls import changes, lever_field, stated
from sim.strategies.view import View

Array = NDArray[Any]
SURVEY_DAYS = 30
"""Days from one survey to the next: our offices do their monthly business every 30 days."""


class ZeroUnvisited(Strategy):
    """Leave no customer unvisited: a census of the region, then regular contact with every outlet."""

    kind: ClassVar[str] = "zero_unvisited"

    census_outlets: float | None = lever_field(
        "census_outlets", "Outlets surveyed in the whole market until no more are found, in addition to today's."
    )
    least_yield: float = quantity(
        0.1, "A territory's census ends when it finds fewer new outlets than this share of those surveyed.", "[0, 1]"
    )
    upkeep_outlets: float | None = lever_field(
        "census_outlets", "Outlets surveyed after that, to keep the database up to date."
    )
    max_age_days: float | None = lever_field("visit_every_days", "No class of outlets is visited less often than this.")
    coverage_first: bool = quantity(False, "Due visits go first to whom nobody has seen for longest.", "-")

    def decide(self, view: View, memory: Memory) -> Decision:
        """Survey where outlets are still found; keep every outlet's age under the maximum."""
        done = self._done(view, memory)
        census = self._census(view, done)
        kept: dict[str, Any] = {}
        if self.census_outlets is not None:
            kept = dict(memory)
            if self._is_judged(view, memory):
                kept = {
                    "day": view.day,
                    "done": done.tolist(),
                    "known": view.territories.known.tolist(),
                    "census": census.tolist(),
                }
        pulls = (
            *changes("census_outlets", census),
            *self._visits(view),
            *stated("visit_plan", VisitPlan.coverage if self.coverage_first else None),
        )
        return Decision(pulls, kept, self._notes(view, memory, done))

    @staticmethod
    def _is_judged(view: View, memory: Memory) -> bool:
        """Whether to look at what was found: surveys come once a month, so that shorter spans may hold none."""
        return "known" not in memory or view.day - memory["day"] >= SURVEY_DAYS

    def _done(self, view: View, memory: Memory) -> Array:
        """Return where the census has ended, shape (n_territories,).

        It ends when the outlets found in a month or more are fewer than `least_yield` of those that were to be
        surveyed; a survey finds only what is new.
        """
        if "known" not in memory or self.census_outlets is None:
            return np.zeros(view.territories.known.shape, dtype=bool)
        if not self._is_judged(view, memory):
            return np.array(memory["done"], dtype=bool)
        surveyed = np.array(memory["census"]) * (view.day - memory["day"]) / DAYS
        found = view.territories.known - np.array(memory["known"])
        ended: Array = (surveyed >= 1.0) & (found < self.least_yield * surveyed)
        return np.array(memory["done"], dtype=bool) | ended

    def _census(self, view: View, done: Array) -> Array:
        """Return outlets to survey, shape (n_territories,); open territories share the census by population."""
        people = np.nan_to_num(view.territories.population)
        census = (self.census_outlets or 0.0) * _shares(np.where(done, 0.0, people))
        return census + (self.upkeep_outlets or 0.0) * _shares(np.where(done, people, 0.0))

    def _visits(self, view: View) -> tuple[Pull, ...]:
        """Pull every class everywhere, so that no other part can visit less often than the maximum."""
        if self.max_age_days is None:
            return ()
        return (Pull("visit_every_days", np.minimum(view.baseline["visit_every_days"], self.max_age_days)),)

    def _notes(self, view: View, memory: Memory, done: Array) -> tuple[Note, ...]:
        before = np.array(memory.get("done", np.zeros(done.shape)), dtype=bool)
        known = view.territories.known
        ended = [Note("census_ended", int(t), float(known[t])) for t in np.flatnonzero(done & ~before)]
        asked = self.max_age_days is not None or self.coverage_first
        return (*ended, *([Note("unvisited", -1, float(view.territories.unvisited.sum()))] if asked else ()))


def _shares(weight: Array) -> Array:
    total = float(weight.sum())
    return weight / total if total > 0.0 else np.zeros(weight.shape)
