"""Distributors as companies: what they earn on their capital, to whom they attend, whom they reach, and if they stay.

Each looks at its own books. What our company (or a rival) gives it, by discount, rebate, terms or retainer, stands in
these books, and moves it by nothing else.
"""

from __future__ import annotations

from functools import partial
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.agents.base import Context, Day, daily_cents
from sim.agents.channel import is_sought, poach_distributor, sign_distributor
from sim.agents.clock import Clock, Life, Moment
from sim.calendar import Phase, Rank, next_every
from sim.ledger.recorder import Event
from sim.streams import DecisionPoint, uniforms
from sim.world.accounts import BALANCE_SHEET, Account, Sector
from sim.world.business import attention_share, strength
from sim.world.firms import is_free
from sim.world.geography import nearest_distributor, outlets_served
from sim.world.setup.companies import companies_of
from sim.world.world import World

Array = NDArray[Any]
MONTH: Final = 30
YEAR: Final = 365

LEAST_OWN: Final = 0.25
"""Part of its fixed capital that is its own money at least, however long its factory waits (assumption)."""

FROM_PRINCIPAL: Final = (
    Account.REVENUE,
    Account.COGS,
    Account.PRICE_VARIANCE,
    Account.REBATE_INCOME,
    Account.SERVICES_INCOME,
)
"""Accounts of what a principal's goods bring: the margin on them, and what the principal pays on top."""

PROFIT_OR_LOSS = [int(account) for account in Account if account not in BALANCE_SHEET]

ACCOUNT = Moment(Phase.AGE, Rank.DISTRIBUTOR, 1, "distributors", "reckon the day's profit and capital")
TAKE_STOCK = Moment(
    Phase.AGE, Rank.DISTRIBUTOR, 2, "distributors", "look at the month's return: invest, turn to other business, leave"
)


def tied_up(world: World) -> Array:
    """Return what stock and claims tie up beyond what is owed to the factory, shape (n_distributors,). [cents]."""
    books = world.distributor_books
    tied: Array = books[:, Account.INVENTORY] + books[:, Account.RECEIVABLE] + books[:, Account.PAYABLE]
    return tied


def capital(world: World) -> Array:
    """Return each distributor's own money in the business, shape (n_distributors,). [cents]."""
    fixed = world.distributor_fixed_cents
    own: Array = np.maximum(fixed + tied_up(world), np.ceil(LEAST_OWN * fixed).astype(np.int64))
    return own


def booked_profit(world: World) -> Array:
    """Return the profit in each distributor's books since the beginning, shape (n_distributors,). [cents]."""
    profit: Array = -world.distributor_books[:, PROFIT_OR_LOSS].sum(axis=1)
    return profit


def share_of_business(world: World) -> Array:
    """Return the company's share of what all principals bring, shape (n_distributors,)."""
    ours = np.maximum(world.distributor_margin_cents, 0.0)
    return attention_share(ours, world.other_business_cents, 1, 1.0)


def pull_of_business(world: World) -> Array:
    """Return how far return and share of business move the relation to which each distributor drifts."""
    spec = world.scenario.distributors.partners
    spoken = strength(world.distributor_return, spec.returns.outside_per_year, spec.returns.scale_per_year)
    pull: Array = spec.returns.relation_gain * spoken + spec.principals.relation_gain * share_of_business(world)
    return pull


class Partners:
    """Every company's distributors as companies."""

    writes = frozenset({"distributor", "retailer", "market_day", "journal"})

    def __init__(self, context: Context) -> None:
        self._c = context
        self._spec = context.scenario.distributors.partners
        self._names = range(len(companies_of(context.scenario)))

    def process(self, env: Clock) -> Life:
        """Live as the owners of all distributors: books every evening, decisions once a month."""
        if not self._c.scenario.mechanisms.distributor_companies:
            return
        env.routine(self, TAKE_STOCK, lambda: self._take_stock(env.today), partial(next_every, days=MONTH, offset=29))
        while True:
            yield env.at(ACCOUNT)
            self._account(env.today)

    # --- books ---
    def _account(self, day: Day) -> None:
        """Reckon the day: profit less interest, and the capital at its end; companies pay for the upkeep of ties."""
        world = self._c.world
        upkeep = daily_cents(self._spec.upkeep_cents) * world.is_contracted
        for c in self._names:
            cents = int(upkeep[world.distributor_company == c].sum())
            self._c.journal.company_expense(c, Account.UPKEEP, cents, Sector.EMPLOYEES)
        house = daily_cents(world.house_cents) * world.is_contracted
        self._c.journal.distributor_expense(Account.OVERHEAD, house, Sector.EMPLOYEES)
        booked = booked_profit(world)
        # Where money has a price, the interest stands in the books already.
        rate = 0.0 if self._c.scenario.mechanisms.interest else self._spec.returns.interest_per_year
        interest = np.floor(tied_up(world) * (rate / YEAR)).astype(np.int64)
        profit = (booked - world.booked_profit_cents - interest) * world.is_contracted
        own = capital(world) * world.is_contracted
        world.booked_profit_cents[:] = booked
        world.month_profit_cents[:] += profit
        world.month_capital_cents[:] += own
        self._c.recorder.add(
            "partner",
            day.index,
            profit_cents=profit,
            capital_cents=own,
            contracts=world.is_contracted,
            attention=world.distributor_attention * world.is_contracted,
            reach=world.distributor_reach * world.is_contracted,
            upkeep_cents=upkeep,
        )

    # --- the month ---
    def _take_stock(self, day: Day) -> None:
        self._reckon_returns()
        self._turn_attention()
        self._invest()
        self._leave(day)
        self._succeed(day)
        self._canvass()
        self._c.rouse()

    def _reckon_returns(self) -> None:
        """Fold the month's return into the smoothed one, and count the months below the outside option."""
        world, spec = self._c.world, self._spec.returns
        whole = world.month_capital_cents > 0
        month = np.divide(
            world.month_profit_cents * float(YEAR), world.month_capital_cents, out=np.zeros(whole.shape), where=whole
        )
        world.distributor_return[:] += np.where(whole, spec.memory * (month - world.distributor_return), 0.0)
        below = world.is_contracted & (world.distributor_return < spec.outside_per_year)
        world.months_below[:] = np.where(below, world.months_below + 1, 0)
        world.month_profit_cents[:] = world.month_capital_cents[:] = 0

    def _turn_attention(self) -> None:
        """Attention follows what each principal's goods bring."""
        world, spec = self._c.world, self._spec.principals
        brought = -world.distributor_books[:, FROM_PRINCIPAL].sum(axis=1)
        month = np.where(world.is_contracted, brought - world.booked_margin_cents, world.distributor_margin_cents)
        world.distributor_margin_cents[:] += self._spec.returns.memory * (month - world.distributor_margin_cents)
        world.booked_margin_cents[:] = brought
        world.distributor_attention[:] = attention_share(
            world.distributor_margin_cents, world.other_business_cents, spec.number, spec.exponent
        )

    def _invest(self) -> None:
        """A good return is invested in capability, as far as potential allows; a bad one lets it run down."""
        world, spec = self._c.world, self._spec.returns
        spoken = strength(world.distributor_return, spec.outside_per_year, spec.scale_per_year) * world.is_contracted
        skill = world.distributor_capability
        room = np.where(spoken > 0.0, world.distributor_potential * (1.0 - skill), skill)
        skill[:] += spec.capability_per_month * spoken * room

    def _leave(self, day: Day) -> None:
        """Who has been below its outside option for long may end the contract; a tie holds it back."""
        world, spec = self._c.world, self._spec.returns
        chance = spec.leaving_per_month * (1.0 - world.distributor_relation)
        u = uniforms(self._c.key(DecisionPoint.DISTRIBUTOR_LEAVING, day.index // MONTH), world.distributor_slot, 0)
        for k in np.flatnonzero((world.months_below >= spec.patience_months) & (u < chance)):
            poach_distributor(world, int(k))
            self._c.recorder.today("partner", day.index).left[k] = 1
            world.left_day[k] = day.index
            world.months_below[k] = 0
            self._event(day, Event.DISTRIBUTOR_LEFT, int(k))

    def _succeed(self, day: Day) -> None:
        """Every company looks for new owners of the houses that left it; they begin as the old ones once did."""
        world, spec = self._c.world, self._spec.returns
        key = self._c.key(DecisionPoint.DISTRIBUTOR_SUCCESSOR, day.index // MONTH)
        u = uniforms(key, world.distributor_slot, 0)
        gone = (world.left_day >= 0) & (world.left_day < day.index) & ~world.is_contracted & ~world.lever_dismiss
        for k in np.flatnonzero(gone & (u < spec.successor_per_month)):
            if not (is_sought(world, int(k)) and is_free(world)[k]):
                continue
            sign_distributor(world, int(k))
            world.distributor_return[k] = spec.outside_per_year
            self._event(day, Event.DISTRIBUTOR_SUCCEEDED, int(k))

    def _canvass(self) -> None:
        """Lists grow by own people and with the company's help; who stands on a list now is served from tomorrow."""
        world, spec = self._c.world, self._spec.reach
        helped = world.lever_network_cents / (world.lever_network_cents + spec.help_half_cents)
        own = spec.gain_per_month * world.distributor_capability * world.distributor_attention
        gain = np.minimum(own + spec.help_per_month * helped, 1.0) * world.is_contracted
        world.distributor_reach[:] += gain * (1.0 - world.distributor_reach)
        before = outlets_served(world)
        for c in self._names:
            free = world.outlet_distributor[:, c] < 0
            colleagues = np.flatnonzero((world.distributor_company == c) & world.is_contracted)
            world.outlet_distributor[free, c] = nearest_distributor(world, colleagues, among=free)[free]
        after = outlets_served(world)
        more = (after > before) & (before > 0)
        # Vans follow the list.
        world.drops_per_day[more] = np.ceil(world.drops_per_day[more] * after[more] / before[more]).astype(np.int32)

    def _event(self, day: Day, kind: Event, k: int) -> None:
        world = self._c.world
        self._c.recorder.event(
            kind,
            day=day.index,
            minute=Phase.AGE,
            place=int(world.distributor_territory[k]),
            distributor=k,
            company=int(world.distributor_company[k]),
        )
