"""People: how many advisors and promoters, where, how often they call, what they learn and what they are paid for."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import model_validator

from sim.policies import TransferName, VisitPlanName
from sim.scenario.schema.common import quantity
from sim.strategies.base import Decision, Memory, Strategy
from sim.strategies.pulls import all_stated, changes, lever_field, visits
from sim.strategies.view import View

Array = NDArray[Any]

HYSTERESIS = 0.75
"""Posts by which a territory must be off its number before it changes: rounding must not hire and dismiss by turns."""
STATED = (
    "transfer",
    "hire_farmer",
    "handover",
    "courses_per_year",
    "sharing_per_week",
    "playbook",
    "incentive_farmer",
    "hire_pay",
    "hire_applicants",
    "commission_cents",
    "bonus_cents",
    "coaching_minutes",
    "survey_minutes",
    "visit_plan",
    "improve_route",
)
"""Levers that the parameters of the same names set."""


class People(Strategy):
    """Work on the people: hire fast, or train well and pay for cultivating; only what is stated changes."""

    kind: ClassVar[str] = "people"

    extra_advisors: int | None = quantity(
        None,
        "Advisors more (or fewer, below 0) than today, by known potential of an advisor; decided once.",
        "[-10_000, 10_000] persons",
    )
    extra_promoters: int | None = quantity(
        None,
        "Promoters more (or fewer, below 0) than today, by known potential of a promoter; decided once.",
        "[-10_000, 10_000] persons",
    )
    outlets_per_advisor: float | None = quantity(
        None, "Size of an advisor's territory: posts follow the known outlets.", "[1, 1e6] outlets/person"
    )
    extra_supervisors: float = quantity(
        0.0, "Supervisors more than today, where today's advisors are.", "[0, 10_000] persons"
    )
    transfer: TransferName | None = lever_field("transfer")
    hire_farmer: float | None = lever_field("hire_farmer")
    handover: bool | None = lever_field("handover")
    hire_pay: float | None = lever_field("hire_pay")
    hire_applicants: float | None = lever_field("hire_applicants")

    courses_per_year: float | None = lever_field("courses_per_year")
    sharing_per_week: float | None = lever_field("sharing_per_week")
    playbook: float | None = lever_field("playbook")
    incentive_farmer: float | None = lever_field("incentive_farmer")
    commission_cents: float | None = lever_field("commission_cents")
    bonus_cents: int | None = lever_field("bonus_cents")
    coaching_minutes: float | None = lever_field("coaching_minutes")
    survey_minutes: float | None = lever_field("survey_minutes")

    visit_every_days_a: float | None = lever_field("visit_every_days", "Days between visits to class A.")
    visit_every_days_b: float | None = lever_field("visit_every_days", "Days between visits to class B.")
    visit_every_days_c: float | None = lever_field("visit_every_days", "Days between visits to class C.")
    visit_plan: VisitPlanName | None = lever_field("visit_plan")
    improve_route: bool | None = lever_field("improve_route")

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
            *changes("supervisors", self._supervisors(view)),
            *all_stated(self, STATED),
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

    def _supervisors(self, view: View) -> Array:
        """Return the supervisors added, shape (n_territories,); they go where people are to be led."""
        led = view.baseline["advisors"].astype(np.float64)
        added: Array = self.extra_supervisors * led / max(float(led.sum()), 1.0)
        return added

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
