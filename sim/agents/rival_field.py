"""Rivals' salespeople: no routes of their own, but the same calls as ours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.agents.base import Act, Context, Day, Rank
from sim.agents.desk import Desk
from sim.calendar import Phase
from sim.kernels.rivals import Forces, rival_days, size_pull
from sim.scenario.schema.company import RivalSpec
from sim.streams import DecisionPoint
from sim.world.accounts import Account, Sector
from sim.world.setup.companies import companies_of

Array = NDArray[Any]
FARMER = 0.4
COVER_DAYS = 9.0
CALLS_OF_A_PERSON = 20.0
POINTS = DecisionPoint.RIVAL_ORDER, DecisionPoint.RIVAL_ESTIMATE, DecisionPoint.RIVAL_SELL_IN
"""What is drawn in a call, in the order of `CallKeys`."""


class RivalField:
    """All rivals' field forces."""

    writes = frozenset({"retailer", "market_day", "journal"})

    def __init__(self, context: Context, desk: Desk) -> None:
        self._c = context
        self._desk = desk
        self._rivals = [c for c in companies_of(context.scenario) if isinstance(c, RivalSpec)]
        n = len(self._rivals)
        self._forces = Forces(
            context.world.company_slot, context.world.rival_calls_per_day, np.zeros((n, context.world.n_outlets)),
            np.array([spec.field_skill for spec in self._rivals]), np.zeros((n, len(POINTS)), dtype=np.uint64),
        )  # fmt: skip
        for spec, pull in zip(self._rivals, self._forces.pull, strict=True):
            size_pull(context.world.outlet_size, spec.field_focus, pull)
        self._focus = np.ones(context.world.sizes["product"])
        self._total, self._weight = np.zeros(context.world.sizes["territory"]), np.zeros(context.world.n_outlets)
        self._made = np.zeros(n, dtype=np.int64)

    def acts(self, day: Day) -> Iterator[Act]:
        """Yield the calls of all rivals, one rival after the other."""
        if self._rivals and self._c.scenario.mechanisms.rival_field and day.field_works:
            yield Act(Phase.FIELD, Rank.RIVAL_FIELD, 0, lambda: self._call(day))

    def _call(self, day: Day) -> None:
        world, desk = self._c.world, self._desk
        keys = np.array([self._c.key(p, day.index) for p in POINTS])
        self._forces.keys[:] = world.company_slot[1:, None] ^ keys
        rival_days(
            self._forces, FARMER, desk.shelves(), desk.ties(), desk.call_rules,
            self._c.key(DecisionPoint.RIVAL_CALL, day.index), self._focus, COVER_DAYS, day.index, desk.ordered,
            desk.won, self._total, self._weight, self._made,
        )  # fmt: skip
        wage = self._c.scenario.team.wage_cents_per_month * 12 / 260.0
        for c, made in enumerate(self._made.tolist(), start=1):
            cost = int(made / CALLS_OF_A_PERSON * wage)
            self._c.journal.company_expense(c, Account.ADVISOR_COST, cost, Sector.EMPLOYEES)
