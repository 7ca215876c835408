"""Ground: companies open territories, leave them, and pay the platform of those that are open.

Our company opens where the lever `open` says so, a rival where it means to be (`ground_wanted`). Opening costs once and
takes its time; leaving takes notice, during which everything goes on. On closed ground a company has no field people,
no distributor, no promoter, no display and no exclusive agreement; what its distributors still hold goes back to it.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.agents.base import Context, Day, daily_cents
from sim.agents.channel import poach_distributor, reassign, sign_distributor
from sim.agents.clock import Clock, Life, Moment
from sim.agents.exclusives import end_exclusives
from sim.calendar import Phase, Rank, next_every
from sim.ledger.recorder import Event
from sim.scenario.schema.company import CompanySpec, RivalSpec
from sim.world.accounts import Account, Sector
from sim.world.firms import is_free
from sim.world.ground import platform_cents, serves
from sim.world.setup.companies import companies_of
from sim.world.world import World

Array = NDArray[Any]
NEITHER = -1
WEEK = 7

MOVE = Moment(Phase.PLAN, Rank.DIRECTION, 1, "companies", "open territories, and close those that they leave")
TAKE_BACK = Moment(Phase.DECIDE, Rank.MANAGEMENT, 20, "companies", "take goods back from distributors on closed ground")
PAY = Moment(Phase.SETTLE, Rank.MANAGEMENT, 20, "companies", "pay the platforms of their open territories")


def field_people(world: World, company: CompanySpec, c: int) -> Array:
    """Return the field people of company c by territory, shape (n_territories,); a rival's by their calls.

    [persons]
    """
    on = world.scenario.mechanisms
    if isinstance(company, RivalSpec):
        people: Array = on.rival_field * world.rival_calls_per_day[c] / company.field_calls_per_person
        return people
    at_work = world.advisor_territory[world.is_employed & on.advisors]
    return np.bincount(at_work, minlength=world.sizes["territory"])


class Ground:
    """Every company's territories."""

    writes = frozenset({"ground", "distributor", "retailer", "market_day", "journal"})

    def __init__(self, context: Context) -> None:
        self._c = context
        self._companies = companies_of(context.scenario)

    def process(self, env: Clock) -> Life:
        """Live as whoever opens and closes ground for the companies: every morning it looks at what they mean to do."""
        if not self._c.scenario.mechanisms.ground:
            return
        env.routine(self, TAKE_BACK, lambda: self._take_back(env.today), partial(next_every, days=WEEK))
        env.routine(self, PAY, lambda: self._pay(env.today))
        while True:
            yield env.at(MOVE)
            self._move(env.today)

    # --- opening and closing ---
    def _move(self, day: Day) -> None:
        """Begin what is wanted, put off what is wanted no longer, finish what is due."""
        world = self._c.world
        wanted = world.ground_wanted.copy()
        wanted[0] = world.lever_open
        on_its_way = world.ground_change_day != NEITHER
        changed = wanted != (world.ground_open ^ on_its_way)
        for c, t in np.argwhere(changed):
            if on_its_way[c, t]:
                world.ground_change_day[c, t] = NEITHER
            else:
                self._begin(day, int(c), int(t))
        for c, t in np.argwhere((world.ground_change_day != NEITHER) & (world.ground_change_day <= day.index)):
            world.ground_change_day[c, t] = NEITHER
            world.ground_open[c, t] ^= True
            if world.ground_open[c, t]:
                self._enter(day, int(c), int(t))
            else:
                self._leave(day, int(c), int(t))
            self._c.rouse()

    def _begin(self, day: Day, c: int, t: int) -> None:
        """Pay for an opening, which then takes its time, or give notice."""
        world, spec = self._c.world, self._companies[c].ground
        opening = not world.ground_open[c, t]
        days = spec.opening_days if opening else spec.notice_days
        world.ground_change_day[c, t] = day.index + days
        if opening:
            self._c.journal.company_expense(c, Account.OPENING_COST, spec.opening_cents, Sector.AGENCIES)
        self._event(day, Event.TERRITORY_OPENING if opening else Event.TERRITORY_LEAVING, t, float(days), company=c)

    def _enter(self, day: Day, c: int, t: int) -> None:
        """Begin to work in a territory: distributors that waited for it sign, and shops have one of them again."""
        world = self._c.world
        mine = world.covers[:, t] & (world.distributor_company == c)
        waiting = world.waits_for_ground & mine & is_free(world)
        for k in np.flatnonzero(waiting):
            sign_distributor(world, int(k))
            self._event(day, Event.DISTRIBUTOR_SIGNED, t, 0.0, distributor=int(k), company=c)
        reassign(world, c, (world.outlet_territory == t) & (world.outlet_distributor[:, c] < 0))
        self._event(day, Event.TERRITORY_OPENED, t, float(self._companies[c].ground.opening_days), company=c)

    def _leave(self, day: Day, c: int, t: int) -> None:
        """Cease to work in a territory: contracts with distributors and shops end; people go by their own office."""
        world = self._c.world
        here = world.outlet_territory == t
        for k in np.flatnonzero(world.is_contracted & world.covers[:, t] & (world.distributor_company == c)):
            if not serves(world, int(k)).any():
                poach_distributor(world, int(k))
                world.waits_for_ground[k] = True
                self._event(day, Event.DISTRIBUTOR_DISMISSED, t, 0.0, distributor=int(k), company=c)
        reassign(world, c, here)
        end_exclusives(self._c, day, Phase.PLAN, here & (world.exclusive_company == c))
        world.display_on[here, c] = False
        world.weight_is_stale[here] = True
        self._event(day, Event.TERRITORY_CLOSED, t, float(self._companies[c].ground.notice_days), company=c)

    def _event(self, day: Day, kind: Event, t: int, value: float, **parties: int) -> None:
        self._c.recorder.event(kind, day=day.index, minute=Phase.PLAN, place=t, value=value, **parties)

    # --- goods and money ---
    def _take_back(self, day: Day) -> None:
        """Take back, for what they cost, the goods that lie where a contract has ended with the ground."""
        world = self._c.world
        units = world.distributor_stock_units * world.waits_for_ground[:, None]
        if units.any():
            freight = np.array([company.factory.freight_cents_per_unit for company in self._companies])
            self._c.journal.return_to_factories(units, world.lever_discount, freight)
            self._c.recorder.add("distributor", day.index, returned_units=units)

    def _pay(self, day: Day) -> None:
        world = self._c.world
        for c, company in enumerate(self._companies):
            cents = daily_cents(platform_cents(company.ground, field_people(world, company, c)) * world.ground_open[c])
            self._c.journal.company_expense(c, Account.PLATFORM, int(cents.sum()), Sector.EMPLOYEES)
            if c == 0:
                self._c.recorder.add("territory", day.index, platform_cents=cents)
