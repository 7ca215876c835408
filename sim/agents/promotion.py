"""Regular consumer promotions: every company's calendar of price cuts with feature or display."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.agents.base import Act, Context, Day, Rank
from sim.calendar import Phase
from sim.ledger.recorder import Event
from sim.scenario.schema.company import PromotionSpec
from sim.world.setup.companies import companies_of

Array = NDArray[Any]


class Promotions:
    """Promotion calendars of all companies."""

    writes = frozenset({"promotion"})

    def __init__(self, context: Context) -> None:
        self._c = context
        self._specs = [c.promotion for c in companies_of(context.scenario)]

    def acts(self, day: Day) -> Iterator[Act]:
        """Yield the morning's change of promotions."""
        if self._c.scenario.mechanisms.promotions:
            yield Act(Phase.PLAN, Rank.CALENDAR, 0, lambda: self._change(day))

    def _change(self, day: Day) -> None:
        self._end(day)
        n = len(self._specs)
        for c in range(n):
            every = self._specs[c].every_days if c > 0 else int(self._c.world.lever_promotion_every_days[0])
            # Companies take turns, so that their calendars do not coincide.
            offset = every * c // n
            if day.every(every, offset):
                self._start(day, c, (day.index - offset) // every, self._plan(c))

    def _plan(self, c: int) -> PromotionSpec:
        """A company's calendar: the scenario's, or what our levers say."""
        if c > 0:
            return self._specs[c]
        world = self._c.world
        return self._specs[0].model_copy(update={
            "length_days": int(world.lever_promotion_length_days[0]),
            "price_cut": float(world.lever_promotion_cut[0]),
        })  # fmt: skip

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
            world.promotion_utility[:, p] = np.where(here, self._c.scenario.consumers.promotion_utility, 0.0)
            world.promotion_until[p] = day.index + spec.length_days
            self._event(day, Event.PROMOTION_STARTED, p, spec.price_cut)

    def _event(self, day: Day, kind: Event, p: int, value: float) -> None:
        company = int(self._c.world.product_company[p])
        self._c.recorder.event(day.index, int(Phase.PLAN), kind, -1, "company", company, "product", p, value)
