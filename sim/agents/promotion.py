"""Regular consumer promotions: every company's calendar of price cuts with feature or display."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.agents.base import Act, Context, Day, Rank
from sim.calendar import Phase
from sim.ledger.recorder import Event
from sim.world.build.companies import companies_of

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
        for c, spec in enumerate(self._specs):
            # Companies take turns, so that their calendars do not coincide.
            offset = spec.every_days * c // n
            if spec.every_days and day.every(spec.every_days, offset):
                self._start(day, c, (day.index - offset) // spec.every_days)

    def _end(self, day: Day) -> None:
        world = self._c.world
        ended = np.flatnonzero(world.promotion_until == day.index)
        for p in ended:
            world.price_cut[:, p] = 0.0
            world.promotion_utility[:, p] = 0.0
            world.promotion_until[p] = -1
            self._event(day, Event.PROMOTION_ENDED, int(p), 0.0)

    def _start(self, day: Day, c: int, number: int) -> None:
        world, spec = self._c.world, self._specs[c]
        products = np.flatnonzero((world.product_company == c) & world.launched)
        if products.shape[0] == 0 or spec.product_share <= 0.0:
            return
        n = max(1, round(spec.product_share * products.shape[0]))
        for k in range(n):
            p = int(products[(number * n + k) % products.shape[0]])
            world.price_cut[:, p] = spec.price_cut
            world.promotion_utility[:, p] = self._c.scenario.consumers.promotion_utility
            world.promotion_until[p] = day.index + spec.length_days
            self._event(day, Event.PROMOTION_STARTED, p, spec.price_cut)

    def _event(self, day: Day, kind: Event, p: int, value: float) -> None:
        company = int(self._c.world.product_company[p])
        self._c.recorder.event(day.index, int(Phase.PLAN), kind, -1, "company", company, "product", p, value)
