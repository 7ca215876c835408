"""People: how many advisors and promoters, where, how often they call, what they learn and what they are paid for."""

from __future__ import annotations

from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import model_validator

from sim.scenario.schema.common import quantity
from sim.strategies.base import Decision, Memory, Strategy
from sim.strategies.moving import changes
from sim.strategies.stated import all_stated, visits
from sim.strategies.view import View
from sim.world.setup.levers import VISIT_PLANS

Array = NDArray[Any]

HYSTERESIS = 0.75
"""Posts by which a territory must be off its number before it changes: rounding must not hire and dismiss by turns."""
TRANSFERS = ("hire", "least_experienced", "most_skilled")
"""Words for the lever `transfer`, by its value."""


class People(Strategy):
    """Work on the people: hire fast, or train well and pay for cultivating; only what is stated changes."""

    kind: ClassVar[str] = "people"

    extra_advisors: int | None = quantity(
        None, "Advisors more (or fewer, below 0) than today, by known potential of an advisor; decided once.",
        unit="persons", ge=-10_000, le=10_000,
    )  # fmt: skip
    extra_promoters: int | None = quantity(
        None, "Promoters more (or fewer, below 0) than today, by known potential of a promoter; decided once.",
        unit="persons", ge=-10_000, le=10_000,
    )  # fmt: skip
    outlets_per_advisor: float | None = quantity(
        None, "Size of an advisor's territory: posts follow the known outlets.", unit="outlets/person", ge=1, le=10**6
    )
    transfer: Literal["hire", "least_experienced", "most_skilled"] | None = quantity(
        None, "Posts that move between territories: dismiss and hire, or move persons, and which ones first.", unit="-"
    )
    hire_farmer: float | None = quantity(None, "Orientation of new advisors: 0 hunter, 1 farmer.", ge=0, le=1)
    handover: bool | None = quantity(None, "Whether leavers hand over formally.", unit="-")

    courses_per_year: float | None = quantity(None, "Training courses of each advisor.", unit="1/year", ge=0, le=50)
    sharing_per_week: float | None = quantity(
        None, "Share of the gap to the team's best closed in a week.", unit="1/week", ge=0, le=1
    )
    playbook: float | None = quantity(None, "Share of the template's playbook that new advisors are given.", ge=0, le=1)
    incentive_farmer: float | None = quantity(None, "Orientation that the pay rewards: 0 hunter, 1 farmer.", ge=0, le=1)

    visit_every_days_a: float | None = quantity(None, "Days between visits to class A.", unit="days", ge=0.5, le=730)
    visit_every_days_b: float | None = quantity(None, "Days between visits to class B.", unit="days", ge=0.5, le=730)
    visit_every_days_c: float | None = quantity(None, "Days between visits to class C.", unit="days", ge=0.5, le=730)
    visit_plan: Literal["class", "need", "coverage", "habit"] | None = quantity(
        None, "How due visits are ranked.", unit="-"
    )
    improve_route: bool | None = quantity(None, "Whether routes are improved.", unit="-")

    @model_validator(mode="after")
    def _one_headcount(self) -> Self:
        if self.extra_advisors is not None and self.outlets_per_advisor is not None:
            raise ValueError("give one of extra_advisors and outlets_per_advisor")
        return self

    def decide(self, view: View, memory: Memory) -> Decision:
        """Pull what the parameters state."""
        stated = {"advisors": self._posts(view, memory), "promoters": self._promoters(view, memory)}
        wanted = {lever: persons for lever, persons in stated.items() if persons is not None}
        kept: Memory = {lever: persons.tolist() for lever, persons in wanted.items()}
        pulls = (
            *(p for lever, persons in wanted.items() for p in changes(lever, persons - view.baseline[lever])),
            *all_stated(
                {
                    "transfer": None if self.transfer is None else TRANSFERS.index(self.transfer),
                    "hire_farmer": self.hire_farmer,
                    "handover": self.handover,
                    "courses_per_year": self.courses_per_year,
                    "sharing_per_week": self.sharing_per_week,
                    "playbook": self.playbook,
                    "incentive_farmer": self.incentive_farmer,
                    "visit_plan": None if self.visit_plan is None else VISIT_PLANS.index(self.visit_plan),
                    "improve_route": self.improve_route,
                }
            ),
            *visits((self.visit_every_days_a, self.visit_every_days_b, self.visit_every_days_c)),
        )
        return Decision(pulls, kept)

    def _posts(self, view: View, memory: Memory) -> Array | None:
        """Return the posts wanted, shape (n_territories,); None when they stay."""
        today = view.baseline["advisors"].astype(np.int64)
        if self.extra_advisors is not None:
            if "advisors" in memory:
                return np.array(memory["advisors"], dtype=np.int64)
            return spread(today, self.extra_advisors, view.territories.potential)
        if self.outlets_per_advisor is not None:
            exact = np.nan_to_num(view.territories.known) / self.outlets_per_advisor
            last = np.array(memory.get("advisors", exact), dtype=np.float64)
            wanted: Array = np.where(np.abs(exact - last) > HYSTERESIS, exact, last)
            return np.rint(wanted).astype(np.int64)
        return None

    def _promoters(self, view: View, memory: Memory) -> Array | None:
        """Return the promoters wanted, shape (n_territories,); None when they stay."""
        if self.extra_promoters is None:
            return None
        if "promoters" in memory:
            return np.array(memory["promoters"], dtype=np.int64)
        return spread(view.baseline["promoters"].astype(np.int64), self.extra_promoters, view.territories.potential)


def spread(posts: Array, change: int, potential: Array) -> Array:
    """Return posts after adding or taking away one by one, where a post has most or least potential.

    Parameters
    ----------
    posts : shape (n,). Posts now. [persons]
    change : posts to add; below 0, to take away, as far as there are any. [persons]
    potential : shape (n,), not negative; not a number counts as none, and none anywhere as equal.
    """
    after = np.array(posts, dtype=np.int64)
    weight = np.nan_to_num(np.asarray(potential, dtype=np.float64))
    weight = weight if weight.any() else np.ones(after.shape)
    for _ in range(min(abs(change), change if change > 0 else int(after.sum()))):
        if change > 0:
            after[np.argmax(weight / (after + 1))] += 1
        else:
            after[np.argmin(np.where(after > 0, weight / np.maximum(after, 1), np.inf))] -= 1
    return after
