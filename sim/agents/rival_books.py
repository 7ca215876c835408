"""A rival's books by territory: its means are a rate of its revenue, and it leaves where it loses, and comes back."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.agents.base import Context, Day, wage_of_working_day
from sim.agents.channel import poach_distributor, sign_distributor
from sim.agents.entry import launch
from sim.agents.ground import field_people
from sim.agents.own_books import OwnBooks
from sim.calendar import Phase
from sim.ledger.recorder import Event
from sim.scenario.schema.company import RivalSpec
from sim.world.firms import first_rows, is_free
from sim.world.ground import parts_of_ground, platform_cents

Array = NDArray[Any]
MONTH: Final = 30
WORKING_DAYS: Final = 22.0
"""Days of a month on which rivals' people make calls (assumption)."""

PROMOTER_DAYS: Final = 13
"""Fridays to Sundays of a month."""


class Month(NamedTuple):
    """A month of a rival in each territory, shape (n_territories,), in cents.

    Attributes
    ----------
    revenue : goods delivered to shops, at its list prices.
    margin : revenue less the goods' cost, freight, and the price cuts that it paid.
    spending : advertising, displays, promoters and field calls, and what the office there costs.
    """

    revenue: Array
    margin: Array
    spending: Array


class RivalBooks:
    """What rivals earn and can spend where; one look a month each."""

    def __init__(self, context: Context) -> None:
        self._c = context
        self._day_wage = wage_of_working_day(context)

    def review(self, day: Day, c: int, spec: RivalSpec, move: Array) -> None:
        """Close a month: fit the means to the revenue, leave where it loses, come back where it would pay.

        Parameters
        ----------
        move : shape (n_territories,). Our strongest visible move, in [0, 1].
        """
        world, conduct = self._c.world, spec.conduct
        month = self.month(day, c, spec)
        seen, opening = world.revenue_reckoned[c], world.opening_revenue[c]
        seen[:] = np.where(seen < 0.0, month.revenue, seen + conduct.revenue_memory * (month.revenue - seen))
        settled = day.index >= world.settles_day[c]
        present = world.withdrawn_day[c] < 0
        opening[:] = np.where(present & settled & (opening < 0.0), seen, opening)
        world.rival_means[c] = np.where(present, self._means(c, spec, settled), 0.0)
        loses = present & settled & world.ground_open[c] & (month.margin < month.spending)
        world.loss_months[c] = np.where(loses, world.loss_months[c] + 1, 0)
        for t in np.flatnonzero(present & (world.loss_months[c] >= conduct.retreat_months)):
            self._retreat(day, c, int(t), float(month.margin[t] - month.spending[t]))
        for t in np.flatnonzero(~present & (self.expected_profit(day, c, spec, move) > 0.0)):
            self._begin_work(day, c, int(t), conduct.invest_months)
            self._event(day, Event.RIVAL_RETURN, c, int(t), 0.0)
        self._let_distributors_go(day, c, conduct.leave_months)

    # --- books ---
    def month(self, day: Day, c: int, spec: RivalSpec) -> Month:
        """Return the last weeks of a rival as a month."""
        world, books, budget = self._c.world, OwnBooks(self._c, day), spec.budget
        mine = world.product_company == c
        sold = MONTH * books.daily("market", "sell_in_units")[:, mine]
        cost = world.factory_cost_cents[mine] + spec.factory.freight_cents_per_unit
        paid = MONTH * books.daily("market", "promotion_cents")[:, mine].sum(axis=1)
        displays = np.bincount(world.outlet_territory, weights=world.display_on[:, c], minlength=sold.shape[0])
        promoters = books.daily("brand_territory", "promoters")[:, world.brand_company == c].max(axis=1, initial=0.0)
        spending = (
            self._stated(c, budget.advertising_cents) * world.advertising_multiplier[c]
            + self._fixed(c, spec) * (world.withdrawn_day[c] < 0)
            + displays * budget.display_fee_cents
            + MONTH * promoters * budget.promoter_wage_cents
            + self._calls_cents(world.rival_calls_per_day[c], spec)
        )
        revenue = sold @ world.list_price_cents[mine]
        return Month(revenue=revenue, margin=revenue - sold @ cost - paid, spending=spending)

    def stated_spending(self, c: int, spec: RivalSpec) -> Array:
        """Return what the budget states for a month, the office apart, shape (n_territories,), in cents a month."""
        world, budget = self._c.world, spec.budget
        shops = np.bincount(world.outlet_territory[world.is_open], minlength=world.sizes["territory"])
        present = [t not in spec.absent_from for t in world.names.territories]
        calls = spec.field_calls_per_outlet_month * shops / WORKING_DAYS * np.array(present)
        people = budget.promoters * budget.promoter_wage_cents * PROMOTER_DAYS
        return self._stated(c, budget.advertising_cents + budget.display_cents + people) + self._calls_cents(
            calls, spec
        )

    def _stated(self, c: int, cents: int) -> Array:
        """Return a budget's parts by population."""
        part: Array = cents * parts_of_ground(self._c.world, c)
        return part

    def _fixed(self, c: int, spec: RivalSpec) -> Array:
        """Return what being there costs, whatever it earns: its office, and on opened ground the platform."""
        office = self._stated(c, spec.budget.overhead_cents)
        if not self._c.scenario.mechanisms.ground:
            return office
        return office + platform_cents(spec.ground, field_people(self._c.world, spec, c))

    def _calls_cents(self, calls_per_day: Array, spec: RivalSpec) -> Array:
        """Return what a month of calls costs."""
        if not self._c.scenario.mechanisms.rival_field:
            return np.zeros(calls_per_day.shape)
        cost: Array = calls_per_day * WORKING_DAYS / spec.field_calls_per_person * self._day_wage
        return cost

    # --- means ---
    def _means(self, c: int, spec: RivalSpec, settled: Array) -> Array:
        """Spending against the stated budget: as revenue to opening revenue, or by the rate that is given."""
        world, rate = self._c.world, spec.conduct.spending_rate
        seen, usual = world.revenue_reckoned[c], world.opening_revenue[c]
        if rate is not None:
            usual = self.stated_spending(c, spec) / rate if rate > 0.0 else np.full(usual.shape, np.inf)
        means: Array = np.where(settled & (usual > 0.0), seen / np.where(usual > 0.0, usual, 1.0), 1.0)
        return means

    # --- leaving and coming back ---
    def expected_profit(self, day: Day, c: int, spec: RivalSpec, move: Array) -> Array:
        """Return what a month would bring after a return, shape (n_territories,), in cents a month.

        It expects what it earned when it left, and of the gap to its opening revenue the part that it has forgotten
        how it lost, unless we still press.
        """
        world, conduct = self._c.world, spec.conduct
        mine = world.product_company == c
        price = world.list_price_cents[mine]
        margin = 1.0 - (world.factory_cost_cents[mine] + spec.factory.freight_cents_per_unit).sum() / max(
            int(price.sum()), 1
        )
        months = (day.index - world.withdrawn_day[c]) / MONTH
        forgotten = 1.0 - 0.5 ** (months / conduct.return_half_life_months)
        opening, left = np.maximum(world.opening_revenue[c], 0.0), world.revenue_left[c]
        revenue = left + (opening - left) * forgotten * (1.0 - move)
        rate = self.stated_spending(c, spec) / np.maximum(opening, 1.0)
        profit: Array = revenue * (margin - rate) - self._fixed(c, spec)
        return profit

    def _retreat(self, day: Day, c: int, t: int, profit: float) -> None:
        """Withdraw people, promoters, displays and advertising from a territory; answers end."""
        world = self._c.world
        world.withdrawn_day[c, t] = day.index
        world.revenue_left[c, t] = world.revenue_reckoned[c, t]
        world.rival_means[c, t] = 0.0
        world.loss_months[c, t] = 0
        world.ground_wanted[c, t] = False
        world.answer_until[c, t] = min(int(world.answer_until[c, t]), day.index)
        self._event(day, Event.RIVAL_RETREAT, c, t, profit)

    def enter(self, day: Day, c: int, spec: RivalSpec, rows: Array) -> None:
        """Enter territories for the first time."""
        for t in rows:
            launch(self._c, c, int(t), spec.goodwill)
            self._begin_work(day, c, int(t), spec.conduct.invest_months)
            self._event(day, Event.RIVAL_ENTRY, c, int(t), 0.0)

    def _begin_work(self, day: Day, c: int, t: int, invest_months: int) -> None:
        """Begin to work with what the budget states; distributors that are free there are signed.

        Where ground is closed, it is opened first, and those who wait for it sign then.
        """
        world = self._c.world
        world.withdrawn_day[c, t] = -1
        world.rival_means[c, t] = 1.0
        world.settles_day[c, t] = day.index + MONTH * invest_months
        world.ground_wanted[c, t] = True
        known = (world.distributor_company == c) & first_rows(world)
        free = known & is_free(world) & world.covers[:, t]
        if not self._c.scenario.mechanisms.ground:
            world.ground_open[c, t] = True
            for k in np.flatnonzero(free):
                sign_distributor(world, int(k))
            self._c.rouse()

    def _let_distributors_go(self, day: Day, c: int, months: int) -> None:
        """End the contracts of distributors in whose territories the rival has been away for long.

        Where ground is closed, they went with it.
        """
        world = self._c.world
        if self._c.scenario.mechanisms.ground:
            return
        gone = (world.withdrawn_day[c] >= 0) & (day.index - world.withdrawn_day[c] >= MONTH * months)
        idle = (world.distributor_company == c) & world.is_contracted & ~(world.covers & ~gone).any(axis=1)
        for k in np.flatnonzero(idle):
            poach_distributor(world, int(k))
            self._c.rouse()

    def _event(self, day: Day, kind: Event, c: int, t: int, value: float) -> None:
        self._c.recorder.event(kind, day=day.index, minute=Phase.DECIDE, place=t, value=value, company=c)
