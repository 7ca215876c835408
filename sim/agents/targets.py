"""Our regional office's targets: the month's split, and, where targets act, what follows from reaching them."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.agents.base import Context, Day
from sim.agents.clock import Clock, Life, Moment
from sim.agents.own_books import OwnBooks
from sim.calendar import Phase, Rank, next_every
from sim.ledger.recorder import Event
from sim.streams import DecisionPoint, uniforms
from sim.world.accounts import Account, Sector
from sim.world.incentives import effort, led, split
from sim.world.shares import whole_shares
from sim.world.world import World

Array = NDArray[Any]
MONTH = 30
TERRITORY, ADVISOR = 0, 2
"""Levels of the table of targets; distributors write their own."""

SET_TARGETS = Moment(Phase.DECIDE, Rank.MANAGEMENT, 6, "our regional office", "sets the month's targets")


def part_left(day: int) -> float:
    """Return the part of the month of targets that is left in the morning; it begins on the day after they are set."""
    return 1.0 - ((day - 1) % MONTH) / MONTH


def efforts(context: Context, day: Day) -> Array:
    """Return the effort of everybody today, shape (n_advisors,).

    The work that is left is expected to bring its part of the target; commission and bonus are held against the wage.
    """
    world, spec = context.world, context.scenario.team.incentives
    wage = np.maximum(context.scenario.team.wage_cents_per_month * world.pay_factor, 1.0)
    target = world.advisor_target_units
    attained = np.divide(world.written_units, target, out=np.full(target.shape, np.nan), where=target > 0)
    commission = float(world.lever_commission_cents[0]) * target / wage
    bonus = float(world.lever_bonus_cents[0]) / wage
    return effort(spec, attained, part_left(day.index), commission, bonus)


def led_part(world: World) -> Array:
    """Return the part of each territory's advisors whom supervisors lead, shape (n_territories,)."""
    people = np.bincount(world.advisor_territory[world.is_employed], minlength=world.sizes["territory"])
    return led(world.lever_supervisors, people, world.scenario.team.supervision.span)


def keep_to_plan(context: Context, day: Day) -> Array:
    """Return who keeps to the plan today, shape (n_advisors,); the others follow their own habit."""
    world, spec = context.world, context.scenario.team.supervision
    adherence = spec.unled_adherence + (1.0 - spec.unled_adherence) * led_part(world)
    luck = uniforms(context.key(DecisionPoint.ADHERENCE, day.index), world.advisor_slot, 0)
    by_plan: Array = luck < adherence[world.advisor_territory]
    return by_plan


def whole_shares_of(units: int, owner: Array, weight: Array, n: int) -> Array:
    """Split whole units among n owners by the weights of what they own."""
    return whole_shares(units, np.bincount(owner, weights=weight, minlength=n))


class TargetOffice:
    """Targets of our region, its distributors and its people."""

    writes = frozenset({"targets", "field", "journal"})

    def __init__(self, context: Context) -> None:
        self._c = context

    def process(self, env: Clock) -> Life:
        """Live as the regional office, which sets targets once a month, and first settles those of the last."""
        while True:
            yield from env.sleep(SET_TARGETS, partial(next_every, days=MONTH))
            if self._c.scenario.mechanisms.targets_act:
                self._settle(env.today)
                self._set_by_books(env.today)
                self._lead()
            else:
                self._set_by_database(env.today)

    # --- targets that act ---
    def _settle(self, day: Day) -> None:
        """Write down what became of the month's targets, and pay commission and bonus."""
        world, books = self._c.world, OwnBooks(self._c, day)
        if day.index == 0:
            world.written_units[:] = 0
            return
        staff = np.flatnonzero(world.is_employed)
        sold = np.floor(books.sell_in().sum(axis=1) * MONTH).astype(np.int64)
        self._write(day, TERRITORY, np.arange(sold.shape[0]), world.territory_target_units, sold)
        self._write(day, ADVISOR, staff, world.advisor_target_units[staff], world.written_units[staff])
        target, written = world.advisor_target_units[staff], world.written_units[staff]
        reached = (target > 0) & (written >= target)
        pay = np.floor(float(world.lever_commission_cents[0]) * written).astype(np.int64)
        pay += np.where(reached, world.lever_bonus_cents[0], 0)
        self._c.journal.company_expense(0, Account.ADVISOR_COST, int(pay.sum()), Sector.EMPLOYEES)
        world.variable_cents[:] = 0
        world.variable_cents[staff] = pay
        world.written_units[:] = 0

    def _set_by_books(self, day: Day) -> None:
        """Split growth × what we sold among territories, of each among its distributors and its advisors.

        Territories by `ours.target_weights` of rivalry, capacity, potential and history; distributors and advisors by
        the known size of the shops that they serve. Advisors have to write the part of it that their orders made of our
        sales of late.
        """
        world, ours, books = self._c.world, self._c.scenario.ours, OwnBooks(self._c, day)
        n = world.sizes["territory"]
        history = books.sell_in().sum(axis=1)
        known = world.known_size * (world.is_known & ~world.known_closed)
        potential = np.bincount(world.outlet_territory, weights=known, minlength=n)
        capacity = np.bincount(world.advisor_territory[world.is_employed], minlength=n).astype(float)
        # Where we sell little of what could be sold, rivals hold much: the same measure as the split by the database.
        held = np.clip(np.divide(history, potential, out=np.zeros(n), where=potential > 0), 0.0, 1.0)
        parts = [1.0 / (1.1 - held), capacity, potential, history]
        region = int(ours.history_growth_target * float(history.sum()) * MONTH)
        world.territory_target_units[:] = split(region, ours.target_weights, parts)
        world.assigned_units[:] = self._among(world.outlet_distributor[:, 0], known, "distributor")
        whole = self._among(world.outlet_advisor, known, "advisor")
        written = float(books.by_territory("order_units").sum())
        by_orders = min(1.0, written / float(history.sum())) if history.sum() > 0 else 0.0
        world.advisor_target_units[:] = np.floor(whole * by_orders).astype(np.int64)
        self._c.recorder.event(Event.TARGET_SET, day=day.index, minute=Phase.DECIDE, value=float(region), company=0)

    def _among(self, owner: Array, known: Array, axis: str) -> Array:
        """Split every territory's target among those who serve its known outlets, exactly; shape (n,)."""
        world = self._c.world
        units = np.zeros(world.sizes[axis], dtype=np.int64)
        for t, target in enumerate(world.territory_target_units):
            rows = np.flatnonzero((world.outlet_territory == t) & (owner >= 0) & (known > 0.0))
            if rows.shape[0]:
                units += whole_shares_of(int(target), owner[rows], known[rows], units.shape[0])
        return units

    def _lead(self) -> None:
        """Supervisors coach the people whom they lead."""
        world, spec = self._c.world, self._c.scenario.team.supervision
        if not self._c.scenario.mechanisms.learning:
            return
        share = spec.skill_gain_per_month * led_part(world)[world.advisor_territory] * world.is_employed
        for skill in ("selling", "service", "coaching"):
            world.columns[skill][:] += share * (1.0 - world.columns[skill])

    # --- targets that are only written down ---
    def _set_by_database(self, day: Day) -> None:
        """Split the region's monthly target over territories by rivalry, capacity, potential and history.

        All four come from what we know: our own sales and the market database. Each advisor gets the part of the
        known size in charge.
        """
        world, ours = self._c.world, self._c.scenario.ours
        n = world.sizes["territory"]
        believed = world.is_known & ~world.known_closed
        rate = world.known_sales_rate * believed
        history = np.bincount(world.outlet_territory, weights=rate, minlength=n)
        known = world.known_size * believed
        potential = np.bincount(world.outlet_territory, weights=known, minlength=n)
        ours_believed = history / np.maximum(potential, 1e-9)
        rivalry = 1.0 / (0.1 + np.clip(1.0 - ours_believed, 0.0, 1.0))
        capacity = np.bincount(world.advisor_territory[world.is_employed], minlength=n).astype(float)
        parts = [x / x.sum() if x.sum() > 0 else np.full(n, 1.0 / n) for x in (rivalry, capacity, potential, history)]
        share = sum(w * p for w, p in zip(ours.target_weights, parts, strict=True))
        region = ours.history_growth_target * float(history.sum()) * MONTH
        target = np.floor(region * share / max(float(np.sum(share)), 1e-12)).astype(np.int64)
        achieved = np.floor(history * MONTH).astype(np.int64)
        self._write(day, TERRITORY, np.arange(n), target, achieved)
        posts = np.flatnonzero(world.is_post)
        in_charge = np.bincount(
            world.outlet_advisor.clip(0), weights=known * (world.outlet_advisor >= 0), minlength=world.sizes["advisor"]
        )
        by_territory = np.bincount(world.advisor_territory[posts], weights=in_charge[posts], minlength=n)
        place = world.advisor_territory[posts]
        part = np.floor(target[place] * in_charge[posts] / np.maximum(by_territory[place], 1e-9)).astype(np.int64)
        own = np.bincount(
            world.outlet_advisor.clip(0), weights=rate * (world.outlet_advisor >= 0), minlength=world.sizes["advisor"]
        )
        self._write(day, ADVISOR, posts, part, np.floor(own[posts] * MONTH).astype(np.int64))
        self._c.recorder.event(Event.TARGET_SET, day=day.index, minute=Phase.DECIDE, value=region, company=0)

    def _write(self, day: Day, level: int, rows: Array, units: Array, achieved: Array) -> None:
        if rows.shape[0]:
            self._c.world.tables["targets"].append(
                day=np.full(rows.shape[0], day.index), level=level, subject=rows, units=units, achieved_units=achieved
            )
