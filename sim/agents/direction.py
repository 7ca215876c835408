"""Our head office: it reads what is believed, lets the strategy decide, keeps the budget, and sets the levers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.agents.base import Context, Day
from sim.agents.belief import view_of
from sim.agents.clock import Clock, Life, Moment
from sim.calendar import Phase, Rank, next_every
from sim.strategies.base import Decision, Pull
from sim.strategies.budget import PriceList, fit, monthly_cost
from sim.strategies.levers import combine
from sim.strategies.view import View
from sim.strategies.within import decide_within
from sim.world.levers import LEVERS, Lever
from sim.world.world import World

Array = NDArray[Any]
WEEK = 7
FOUR_WEEKS = 28

LEVER = "lever"
"""Part of the notes that tell how levers were set."""

DECIDES = Moment(Phase.PLAN, Rank.DIRECTION, 0, "our head office", "reviews its plan and sets the levers")


class Direction:
    """Head office of our company; the only writer of its minutes."""

    writes = frozenset({"levers"})

    def __init__(self, context: Context) -> None:
        self._c = context
        self._plan, self._baseline, self._minutes = context.plan, context.baseline, context.minutes

    def process(self, env: Clock) -> Life:
        """Live as our head office: it decides on the first day after the burn-in, and then at every review.

        Without a strategy nothing is decided; what the baseline's plan costs is written down once, to compare with.
        """
        while True:
            yield from env.sleep(DECIDES, self._next_review)
            self._decide(env.today)
            self._c.rouse()

    def _next_review(self, first: int) -> int | None:
        begin = self._c.calendar.burn_in_days
        if not self._plan.parts:
            return begin if first <= begin else None
        days = self._c.scenario.direction.review_days
        usual = WEEK if self._c.scenario.mechanisms.ground else FOUR_WEEKS
        return next_every(max(first, begin), usual if days is None else days, begin)

    def _decide(self, day: Day) -> None:
        view = view_of(self._c, day, self._c.calendar.burn_in_days, self._baseline)
        if not self._plan.parts:
            self._note_cost(day, monthly_cost(self._baseline, PriceList.of(self._c.scenario), view))
            return
        pulls = []
        for number, decision in enumerate(self._decisions(view)):
            name = self._plan.part_name(number)
            pulls += [(name, pull) for pull in decision.pulls]
            self._minutes.memory[number] = dict(decision.memory)
            for note in decision.notes:
                kind = self._plan.parts[number].kind
                self._minutes.notes.append((day.index, kind, note.text, note.territory, float(note.value)))
        self._set(day, view, pulls)

    def _decisions(self, view: View) -> Iterator[Decision]:
        parts, minutes = self._plan.parts, self._minutes
        if not minutes.memory:
            minutes.memory.extend({} for _ in parts)
        for part, memory in zip(parts, list(minutes.memory), strict=True):
            yield decide_within(part, view, memory)

    def _set(self, day: Day, view: View, pulls: list[tuple[str, Pull]]) -> None:
        """Join the pulls, keep the budget, write the levers. A lever that nobody pulls stands at its baseline."""
        rule, prices = self._c.scenario.direction.budget, PriceList.of(self._c.scenario)
        if self._minutes.budget_cents < 0.0:
            planned = sum(monthly_cost(self._baseline, prices, view).values())
            self._minutes.budget_cents = planned if rule.cents_per_month is None else float(rule.cents_per_month)
        ours = {"product": view.products.row, "distributor": view.distributors.row}
        levers = {**self._baseline, **combine(self._baseline, pulls, ours)}
        budget = self._minutes.budget_cents
        levers, cost = fit(levers, prices, view, budget, rule.on_excess, self._plan.name)
        self._note_cost(day, cost)
        for name, value in levers.items():
            column = self._c.world.columns[LEVERS[name].column]
            self._note_change(day, LEVERS[name], column, value)
            column[...] = value

    def _note_change(self, day: Day, lever: Lever, before: Array, after: Array) -> None:
        """Write down where a lever is set anew, as its distance from the baseline: 0 where it goes back.

        Territories and distributors are told one by one, everything finer by its mean; products and single outlets
        together, by the mean of those that are moved.
        """
        moved = before != after
        if not moved.any():
            return
        distance = np.asarray(after, dtype=np.float64) - np.asarray(self._baseline[lever.name], dtype=np.float64)
        place = lever.axes[0] if lever.axes else ""
        if place in ("territory", "distributor"):
            finer = tuple(range(1, distance.ndim))
            world = self._c.world
            for row in np.flatnonzero(moved.any(axis=finer)):
                territory = int(row) if place == "territory" else int(world.distributor_territory[row])
                self._minutes.notes.append((day.index, LEVER, lever.name, territory, float(distance[row].mean())))
            return
        away = distance[distance != 0.0]
        self._minutes.notes.append((day.index, LEVER, lever.name, -1, float(away.mean()) if away.size else 0.0))

    def _note_cost(self, day: Day, cost: Mapping[str, float]) -> None:
        """Write down what a plan costs, by item, in cents a month."""
        for item, cents in cost.items():
            self._minutes.notes.append((day.index, "budget", item, -1, cents))


def baseline_levers(world: World) -> dict[str, Array]:
    """Return a copy of every lever as it stands, read-only; taken right after the build."""
    levers = {name: np.array(world.columns[lever.column]) for name, lever in LEVERS.items()}
    for values in levers.values():
        values.flags.writeable = False
    return levers
