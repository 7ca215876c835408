"""Distributors who sign, leave or change sides.

`Channel` is our side of it: whom we sign, dismiss and court at the rivals', and what all that costs.
"""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.agents.base import Context, Day, daily_cents
from sim.agents.clock import Clock, Life, Moment
from sim.calendar import Phase, Rank, next_every
from sim.ledger.recorder import Event
from sim.scenario.schema.company import RivalSpec
from sim.streams import DecisionPoint, uniform, uniforms
from sim.world.accounts import Account, Sector
from sim.world.firms import is_free, row_for, share_state
from sim.world.geography import expected_rate, nearest_distributor, reach
from sim.world.ground import open_ground, serves
from sim.world.setup.companies import companies_of
from sim.world.world import World

Array = NDArray[Any]
MONTH = 30
LARGEST_LOG_ODDS = 50.0


def retainers(world: World) -> Array:
    """Return the retainers of those under contract, shape (n_distributors,): what was agreed, or more by our lever.

    [cents/month]
    """
    offered = np.where(world.distributor_company == 0, world.lever_offer_cents, 0)
    paid: Array = np.where(world.is_contracted, np.maximum(world.retainer_cents, offered), 0)
    return paid


def monthly_margin(world: World, k: int, rate: Array) -> float:
    """Return what distributor k earns on goods sold at the trade price, `rate` (n_products,) a day [cents/month]."""
    cost = world.list_price_cents * (1.0 - world.lever_discount[k])
    return MONTH * float(rate @ (world.trade_price_cents - cost))


def sign_distributor(world: World, k: int) -> None:
    """Distributor k begins to work for its company and takes over the outlets that have it nearest.

    It is told what they buy, so its first orders do not wait for a history of its own.
    """
    c = int(world.distributor_company[k])
    rows = reach(world, k)
    world.is_contracted[k] = True
    world.waits_for_ground[k] = False
    world.left_day[k] = -1
    world.outlet_distributor[rows, c] = k
    mine = (world.product_company == c) & world.launched
    rate = np.where(mine, (world.sales_rate * world.is_listed)[rows & world.is_open].sum(axis=0), 0.0)
    world.distributor_forecast[k] = rate
    world.past_purchase_rate[k] = rate.sum()
    told = np.floor(rate + 0.5).astype(np.int32)[:, None]
    world.demand_history[k] = told
    world.sell_out_history[k] = told


def poach_distributor(world: World, k: int) -> None:
    """Distributor k stops working for its company; its outlets go to the nearest colleague that covers them.

    Its open orders at the factory are dropped; its stock stays with it and is sold off or scrapped.
    """
    c = int(world.distributor_company[k])
    world.is_contracted[k] = False
    world.retainer_cents[k] = 0
    world.factory_backlog_units[k] = 0
    share_state(world, k)
    reassign(world, c, world.outlet_distributor[:, c] == k)


def win_distributor(world: World, k: int, winner: int, retainer: int) -> int:
    """A company wins distributor k: the firm works for it now, if it is of the pool, and brings its shops along.

    Returns
    -------
    The row in which it works for the winner, −1 where it works for nobody.
    """
    _bring_outlets(world, k, winner)
    poach_distributor(world, k)
    row = row_for(world, k, winner)
    if row >= 0:
        sign_distributor(world, row)
        world.retainer_cents[row] = retainer
    return row


def _bring_outlets(world: World, k: int, winner: int) -> None:
    """Distributor k introduces its new company to the shops that it serves: their relations rise.

    ΔR = outlets_brought · (1 − R), with `mechanisms.rival_companies` or `mechanisms.distributor_pool`.
    """
    on = world.scenario.mechanisms
    if on.rival_companies or on.distributor_pool:
        rows = world.outlet_distributor[:, world.distributor_company[k]] == k
        share = world.scenario.distributors.contracts.outlets_brought
        world.relation[rows, winner] += share * (1.0 - world.relation[rows, winner])


def is_sought(world: World, k: int) -> bool:
    """Whether the company of distributor k works where it is; with the pool, with fewer contracts than it seeks."""
    there = serves(world, k)
    if world.scenario.mechanisms.distributor_pool:
        c = int(world.distributor_company[k])
        signed = world.covers[(world.distributor_company == c) & world.is_contracted].sum(axis=0)
        there &= (world.withdrawn_day[c] < 0) & (signed < world.scenario.distributors.pool.sought)
    return bool(there.any())


def reassign(world: World, c: int, rows: Array) -> None:
    """Give outlets, a mask of shape (n_outlets,), the nearest distributor of a company; orders die where none comes."""
    colleagues = np.flatnonzero((world.distributor_company == c) & world.is_contracted)
    world.outlet_distributor[rows, c] = nearest_distributor(world, colleagues, among=rows)[rows]
    stranded = rows & (world.outlet_distributor[:, c] < 0)
    for p in np.flatnonzero(world.product_company == c):
        world.open_order_units[stranded, p] = 0
    world.order_day[stranded, c] = -1


DISMISS = Moment(Phase.DECIDE, Rank.MANAGEMENT, 8, "our channel manager", "dismisses distributors")
NEGOTIATE = Moment(Phase.DECIDE, Rank.MANAGEMENT, 9, "our channel manager", "negotiates with candidates")
COURT = Moment(Phase.DECIDE, Rank.MANAGEMENT, 10, "our channel manager", "courts the rivals' distributors")
PAY = Moment(Phase.SETTLE, Rank.MANAGEMENT, 2, "our company", "pays for distributors' services")


class Channel:
    """Contracts with distributors, and the services that we pay for them."""

    writes = frozenset({"distributor", "retailer", "market_day", "journal"})

    def __init__(self, context: Context) -> None:
        self._c = context
        self._spec = context.scenario.distributors
        self._offers = [c.offer_cents if isinstance(c, RivalSpec) else 0 for c in companies_of(context.scenario)]

    def process(self, env: Clock) -> Life:
        """Live as our channel manager: what we owe is paid every day, and once a month it negotiates.

        A contract ends in the evening of the day on which the lever says so, which rouses the manager.
        """
        env.routine(self, DISMISS, lambda: self._dismiss(env.today), self._next_dismissal)
        env.routine(self, PAY, self._pay)
        while True:
            yield from env.sleep(NEGOTIATE, partial(next_every, days=MONTH))
            self._negotiate(env.today)
            yield env.at(COURT)
            self._court(env.today)

    def _next_dismissal(self, first: int) -> int | None:
        return first if self._to_dismiss().any() else None

    def _to_dismiss(self) -> Array:
        """Which distributors have a contract with us that is to end, shape (n_distributors,)."""
        world = self._c.world
        dismissed: Array = world.lever_dismiss & world.is_contracted & (world.distributor_company == 0)
        return dismissed

    def _dismiss(self, day: Day) -> None:
        world = self._c.world
        for k in np.flatnonzero(self._to_dismiss()):
            poach_distributor(world, int(k))
            self._event(day, Event.DISTRIBUTOR_DISMISSED, int(k))
        self._c.rouse()

    # --- candidates ---
    def _negotiate(self, day: Day) -> None:
        """Every candidate with an offer decides; who signs is paid the retainer from then on.

        In the pool firms decide for each company that asks; whoever draws the clearest yes comes first.
        """
        world, pool = self._c.world, self._c.scenario.mechanisms.distributor_pool
        u = uniforms(self._c.key(DecisionPoint.NEGOTIATION, day.index // MONTH), world.distributor_slot, 0)
        rows = np.flatnonzero(is_free(world))
        for k in rows[np.argsort(u[rows])] if pool else rows:
            offer = self._offer(int(k))
            if offer >= 0 and (not pool or is_free(world)[k]) and u[k] < self.signing_chance(int(k)):
                sign_distributor(world, int(k))
                world.retainer_cents[k] = offer
                self._event(day, Event.DISTRIBUTOR_SIGNED, int(k))
                self._c.rouse()

    def _offer(self, k: int) -> int:
        """Return the retainer for which its company would sign distributor k, −1 where it does not want it."""
        world, c = self._c.world, int(self._c.world.distributor_company[k])
        if c == 0:
            wanted = world.lever_offer_cents[k] > 0 and not world.lever_dismiss[k]
            return int(world.lever_offer_cents[k]) if wanted and serves(world, k).any() else -1
        return self._offers[c] if self._c.scenario.mechanisms.distributor_pool and is_sought(world, k) else -1

    def signing_chance(self, k: int) -> float:
        """Return the chance that a candidate signs this month: logistic in fit, and in the offer against its margin."""
        world, contracts = self._c.world, self._spec.contracts
        rows = reach(world, k)
        margin = monthly_margin(world, k, expected_rate(world, rows, int(world.distributor_company[k])))
        offer = max(self._offer(k), 0) / max(margin, 1.0)
        log_odds = contracts.intercept + contracts.fit * (self._fit(k, rows) - 0.5) + contracts.offer * offer
        return 1.0 / (1.0 + math.exp(-min(log_odds, LARGEST_LOG_ODDS)))

    def _fit(self, k: int, rows: Array) -> float:
        """Mean of capability, potential and coverage: the share of its territories' shoppers that are nearest to it."""
        world = self._c.world
        there = world.covers[k, world.outlet_territory] & world.is_open
        shoppers = float(world.outlet_size[there].sum())
        coverage = float(world.outlet_size[there & rows].sum()) / max(shoppers, 1e-12)
        return (float(world.distributor_capability[k]) + float(world.distributor_potential[k]) + coverage) / 3.0

    # --- rivals' distributors ---
    def _court(self, day: Day) -> None:
        """Where money is offered, the rivals' most weakly tied distributor may leave its company."""
        world = self._c.world
        key = self._c.key(DecisionPoint.WINNING, day.index // MONTH)
        for t, k in self._courted():
            u = float(uniform(key, world.distributor_slot[k] ^ world.territory_slot[t], 0))
            offer = int(world.lever_poach_cents[t])
            if world.is_contracted[k] and u < self.poaching_chance(k, float(offer)):
                win_distributor(world, k, 0, offer)
                self._event(day, Event.DISTRIBUTOR_POACHED, k, winner=0)
                self._c.rouse()

    def poaching_chance(self, k: int, offer: float) -> float:
        """Return the chance that a rival's distributor leaves for an offer this month [cents/month]."""
        world = self._c.world
        c = int(world.distributor_company[k])
        served = (world.outlet_distributor[:, c] == k) & world.is_open
        sold = (world.sales_rate * world.is_listed)[served].sum(axis=0) * (world.product_company == c)
        tempting = offer / (offer + max(monthly_margin(world, k, sold), 1.0))
        return self._spec.contracts.poach_probability * (1.0 - float(world.distributor_relation[k])) * tempting

    def _courted(self) -> list[tuple[int, int]]:
        """Territories with an offer, each with the rivals' contracted distributor there that has the weakest tie."""
        world = self._c.world
        theirs = (world.distributor_company > 0) & world.is_contracted
        found = []
        for t in np.flatnonzero((world.lever_poach_cents > 0) & open_ground(world, 0)):
            rows = np.flatnonzero(theirs & world.covers[:, t])
            if rows.shape[0]:
                found.append((int(t), int(rows[np.argmin(world.distributor_relation[rows])])))
        return found

    # --- money ---
    def _pay(self) -> None:
        """Retainers to distributors, by every company; information systems and courtship to those who live on them."""
        world, journal = self._c.world, self._c.journal
        paid = daily_cents(retainers(world))
        for c in range(world.sizes["company"]):
            mine = np.where(world.distributor_company == c, paid, 0)
            journal.company_pays_distributors(c, Account.SERVICES_COST, Account.SERVICES_INCOME, mine)
        shared = world.lever_information_system & world.is_contracted & (world.distributor_company == 0)
        systems = int(shared.sum()) * self._spec.services.information_system_cents_per_month
        offers = sum(int(world.lever_poach_cents[t]) for t, _ in self._courted())
        cents = daily_cents(systems) + daily_cents(offers)
        journal.company_expense(0, Account.SERVICES_COST, cents, Sector.AGENCIES)

    def _event(self, day: Day, kind: Event, k: int, winner: int | None = None) -> None:
        world = self._c.world
        company = int(world.distributor_company[k]) if winner is None else winner
        self._c.recorder.event(
            kind,
            day=day.index,
            minute=Phase.DECIDE,
            place=int(world.distributor_territory[k]),
            distributor=k,
            company=company,
        )
