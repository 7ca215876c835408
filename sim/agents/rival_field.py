"""Rivals' salespeople: no routes of their own, but the same calls as ours."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.agents.base import Act, Context, Day, Rank
from sim.agents.desk import Desk
from sim.calendar import Phase
from sim.kernels.calls import CallKeys
from sim.kernels.rivals import call_weights, rival_day, size_pull
from sim.scenario.schema.company import RivalSpec
from sim.streams import DecisionPoint
from sim.world.accounts import Account, Sector
from sim.world.build.companies import companies_of

Array = NDArray[Any]
FARMER = 0.4
COVER_DAYS = 9.0
CALLS_OF_A_PERSON = 20.0


class RivalField:
    """All rivals' field forces."""

    writes = frozenset({"retailer", "market_day", "journal"})

    def __init__(self, context: Context, desk: Desk) -> None:
        self._c = context
        self._desk = desk
        self._rivals = [c for c in companies_of(context.scenario) if isinstance(c, RivalSpec)]
        self._weight = np.zeros(context.world.n_outlets)
        self._pull = np.zeros((len(self._rivals), context.world.n_outlets))
        for spec, pull in zip(self._rivals, self._pull, strict=True):
            size_pull(context.world.outlet_size, spec.field_focus, pull)

    def acts(self, day: Day) -> Iterator[Act]:
        """Yield one act for each rival."""
        if not self._c.scenario.mechanisms.rival_field or not day.field_works:
            return
        for c, spec in enumerate(self._rivals, start=1):
            yield Act(Phase.FIELD, Rank.RIVAL_FIELD, c, partial(self._call, day, c, spec))

    def _call(self, day: Day, c: int, spec: RivalSpec) -> None:
        world, desk = self._c.world, self._desk
        calls = world.rival_calls_per_day[c]
        if not calls.any():
            return
        total = np.zeros(world.sizes["territory"])
        call_weights(
            world.is_open, world.outlet_territory, self._pull[c - 1], world.outlet_distributor, c, total, self._weight
        )
        slot = world.company_slot[c]
        points = (DecisionPoint.RIVAL_ORDER, DecisionPoint.RIVAL_ESTIMATE, DecisionPoint.RIVAL_SELL_IN)
        keys = CallKeys(*(self._c.key(p, day.index) ^ slot for p in points))
        made = rival_day(
            c, slot, calls, self._weight, total, spec.field_skill, FARMER, desk.shelves(), desk.ties(), desk.call_rules,
            keys, self._c.key(DecisionPoint.RIVAL_CALL, day.index), np.ones(world.sizes["product"]), COVER_DAYS,
            day.index, desk.ordered, desk.lines, desk.won,
        )  # fmt: skip
        wage = self._c.scenario.team.wage_cents_per_month * 12 / 260.0
        cost = int(made / CALLS_OF_A_PERSON * wage)
        self._c.journal.company_expense(c, Account.ADVISOR_COST, cost, Sector.EMPLOYEES)
