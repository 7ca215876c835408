"""Our regional office: displays, overhead, census, exclusives; and the rivals' displays and offices."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.agents.base import Context, Day, daily_cents
from sim.agents.clock import Clock, Life, Moment
from sim.agents.exclusives import sign_exclusives
from sim.agents.known_market import ShopObserver
from sim.calendar import Phase, Rank, next_every
from sim.ledger.recorder import Event
from sim.streams import DecisionPoint, uniforms
from sim.world.accounts import Account, Sector
from sim.world.ground import open_ground, parts_of_ground, shares_of_ground
from sim.world.setup.companies import companies_of
from sim.world.shares import classify_known

Array = NDArray[Any]
MONTH = 30


def whole_number_of_month(day: Day, per_month: float) -> int:
    """Return this month's whole number of a monthly rate; fractions add up, so that a rate of 0.4 acts too."""
    month = day.index // MONTH
    return int(per_month * (month + 1)) - int(per_month * month)


RENT_DISPLAYS = Moment(Phase.DECIDE, Rank.MANAGEMENT, 3, "companies", "rent displays for a month")
SURVEY = Moment(Phase.DECIDE, Rank.MANAGEMENT, 4, "our regional office", "has unknown outlets surveyed")
OFFER_EXCLUSIVES = Moment(Phase.DECIDE, Rank.MANAGEMENT, 5, "our regional office", "offers exclusive agreements")
CLASSIFY = Moment(Phase.DECIDE, Rank.MANAGEMENT, 7, "our regional office", "sorts the known outlets into classes")
PAY_FEES = Moment(Phase.SETTLE, Rank.MANAGEMENT, 3, "companies", "pay shops for the day's new listings")
OVERHEAD = Moment(Phase.SETTLE, Rank.MANAGEMENT, 0, "companies", "pay their offices")


class Management:
    """Monthly business of every company."""

    writes = frozenset({"retailer", "market_day", "database", "journal"})

    def __init__(self, context: Context) -> None:
        self._c = context
        self._budgets = [c.budget for c in companies_of(context.scenario)]
        self._observer = ShopObserver(context)

    def process(self, env: Clock) -> Life:
        """Live as the regional offices of all companies: overhead every day, and once a month their business."""
        env.routine(self, OVERHEAD, self._pay_office)
        if self._c.scenario.mechanisms.listing_fees:
            env.routine(self, PAY_FEES, self._pay_listing_fees)
        while True:
            yield from env.sleep(RENT_DISPLAYS, partial(next_every, days=MONTH))
            self._rent_displays(env.today)
            yield env.at(SURVEY)
            self._survey(env.today)
            yield env.at(OFFER_EXCLUSIVES)
            self._offer_exclusives(env.today)
            yield env.at(CLASSIFY)
            classify_known(self._c.world)

    def _pay_office(self) -> None:
        inspectors = float(self._c.world.lever_inspectors.sum()) * self._c.scenario.diversion.inspector_cents_per_month
        world = self._c.world
        for c, budget in enumerate(self._budgets):
            # The offices of territories from which a rival has withdrawn are closed.
            saved = int(budget.overhead_cents * (parts_of_ground(world, c) @ (world.withdrawn_day[c] >= 0)))
            monthly = budget.overhead_cents - saved + (int(inspectors) if c == 0 else 0)
            self._c.journal.company_expense(c, Account.OVERHEAD, daily_cents(monthly), Sector.EMPLOYEES)

    def _pay_listing_fees(self) -> None:
        due = self._c.world.fee_due_cents
        outlet, company = np.divmod(np.flatnonzero(due != 0), due.shape[1])
        for c in np.unique(company):
            rows = outlet[company == c]
            self._c.journal.company_pays_outlets(
                int(c), Account.LISTING_FEE_COST, Account.LISTING_FEE_INCOME, rows, due[rows, c]
            )
            due[rows, c] = 0

    def _rent_displays(self, day: Day) -> None:
        """Rent displays for a month in the largest outlets that carry the company, as far as the budget goes."""
        world = self._c.world
        world.display_on[:] = False
        for c, budget in enumerate(self._budgets):
            ours = c == 0
            spend = world.lever_display_cents if ours else budget.display_cents * shares_of_ground(world, c)
            spend = spend * world.rival_means[c] * open_ground(world, c)
            number = np.floor(spend / budget.display_fee_cents).astype(np.int64)
            rows = self._largest(c, number)
            world.display_on[rows, c] = True
            fee = np.full(rows.shape, budget.display_fee_cents, dtype=np.int64)
            self._c.journal.company_pays_outlets(c, Account.DISPLAY_COST, Account.DISPLAY_INCOME, rows, fee)
            if ours:
                paid = np.bincount(world.outlet_territory[rows], weights=fee, minlength=spend.shape[0])
                self._c.recorder.add("territory", day.index, display_cents=paid)
        world.weight_is_stale[:] = True

    def _largest(self, c: int, number: Array) -> Array:
        world = self._c.world
        carries = world.is_open & world.is_listed[:, world.product_company == c].any(axis=1)
        size = world.outlet_size
        if c == 0:
            carries &= world.is_known
            size = world.known_size
        chosen = [np.zeros(0, dtype=np.int64)]
        for t in np.flatnonzero(number > 0):
            rows = np.flatnonzero(carries & (world.outlet_territory == t))
            chosen.append(rows[np.argsort(-size[rows], kind="stable")[: number[t]]])
        return np.concatenate(chosen)

    def _survey(self, day: Day) -> None:
        """Survey unknown outlets of each territory, in an order drawn for each outlet."""
        world, database = self._c.world, self._c.scenario.database
        key = self._c.key(DecisionPoint.CENSUS, 0)
        found = 0
        for t in np.flatnonzero(world.lever_census_outlets > 0.0):
            rows = np.flatnonzero((world.outlet_territory == t) & ~world.is_known & world.is_open)
            order = np.argsort(uniforms(key, world.outlet_slot[rows], 0), kind="stable")
            n = whole_number_of_month(day, float(world.lever_census_outlets[t]))
            chosen = rows[order[:n]]
            world.is_known[chosen] = True
            world.last_visit_day[chosen] = day.index
            self._observer.look(day, chosen)
            found += chosen.shape[0]
            self._c.recorder.event(
                Event.CENSUS,
                day=day.index,
                minute=Phase.DECIDE,
                place=int(t),
                value=float(chosen.shape[0]),
                territory=int(t),
            )
        self._c.journal.company_expense(0, Account.CENSUS_COST, found * database.census_cost_cents, Sector.AGENCIES)

    def _offer_exclusives(self, day: Day) -> None:
        world = self._c.world
        for t in np.flatnonzero((world.lever_exclusive_outlets > 0.0) & open_ground(world, 0)):
            n = whole_number_of_month(day, float(world.lever_exclusive_outlets[t]))
            rows = sign_exclusives(self._c, day, 0, n, int(t))
            for i in rows:
                self._c.recorder.event(
                    Event.EXCLUSIVE_SIGNED, day=day.index, minute=Phase.DECIDE, place=int(t), outlet=int(i), company=0
                )
