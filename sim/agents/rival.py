"""Rivals: managers who look late and with noise and may answer, usually by the same instrument, and salespeople.

The salespeople have no routes of their own, but make the same calls as ours.
"""

from __future__ import annotations

from enum import IntEnum
from functools import partial
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.agents.base import Context, Day, wage_of_working_day
from sim.agents.channel import win_distributor
from sim.agents.clock import Clock, Life, Moment
from sim.agents.entry import entered
from sim.agents.exclusives import sign_exclusives
from sim.agents.notice import notice_chance, visible_move
from sim.agents.order_book import OrderBook
from sim.agents.rival_books import MONTH, WORKING_DAYS, RivalBooks
from sim.calendar import Phase, Rank, next_every
from sim.kernels.rivals import Forces, rival_days, size_pull
from sim.kernels.snapshot import Outlets, count_open
from sim.ledger.recorder import Event
from sim.sampling import normal_quantile
from sim.scenario.schema.company import RivalSpec
from sim.scenario.schema.rivalry import ConductSpec
from sim.streams import DecisionPoint, uniform
from sim.world.accounts import Account, Sector
from sim.world.bundles import bundle
from sim.world.ground import open_ground, shares_of_ground
from sim.world.setup.companies import companies_of

Array = NDArray[Any]
WEEK = 7

NOTICED: Final = 1.1
"""Rivals notice our advertising when it is above the usual by this factor (assumption)."""

NOBODY: Final = -1

SHARP: Final = ConductSpec(notice_width=0.0)
"""Notices a loss beyond the threshold, and nothing else."""

LARGEST_CUT: Final = 0.9
"""No answer or campaign gives more of the price away."""


class Instrument(IntEnum):
    """What a rival answers with."""

    NONE = 0
    PRICE = 1
    PROMOTION = 2
    ADVERTISING = 3
    FIELD = 4
    EXCLUSIVITY = 5


AGGRESSOR_CHOICES = tuple(kind for kind in Instrument if kind != Instrument.NONE)

CALL = Moment(Phase.FIELD, Rank.RIVAL_FIELD, 0, "rivals' salespeople", "call on outlets, one company after the other")
APPLY = Moment(Phase.PLAN, Rank.RIVAL, 0, "rivals", "put their answers and campaigns to use")
DECIDE = Moment(Phase.DECIDE, Rank.RIVAL, 0, "a rival's manager", "looks at the shares and may answer", "company")
REMEMBER_SHARES = Moment(Phase.AGE, Rank.RIVAL, 0, "the week's market shares", "are written down, to be seen later")


class Rivals:
    """All rivals' managers."""

    writes = frozenset(
        {"rival", "ground", "retailer", "market_day", "distributor", "manufacturer", "goodwill", "journal"}
    )

    def __init__(self, context: Context) -> None:
        self._c = context
        self._rivals = [c for c in companies_of(context.scenario) if isinstance(c, RivalSpec)]
        self._outlets = bundle(Outlets, context.world)
        self._books = RivalBooks(context)
        self._calls = np.array([[spec.field_calls_per_outlet_month] for spec in self._rivals])

    def process(self, env: Clock) -> Life:
        """Begin the life of each rival's manager; put to use, every morning and for all, what they have decided."""
        if not self._rivals:
            return
        for c, spec in enumerate(self._rivals, start=1):
            env.begin(self, self._manager(env, c, spec))
        env.routine(self, REMEMBER_SHARES, lambda: self._remember_shares(env.today), partial(next_every, days=WEEK))
        while True:
            yield env.at(APPLY)
            self._apply(env.today)

    def _manager(self, env: Clock, c: int, spec: RivalSpec) -> Life:
        """Live as the manager of one rival, who decides once a month, each on a day of its own."""
        while True:
            yield from env.sleep(DECIDE, partial(next_every, days=MONTH, offset=c % MONTH), c)
            self._decide(env.today, c, spec)

    # --- instruments in use ---------------------------------------------------------------------------------------
    def _apply(self, day: Day) -> None:
        """Set each rival's price, promotion, advertising and field effort from running answers and campaigns."""
        world = self._c.world
        outlets = np.zeros(world.sizes["territory"])
        count_open(self._outlets, outlets)
        world.rival_calls_per_day[1:] = (
            self._calls * outlets / WORKING_DAYS * world.ground_open[1:] * world.rival_means[1:]
        )
        world.rival_price_cut[1:] = 0.0
        world.promotion_boost[1:] = 0.0
        world.advertising_multiplier[1:] = world.rival_means[1:]
        world.target_company[0] = np.where(world.lever_displace > 0, world.lever_displace, NOBODY)
        running = world.answer_until > day.index
        for c, spec in enumerate(self._rivals, start=1):
            for t in running[c].nonzero()[0]:
                instrument = Instrument(int(world.answer_instrument[c, t]))
                strength = spec.answer_price_cut if instrument == Instrument.PRICE else spec.answer_multiplier - 1.0
                self._use(c, np.array([t]), instrument, strength)
            self._campaign(day, c, spec)

    def _campaign(self, day: Day, c: int, spec: RivalSpec) -> None:
        """Use the instruments of a rival's running campaigns."""
        world = self._c.world
        for campaign in spec.campaigns:
            first = self._c.calendar.index_of(campaign.first_date)
            if first <= day.index < first + campaign.duration_days:
                rows = [
                    k
                    for k, t in enumerate(world.names.territories)
                    if not campaign.territories or t in campaign.territories
                ]
                if campaign.instrument == "ground":
                    world.ground_wanted[c, rows] = day.index + 1 < first + campaign.duration_days
                else:
                    kind = Instrument[campaign.instrument.upper()]
                    self._use(c, np.array(rows, dtype=np.int64), kind, campaign.strength)
                if day.index == first:
                    self._event(day, Event.RIVAL_CAMPAIGN, c, -1, campaign.strength)

    def _use(self, c: int, rows: Array, instrument: Instrument, strength: float) -> None:
        world = self._c.world
        if instrument == Instrument.PRICE:
            world.rival_price_cut[c, rows] = np.maximum(world.rival_price_cut[c, rows], min(strength, LARGEST_CUT))
        elif instrument == Instrument.PROMOTION:
            boost = self._c.scenario.consumers.promotion_utility * max(1.0, strength) * world.efficiency[c, rows]
            world.promotion_boost[c, rows] = np.maximum(world.promotion_boost[c, rows], boost)
        elif instrument == Instrument.ADVERTISING:
            world.advertising_multiplier[c, rows] *= 1.0 + strength
        elif instrument == Instrument.FIELD:
            world.rival_calls_per_day[c, rows] *= 1.0 + strength

    # --- looking and deciding ---------------------------------------------------------------------------------------
    def _remember_shares(self, day: Day) -> None:
        """Write the week's true shares into the ring; rivals read them later and with noise."""
        world = self._c.world
        size = world.outlet_size * world.is_open
        n = world.sizes["territory"]
        slot = day.index // WEEK % world.sizes["history"]
        total = np.zeros((world.sizes["company"], n))
        for b in range(world.sizes["brand"]):
            c = int(world.product_company[world.product_brand == b][0]) if (world.product_brand == b).any() else 0
            total[c] += np.bincount(world.outlet_territory, weights=size * world.habit[:, b], minlength=n)
        world.share_history[:, :, slot] = total / np.maximum(total.sum(axis=0), 1e-12)

    def _decide(self, day: Day, c: int, spec: RivalSpec) -> None:
        if spec.entry is not None and self._c.scenario.mechanisms.entry:
            self._books.enter(day, c, spec, entered(self._c, day, c, spec.entry))
        move = visible_move(self._c)
        if self._c.scenario.mechanisms.rival_companies:
            self._books.review(day, c, spec, move)
        if (self._c.world.withdrawn_day[c] >= 0).all():
            return
        if spec.exclusive_per_month:
            self._bind(day, c, spec.exclusive_per_month)
        if not self._c.scenario.mechanisms.rival_answers:
            return
        seen = self._view(day, c, spec)
        world = self._c.world
        if spec.temperament == "aggressor":
            world.target_company[c] = self._leaders(day, c, spec)
        first_look = world.share_seen[c] < 0.0
        loss = np.where(first_look, 0.0, world.share_seen[c] - seen)
        moved = np.where(first_look, seen, world.share_seen[c] + spec.reference_memory * (seen - world.share_seen[c]))
        world.share_seen[c] = moved
        if spec.temperament == "passive":
            return
        chance = spec.answer_probability * self._awake(c, spec, loss, move)
        for t in np.flatnonzero(world.withdrawn_day[c] < 0):
            self._consider(day, c, spec, int(t), float(chance[t]))
        if spec.temperament == "aggressor":
            self._poach(day, c, spec)

    def _week_seen(self, day: Day, spec: RivalSpec) -> int:
        """The week of the ring that a rival sees; the running week's share is written after today's decisions."""
        week = max(0, min(day.index - spec.observe_delay_days, day.index - 1)) // WEEK
        return week % self._c.world.sizes["history"]

    def _leaders(self, day: Day, c: int, spec: RivalSpec) -> Array:
        """The largest other company of each territory, as late as the rival sees it, shape (n_territories,)."""
        share = self._c.world.share_history[:, :, self._week_seen(day, spec)].copy()
        share[c] = -1.0
        return np.where(share.max(axis=0) > 0.0, share.argmax(axis=0), NOBODY)

    def _view(self, day: Day, c: int, spec: RivalSpec) -> Array:
        """Shares as the rival believes them: late and with noise, shape (n_territories,)."""
        world = self._c.world
        week = self._week_seen(day, spec)
        key = self._c.key(DecisionPoint.RIVAL_VIEW, day.index)
        noise = [normal_quantile(uniform(key, world.company_slot[c] ^ s, 0)) for s in world.territory_slot]
        return np.clip(world.share_history[c, :, week] + spec.observe_noise * np.array(noise), 0.0, 1.0)

    def _awake(self, c: int, spec: RivalSpec, loss: Array, move: Array) -> Array:
        """Chance that it has noticed, shape (n_territories,); an aggressor needs no reason."""
        if spec.temperament == "aggressor":
            return np.ones(loss.shape)
        if not self._c.scenario.mechanisms.rival_companies:
            return notice_chance(SHARP, loss - spec.answer_threshold, move, move)
        revenue = np.maximum(self._c.world.revenue_reckoned[c], 0.0)
        dependence = revenue / max(float(revenue.sum()), 1.0) - 1.0 / revenue.shape[0]
        return notice_chance(spec.conduct, loss - spec.answer_threshold, move, dependence)

    def _consider(self, day: Day, c: int, spec: RivalSpec, t: int, chance: float) -> None:
        world = self._c.world
        if world.answer_until[c, t] > day.index:
            return
        key = self._c.key(DecisionPoint.RIVAL_ANSWER, day.index)
        if float(uniform(key, world.company_slot[c] ^ world.territory_slot[t], 0)) >= chance:
            return
        instrument = self._instrument(day, c, spec, t)
        world.answer_instrument[c, t] = int(instrument)
        # Decided in the evening, in use from tomorrow.
        world.answer_until[c, t] = day.index + 1 + spec.answer_length_days
        self._event(day, Event.RIVAL_ANSWER, c, t, float(instrument))
        if instrument == Instrument.EXCLUSIVITY:
            self._bind(day, c, max(1, int(spec.answer_exclusive_share * (world.outlet_territory == t).sum())), t)

    def _instrument(self, day: Day, c: int, spec: RivalSpec, t: int) -> Instrument:
        """The instrument seen in our hands; a defender binds outlets, an aggressor picks any."""
        world = self._c.world
        ours = world.product_company == 0
        key = self._c.key(DecisionPoint.RIVAL_INSTRUMENT, day.index)
        u = float(uniform(key, world.company_slot[c] ^ world.territory_slot[t], 0))
        if spec.temperament == "aggressor":
            return AGGRESSOR_CHOICES[int(u * len(AGGRESSOR_CHOICES))]
        if spec.temperament == "defender" and u < spec.exclusivity_probability:
            return Instrument.EXCLUSIVITY
        if (world.lever_price_cut[t, ours] > 0.0).any():
            return Instrument.PRICE
        if (world.price_cut[t, ours] > 0.0).any():
            return Instrument.PROMOTION
        usual = self._c.scenario.ours.budget.advertising_cents * shares_of_ground(world, 0)[t]
        return Instrument.ADVERTISING if world.lever_advertising_cents[t] > NOTICED * usual else Instrument.FIELD

    def _bind(self, day: Day, c: int, n: int, territory: int = -1) -> None:
        rows = sign_exclusives(self._c, day, c, n, territory)
        for i in rows:
            place = int(self._c.world.outlet_territory[i])
            self._c.recorder.event(
                Event.EXCLUSIVE_SIGNED, day=day.index, minute=Phase.DECIDE, place=place, outlet=int(i), company=c
            )

    def _poach(self, day: Day, c: int, spec: RivalSpec) -> None:
        world = self._c.world
        key = self._c.key(DecisionPoint.POACHING, day.index)
        ours = (world.distributor_company == 0) & world.is_contracted
        if self._c.scenario.mechanisms.distributor_pool:
            # It needs no house where it does not work.
            ours &= world.covers[:, open_ground(world, c) & (world.withdrawn_day[c] < 0)].any(axis=1)
        candidates = np.flatnonzero(ours)
        if candidates.shape[0] == 0:
            return
        weakest = int(candidates[np.argmin(world.distributor_relation[candidates])])
        chance = spec.poach_probability * (1.0 - float(world.distributor_relation[weakest]))
        if float(uniform(key, world.company_slot[c], 0)) < chance:
            win_distributor(world, weakest, c, spec.offer_cents)
            self._c.rouse()
            territory = int(world.distributor_territory[weakest])
            self._c.recorder.event(
                Event.DISTRIBUTOR_POACHED,
                day=day.index,
                minute=Phase.DECIDE,
                place=territory,
                distributor=weakest,
                company=c,
            )

    def _event(self, day: Day, kind: Event, c: int, territory: int, value: float) -> None:
        self._c.recorder.event(kind, day=day.index, minute=Phase.PLAN, place=territory, value=value, company=c)


class RivalField:
    """All rivals' field forces."""

    writes = frozenset({"retailer", "market_day", "journal", "programme"})

    def __init__(self, context: Context, book: OrderBook) -> None:
        self._c = context
        self._book = book
        self._rivals = [c for c in companies_of(context.scenario) if isinstance(c, RivalSpec)]
        world, n = context.world, len(self._rivals)
        keys = np.zeros((4, world.sizes["company"]), dtype=np.uint64)
        self._forces = bundle(
            Forces,
            world,
            order=keys[0],
            estimate=keys[1],
            sell_in=keys[2],
            displacement=keys[3],
            pull=np.zeros((n, world.n_outlets)),
            field_skill=np.array([spec.field_skill for spec in self._rivals]),
            field_farmer=np.array([spec.field_farmer for spec in self._rivals]),
            field_cover_days=np.array([spec.field_cover_days for spec in self._rivals]),
            focus=np.ones(world.sizes["product"]),
            total=np.zeros(world.sizes["territory"]),
            weight=np.zeros(world.n_outlets),
        )
        for spec, pull in zip(self._rivals, self._forces.pull, strict=True):
            size_pull(world.outlet_size, spec.field_focus, pull)
        # The listings that rivals win are no events of ours, so nobody reads these marks.
        self._shelves = book.shelves._replace(won=np.zeros_like(book.won))
        self._made = np.zeros(n, dtype=np.int64)

    def process(self, env: Clock) -> Life:
        """Live a working day of the rivals' salespeople: one process, since one kernel makes the calls of all."""
        if self._rivals and self._c.scenario.mechanisms.rival_field:
            while True:
                yield from env.sleep(CALL, self._c.next_working_day)
                self._call(env.today)

    def _call(self, day: Day) -> None:
        slot, forces = self._c.world.company_slot, self._forces
        forces.order[:] = slot ^ self._c.key(DecisionPoint.RIVAL_ORDER, day.index)
        forces.estimate[:] = slot ^ self._c.key(DecisionPoint.RIVAL_ESTIMATE, day.index)
        forces.sell_in[:] = slot ^ self._c.key(DecisionPoint.RIVAL_SELL_IN, day.index)
        forces.displacement[:] = slot ^ self._c.key(DecisionPoint.DISPLACEMENT, day.index)
        key = self._c.key(DecisionPoint.RIVAL_CALL, day.index)
        rival_days(forces, self._shelves, self._book.relations, self._book.call_rules, day.index, key, self._made)
        self._book.record_displaced(day)
        wage = wage_of_working_day(self._c)
        for c, spec in enumerate(self._rivals, start=1):
            cost = int(int(self._made[c - 1]) / spec.field_calls_per_person * wage)
            self._c.journal.company_expense(c, Account.ADVISOR_COST, cost, Sector.EMPLOYEES)
