"""Promotions to shops: every company's calendar of weeks in which its products are cheaper on their invoices."""

from __future__ import annotations

from functools import partial

import numpy as np

from sim.agents.base import Context, Day
from sim.agents.clock import Clock, Life, Moment
from sim.calendar import Phase, Rank, earliest, next_every
from sim.world.setup.companies import companies_of

END = Moment(Phase.PLAN, Rank.CALENDAR, 500_000, "companies", "end promotions to shops")
START = Moment(Phase.PLAN, Rank.CALENDAR, 500_001, "a company", "starts a promotion to shops", "company")


class TradePromotions:
    """Calendars of all companies' promotions to the trade."""

    writes = frozenset({"promotion"})

    def __init__(self, context: Context) -> None:
        self._c = context
        self._specs = [c.trade_promotion for c in companies_of(context.scenario)]

    def process(self, env: Clock) -> Life:
        """Begin the calendar of each company, and end every promotion on its morning."""
        if not self._c.scenario.mechanisms.trade_promotions:
            return
        for c in range(len(self._specs)):
            env.begin(self, self._company(env, c))
        while True:
            yield from env.sleep(END, lambda first: earliest(first, self._c.world.trade_promotion_until))
            world = self._c.world
            world.trade_discount[:, world.trade_promotion_until == env.today.index] = 0.0

    def _company(self, env: Clock, c: int) -> Life:
        """Live by the calendar of one company; our levers may change ours. Companies take turns."""
        while True:
            yield from env.sleep(START, partial(self._next_start, c), c)
            self._start(env.today, c)
            self._c.rouse(END)

    def _next_start(self, c: int, first: int) -> int | None:
        every = self._specs[c].every_days if c > 0 else int(self._c.world.lever_trade_promotion_every_days[0])
        return next_every(first, every, every * c // len(self._specs)) if every > 0 else None

    def _start(self, day: Day, c: int) -> None:
        world, spec = self._c.world, self._specs[c]
        if c == 0:
            here = world.lever_trade_promotion_on
            world.trade_discount[:, 0] = np.where(here, world.lever_trade_promotion_discount[0], 0.0)
            world.trade_promotion_until[0] = day.index + world.lever_trade_promotion_length_days[0]
        else:
            world.trade_discount[:, c] = spec.discount
            world.trade_promotion_until[c] = day.index + spec.length_days
