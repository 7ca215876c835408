"""Grey goods between territories, and the price disorder that they leave."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.agents.base import Context, Day
from sim.agents.clock import Clock, Life, Moment
from sim.agents.distributor import Distributors
from sim.calendar import Phase, Rank, next_every
from sim.kernels.choice import LARGEST_CUT
from sim.ledger.recorder import Event
from sim.streams import DecisionPoint, uniform
from sim.world.accounts import Account
from sim.world.ground import open_ground

Array = NDArray[Any]
WEEK = 7


def diversion_threshold(freight_cents: float, detection: float, penalty_cents: float) -> float:
    """Return the price gap below which nothing flows: freight + detection probability × penalty [cents/unit]."""
    return freight_cents + detection * penalty_cents


def diverted_units(gap_cents: float, threshold_cents: float, overstock_units: float, rate: float) -> int:
    """Return whole units that flow in a week: a share `rate` of the overstock when the gap exceeds the threshold."""
    if gap_cents <= threshold_cents or overstock_units <= 0.0:
        return 0
    return int(rate * overstock_units)


LOOK = Moment(Phase.DECIDE, Rank.RIVAL, 1000, "overstocked distributors", "look across the border for buyers")
FADE = Moment(Phase.AGE, Rank.AGEING, 1, "disorder of prices", "fades")


class Diversion:
    """Distributors with too much stock look across the border."""

    writes = frozenset({"diversion", "retailer", "market_day", "journal"})

    def __init__(self, context: Context, distributors: Distributors) -> None:
        self._c = context
        self._distributors = distributors
        self._spec = context.scenario.diversion

    def process(self, env: Clock) -> Life:
        """Live as the grey market: a weekly look across the border, and disorder that fades as long as it lasts."""
        if not self._c.scenario.mechanisms.diversion:
            return
        env.routine(self, LOOK, lambda: self._flow(env.today), partial(next_every, days=WEEK))
        while True:
            yield from env.sleep(FADE, self._next_fading)
            self._fade()

    def _next_fading(self, first: int) -> int:
        """Every day while prices are in disorder; else the evening after the next look across the border."""
        return first if self._c.world.price_disorder.any() else next_every(first, WEEK)

    def _fade(self) -> None:
        self._c.world.price_disorder[:] *= 0.5 ** (1.0 / self._spec.disorder_half_life_days)

    def _flow(self, day: Day) -> None:
        world = self._c.world
        world.diverted_week_units[:] = 0.0
        overstock = self._distributors.overstock()
        for k, p in np.argwhere(overstock > 0.0):
            home = int(world.distributor_territory[k])
            for t in np.flatnonzero(world.adjacent[home]):
                overstock[k, p] -= self._divert(day, int(k), int(p), int(t), float(overstock[k, p]))

    def detection(self, day: int, territory: int) -> float:
        """Return the chance that our people notice grey goods in a territory within a week."""
        world, spec = self._c.world, self._spec
        here = world.outlet_territory == territory
        visited = float((here & (world.last_visit_day > day - WEEK)).sum())
        open_outlets = max(1.0, float((here & world.is_open).sum()))
        visits = spec.detection_per_visit * 100.0 * visited / open_outlets
        inspectors = spec.detection_per_inspector * float(world.lever_inspectors[territory])
        return min(1.0, spec.detection_base + visits + inspectors)

    def penalty_cents(self, company: int) -> float:
        """Return the penalty for a diverted unit: our lever for ours, the scenario's for rivals'."""
        return float(self._c.world.lever_penalty_cents[0]) if company == 0 else self._spec.penalty_cents_per_unit

    def _divert(self, day: Day, k: int, p: int, t: int, overstock: float) -> int:
        """Try to sell one product into a neighbouring territory; returns the units that flowed."""
        world, spec = self._c.world, self._spec
        c = int(world.product_company[p])
        street = float(world.trade_price_cents[p]) * (
            1.0 - min(LARGEST_CUT, float(world.price_disorder[t, c]) * spec.disorder_price_effect)
        )
        rebate = world.lever_rebate_rate[k] if self._c.scenario.mechanisms.push else 0.0
        gap = street - float(world.list_price_cents[p]) * (1.0 - world.lever_discount[k] - rebate)
        detection = self.detection(day.index, t) if c == 0 else spec.detection_base
        freight = spec.freight_cents_per_unit_km * float(world.distance_km[world.distributor_territory[k], t])
        threshold = diversion_threshold(freight, detection=detection, penalty_cents=self.penalty_cents(c))
        units = diverted_units(gap, threshold_cents=threshold, overstock_units=overstock, rate=spec.rate)
        if units <= 0:
            return 0
        # The diverter passes on a share of what the gap leaves.
        sold = self._sell(k, p, t, units, price=int(street - spec.undercut * (gap - threshold)))
        if sold:
            self._consequences(day, k, p, t, sold, detection)
        return sold

    def _sell(self, k: int, p: int, t: int, units: int, price: int) -> int:
        """Sell to the territory's largest outlets that carry the product, within their cash.

        On ground that is closed for the company nobody carries it yet: there the largest outlets take it on.
        """
        world = self._c.world
        rows = np.flatnonzero((world.outlet_territory == t) & world.is_open)
        appetite = world.sales_rate[rows, p] * world.is_listed[rows, p]
        if open_ground(world, int(world.product_company[p]))[t]:
            rows, appetite = rows[world.is_listed[rows, p]], appetite[world.is_listed[rows, p]]
        elif not appetite.any():
            appetite = world.outlet_size[rows]
        first = np.argsort(-appetite, kind="stable")[: self._spec.buyers]
        rows = rows[first]
        if rows.shape[0] == 0:
            return 0
        weight = appetite[first] + 1e-9
        wanted = np.floor(units * weight / weight.sum()).astype(np.int64)
        affordable = np.maximum(world.outlet_books[rows, Account.CASH], 0) // max(price, 1)
        given = np.minimum(np.minimum(wanted, affordable), int(world.distributor_stock_units[k, p]))
        given = given * (np.cumsum(given) <= world.distributor_stock_units[k, p])
        if given.sum() > 0:
            self._c.journal.divert(k, rows, p, given, price)
            bought = rows[given > 0]
            world.weight_is_stale[bought] |= ~world.is_listed[bought, p]
            world.is_listed[bought, p] = True
        return int(given.sum())

    def _consequences(self, day: Day, k: int, p: int, t: int, sold: int, detection: float) -> None:
        world, spec = self._c.world, self._spec
        c = int(world.product_company[p])
        # Rates of closed shops and of products that have left the list stand still; they sell nothing.
        rows = (world.outlet_territory == t) & world.is_open
        week = WEEK * float((world.sales_rate * world.is_listed)[rows][:, world.product_company == c].sum())
        world.price_disorder[t, c] += spec.disorder_gain * sold / max(week, 1.0)
        world.diverted_week_units[t, c] += sold
        key = self._c.key(DecisionPoint.DETECTION, day.index)
        if float(uniform(key, world.distributor_slot[k], p)) < detection:
            fine = np.zeros(world.sizes["distributor"], dtype=np.int64)
            fine[k] = -int(sold * self.penalty_cents(c))
            self._c.journal.company_pays_distributors(c, Account.PENALTY_INCOME, Account.PENALTY_COST, fine)
        units = np.zeros((world.sizes["distributor"], world.sizes["product"]))
        units[k, p] = sold
        self._c.recorder.add("distributor", day.index, diverted_units=units)
        if c == 0:
            arrived = np.zeros(world.sizes["territory"])
            arrived[t] = sold
            self._c.recorder.add("territory", day.index, diverted_in_units=arrived)
        self._c.recorder.event(
            Event.DIVERSION, day=day.index, minute=Phase.DECIDE, place=t, value=float(sold), distributor=k, product=p
        )
