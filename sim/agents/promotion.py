"""Regular consumer promotions: every company's calendar of price cuts with feature or display."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.agents.base import Context, Day
from sim.agents.clock import Clock, Life, Moment
from sim.calendar import Phase, Rank, earliest, next_every
from sim.ledger.recorder import Event
from sim.scenario.schema.company import PromotionSpec
from sim.world.setup.companies import companies_of

Array = NDArray[Any]

END = Moment(Phase.PLAN, Rank.CALENDAR, 0, "companies", "end promotions")
START = Moment(Phase.PLAN, Rank.CALENDAR, 1, "a company", "starts a promotion", "company")


class Promotions:
    """Promotion calendars of all companies."""

    writes = frozenset({"promotion"})

    def __init__(self, context: Context) -> None:
        self._c = context
        self._specs = [c.promotion for c in companies_of(context.scenario)]

    def process(self, env: Clock) -> Life:
        """Begin the calendar of each company, and take down every promotion on the morning of its end."""
        if not self._c.scenario.mechanisms.promotions:
            return
        for c in range(len(self._specs)):
            env.begin(self, self._company(env, c))
        while True:
            yield from env.sleep(END, lambda first: earliest(first, self._c.world.promotion_until))
            self._end(env.today)

    def _company(self, env: Clock, c: int) -> Life:
        """Live by the calendar of one company: a promotion every so many days; our lever may change how many."""
        while True:
            yield from env.sleep(START, partial(self._next_start, c), c)
            every, offset = self._rhythm(c)
            self._start(env.today, c, (env.today.index - offset) // every, self._plan(c))
            self._c.rouse(END)

    def _rhythm(self, c: int) -> tuple[int, int]:
        """Days from one start to the next, 0 for no promotions, and the first; companies take turns."""
        every = self._specs[c].every_days if c > 0 else int(self._c.world.lever_promotion_every_days[0])
        return every, every * c // len(self._specs)

    def _next_start(self, c: int, first: int) -> int | None:
        every, offset = self._rhythm(c)
        return next_every(first, every, offset) if every > 0 else None

    def _plan(self, c: int) -> PromotionSpec:
        """A company's calendar: the scenario's, or what our levers say."""
        if c > 0:
            return self._specs[c]
        world = self._c.world
        return self._specs[0].model_copy(
            update={
                "length_days": int(world.lever_promotion_length_days[0]),
                "price_cut": float(world.lever_promotion_cut[0]),
            }
        )

    def _end(self, day: Day) -> None:
        world = self._c.world
        ended = np.flatnonzero(world.promotion_until == day.index)
        for p in ended:
            world.price_cut[:, p] = 0.0
            world.promotion_utility[:, p] = 0.0
            world.promotion_until[p] = -1
            self._event(day, Event.PROMOTION_ENDED, int(p), 0.0)

    def _start(self, day: Day, c: int, number: int, spec: PromotionSpec) -> None:
        world = self._c.world
        products = np.flatnonzero((world.product_company == c) & world.launched)
        here = world.lever_promotion_on if c == 0 else np.ones_like(world.lever_promotion_on)
        if products.shape[0] == 0 or spec.product_share <= 0.0 or not here.any():
            return
        n = max(1, round(spec.product_share * products.shape[0]))
        for k in range(n):
            p = int(products[(number * n + k) % products.shape[0]])
            world.price_cut[:, p] = np.where(here, spec.price_cut, 0.0)
            achieved = self._c.scenario.consumers.promotion_utility * world.efficiency[c]
            world.promotion_utility[:, p] = np.where(here, achieved, 0.0)
            world.promotion_until[p] = day.index + spec.length_days
            self._event(day, Event.PROMOTION_STARTED, p, spec.price_cut)

    def _event(self, day: Day, kind: Event, p: int, value: float) -> None:
        company = int(self._c.world.product_company[p])
        self._c.recorder.event(kind, day=day.index, minute=Phase.PLAN, value=value, company=company, product=p)
