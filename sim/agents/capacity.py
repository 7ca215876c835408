"""Capacity of every company's factory: more of it is ordered, paid, waited for and kept up."""

from __future__ import annotations

from sim.agents.base import Context, Day, daily_cents
from sim.agents.clock import Clock, Life, Moment
from sim.calendar import Phase, Rank
from sim.world.accounts import Account, Sector
from sim.world.setup.companies import companies_of

BUILD = Moment(Phase.PLAN, Rank.FACTORY, 1, "companies", "order capacity, and put to use what is ready")
PAY = Moment(Phase.SETTLE, Rank.FACTORY, 0, "companies", "pay the upkeep of added capacity")


class Capacity:
    """What every factory can make a day: by the dates of its plans, and ours by the lever, too."""

    writes = frozenset({"manufacturer", "journal"})

    def __init__(self, context: Context) -> None:
        self._c = context
        self._factories = [c.factory for c in companies_of(context.scenario)]
        index_of = context.calendar.index_of
        self._plans = [
            sorted((index_of(plan.first_date), plan.factor) for plan in f.capacity_plans) for f in self._factories
        ]

    def process(self, env: Clock) -> Life:
        """Live as the builders of all companies: each has one extension under way at a time."""
        if not self._c.scenario.mechanisms.capacity_plans:
            return
        env.routine(self, PAY, self._pay_upkeep)
        while True:
            yield env.at(BUILD)
            self._build(env.today)

    def wanted_units(self, day: Day, c: int) -> int:
        """Return the capacity that a company wants to have [units/day]."""
        world = self._c.world
        factor = next((factor for first, factor in reversed(self._plans[c]) if first <= day.index), 1.0)
        lever = float(world.lever_capacity[0]) if c == 0 else 1.0
        return round(int(world.built_capacity_units[c]) * factor * lever)

    def _build(self, day: Day) -> None:
        """Order what is missing, take down what is too much, and begin to use what is ready."""
        world = self._c.world
        for c, factory in enumerate(self._factories):
            missing = self.wanted_units(day, c) - int(world.factory_capacity_units[c])
            if missing < 0:
                world.factory_capacity_units[c] += missing
            elif missing > 0 and world.capacity_coming_units[c] == 0:
                world.capacity_coming_units[c] = missing
                world.capacity_ready_day[c] = day.index + factory.capacity_lead_days
                cents = missing * factory.capacity_cost_cents
                self._c.journal.company_expense(c, Account.CAPACITY_COST, cents, Sector.SUPPLIERS)
            if world.capacity_coming_units[c] > 0 and world.capacity_ready_day[c] <= day.index:
                world.factory_capacity_units[c] += world.capacity_coming_units[c]
                world.capacity_coming_units[c] = 0

    def _pay_upkeep(self) -> None:
        world = self._c.world
        for c, factory in enumerate(self._factories):
            added = max(0, int(world.factory_capacity_units[c] - world.built_capacity_units[c]))
            cents = daily_cents(added * factory.capacity_upkeep_cents)
            self._c.journal.company_expense(c, Account.CAPACITY_COST, cents, Sector.SUPPLIERS)
