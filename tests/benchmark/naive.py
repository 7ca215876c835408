"""Demand and ordering of the full model as an analyst would write them in SimPy: a process and an object for each shop.

It is a second writing of that part from docs/model.md, sections 3 to 6, shopper by shopper, and shares no code with the
kernels. `test_naive.py` holds the two against each other; `naive_start.py` takes the shops from a built world.

In it: the number of shoppers (negative binomial; season, weekday, growth, holidays), segments in each shop's mix, the
logit over what is listed (appeal, goodwill, price, facings, habit, buying nothing), the weekly step of habit, the five
reactions to an empty shelf, stores nearby, those who return next day; each shop's reviews on its own days, smoothed
sales, order-up-to levels, cases, room, habits of ordering; trucks on delivery weekdays, which arrive next morning.

Not in it, because it belongs to others: distributors' stock, drops and credit (all that is ordered leaves with the next
truck, and holidays stop none), relations and facings that move, changes of list, goodwill that moves, promotions,
promoters, advisors, rivals' moves, shops that open or close, launches, money, and every record beyond a few counters.

It is written for clarity, but not to be slow: what lasts a day is worked out once a day, what lasts a week once a week,
and draws come from Python's own `random`, faster for single draws than NumPy's generators.
"""

from __future__ import annotations

import math
import random
import time
from bisect import bisect
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import simpy

from tests.benchmark.naive_lean import negative_binomial

Steps = Generator[simpy.Event, None, None]

DAY = 24
TRUCKS_ARRIVE, SHOPS_TRADE, MOVERS_COME = 6, 12, 21
"""Hours of the day."""

OTHER_STORE, OTHER_BRAND, SAME_BRAND, LATER, NOTHING = range(5)
BY_RULE, LATE, OVER, UNDER = range(4)

COUNTERS = ("first_choice", "sold", "moved", "deferred", "substituted_brand", "substituted_product", "lost", "ordered")
"""What each shop counts by product; substitutes, moves, deferrals and losses under the product that was wanted."""


@dataclass(slots=True)
class Outlet:
    """One shop; lists by product unless said.

    Attributes
    ----------
    size : mean number of shoppers a day.
    week_day, review_day : remainders of the day's number by 7 and by `review_days`, when a week begins and when the
        shop looks at its shelf.
    ordering : BY_RULE, LATE, OVER or UNDER.
    room : units that can be stored.
    listed : the products listed.
    wishes : products that a shopper may want: all that are listed, for each segment in turn; last, none.
    mix : shares of the segments.
    appeal : exp(utility) without habit, by segment and product; 0 for what is not listed.
    habit : smoothed purchase shares by brand.
    rate : the shop's own estimate of its sales. [units/day]
    neighbours, nearness : stores nearby and the running sum of their probabilities.
    weights, cumulative : exp(utility) by segment and product, and the running sum of the probabilities of `wishes`.
    returning : products that yesterday's deferred shoppers want.
    """

    territory: int
    is_open: bool
    size: float
    week_day: int
    review_day: int
    review_days: int
    ordering: int
    room: int
    listed: list[int]
    wishes: list[int | None]
    mix: list[float]
    appeal: list[list[float]]
    habit: list[float]
    rate: list[float]
    stock: list[int]
    neighbours: list[Outlet] = field(default_factory=list, repr=False)
    nearness: list[float] = field(default_factory=list)
    on_order: list[int] = field(init=False)
    last_review: int = 0
    sold_at_review: list[int] = field(init=False)
    sold_at_week: list[int] = field(init=False)
    returning: list[int] = field(default_factory=list)
    cumulative: list[float] = field(default_factory=list)
    weights: list[list[float]] = field(default_factory=list)
    shoppers: int = 0
    first_choice: list[int] = field(init=False)
    sold: list[int] = field(init=False)
    moved: list[int] = field(init=False)
    deferred: list[int] = field(init=False)
    substituted_brand: list[int] = field(init=False)
    substituted_product: list[int] = field(init=False)
    lost: list[int] = field(init=False)
    ordered: list[int] = field(init=False)

    def __post_init__(self) -> None:
        n = len(self.stock)
        self.on_order, self.sold_at_review, self.sold_at_week = [0] * n, [0] * n, [0] * n
        for counter in COUNTERS:
            setattr(self, counter, [0] * n)


@dataclass(frozen=True, slots=True)
class Territory:
    """When people shop: multipliers by month and weekday, growth a year."""

    season: Sequence[float]
    weekday: Sequence[float]
    growth: float


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds everywhere.

    Attributes
    ----------
    first_date, start_date : of the first simulated day, and the date from which growth counts.
    holidays : first date, days, multiplier of demand.
    truck_weekdays : 0 Monday.
    dispersion : of the negative binomial.
    brand, case : by product.
    habit_taste : weight of habit in utility, by segment.
    no_purchase : weight of buying nothing.
    reactions : running sum of the probabilities of the five reactions.
    """

    first_date: date
    start_date: date
    holidays: Sequence[tuple[date, int, float]]
    truck_weekdays: Sequence[int]
    dispersion: float
    brand: Sequence[int]
    case: Sequence[int]
    habit_taste: Sequence[float]
    no_purchase: float
    habit_smoothing: float
    reactions: Sequence[float]
    lead_days: float
    safety_factor: float
    dispersion_index: float
    sales_smoothing: float
    late_probability: float
    over_factor: float
    under_factor: float
    minimum_cases: int


def season_of(season: Sequence[float], today: date) -> float:
    """The multiplier of a day, on straight lines from the middle of each month to the middle of the next."""
    next_month = (today.replace(day=28) + timedelta(days=4)).replace(day=1)
    days = (next_month - today.replace(day=1)).days
    from_middle = (today.day - 0.5) / days - 0.5
    other = today.month - 1 + (1 if from_middle > 0 else -1)
    return season[today.month - 1] * (1.0 - abs(from_middle)) + season[other % 12] * abs(from_middle)


class NaiveMarket:
    """All shops of a market, each a process; and one for the calendar and those who walk between shops."""

    def __init__(self, outlets: Sequence[Outlet], territories: Sequence[Territory], rules: Rules, seed: int) -> None:
        self.env = simpy.Environment()
        self.rng = random.Random(seed)
        self.outlets = outlets
        self.territories = territories
        self.rules = rules
        self.movers: list[tuple[Outlet, Outlet, int]] = []
        self.day = 0
        self.demand: list[float] = []
        self.truck_hours = 0
        self.env.process(self.calendar())
        for outlet in outlets:
            if outlet.is_open:
                self.work_out_choice(outlet)
                self.env.process(self.keep_shop(outlet))

    def run(self, days: int) -> float:
        """Simulate some days; returns seconds."""
        began = time.process_time()
        self.env.run(until=self.env.now + days * DAY)
        return time.process_time() - began

    # --- days ---
    def calendar(self) -> Steps:
        """Begin each day, and serve at its end those who went to another store."""
        while True:
            self.begin_day()
            yield self.env.timeout(MOVERS_COME)
            self.serve_movers()
            yield self.env.timeout(DAY - MOVERS_COME)

    def begin_day(self) -> None:
        """Look at the date: today's demand, and when a truck arrives with what is ordered today."""
        rules = self.rules
        self.day = self.env.now // DAY
        today = rules.first_date + timedelta(days=self.day)
        years = (today - rules.start_date).days / 365.0
        event = math.prod(m for first, days, m in rules.holidays if 0 <= (today - first).days < days)
        self.demand = [
            season_of(t.season, today) * t.weekday[today.weekday()] * (1.0 + t.growth) ** years * event
            for t in self.territories
        ]
        wait = next(d for d in range(7) if (today.weekday() + d) % 7 in rules.truck_weekdays)
        self.truck_hours = (wait + 1) * DAY + TRUCKS_ARRIVE - SHOPS_TRADE

    def keep_shop(self, outlet: Outlet) -> Steps:
        """Every day: look at the shelf when it is time to, then serve whoever comes."""
        yield self.env.timeout(SHOPS_TRADE)
        while True:
            if self.day % 7 == outlet.week_day:
                self.begin_week(outlet)
            if self.day % outlet.review_days == outlet.review_day:
                self.review(outlet)
            self.serve(outlet)
            yield self.env.timeout(DAY)

    # --- shoppers ---
    def begin_week(self, outlet: Outlet) -> None:
        """Fold last week's purchases into the habit of the shop's customers."""
        bought = [0] * len(outlet.habit)
        for product, (now, before) in enumerate(zip(outlet.sold, outlet.sold_at_week, strict=True)):
            bought[self.rules.brand[product]] += now - before
        outlet.sold_at_week = outlet.sold.copy()
        total = sum(bought)
        if total > 0:
            weight = self.rules.habit_smoothing
            outlet.habit = [h + weight * (b / total - h) for h, b in zip(outlet.habit, bought, strict=True)]
            self.work_out_choice(outlet)

    def work_out_choice(self, outlet: Outlet) -> None:
        """Work out the logit: the probability of each wish."""
        rules, listed = self.rules, outlet.listed
        outlet.cumulative, outlet.weights = [], []
        running = 0.0
        for segment, (share, appeal) in enumerate(zip(outlet.mix, outlet.appeal, strict=True)):
            pull = [math.exp(rules.habit_taste[segment] * habit) for habit in outlet.habit]
            weights = [a * pull[brand] for a, brand in zip(appeal, rules.brand, strict=True)]
            scale = share / (rules.no_purchase + sum(weights))
            for product in listed:
                running += scale * weights[product]
                outlet.cumulative.append(running)
            outlet.weights.append(weights)
        outlet.cumulative.append(1.0)

    def serve(self, outlet: Outlet) -> None:
        """Yesterday's deferred shoppers first, then everybody of today."""
        stock, sold, first_choice = outlet.stock, outlet.sold, outlet.first_choice
        wishes, cumulative, uniform = outlet.wishes, outlet.cumulative, self.rng.random
        if outlet.returning:
            for product in outlet.returning:
                self.last_try(outlet, outlet, product)
            outlet.returning = []
        mean = outlet.size * self.demand[outlet.territory]
        n = negative_binomial(self.rng, mean, self.rules.dispersion)
        outlet.shoppers += n
        for _ in range(n):
            wish = bisect(cumulative, uniform())
            product = wishes[wish]
            if product is None:
                continue
            first_choice[product] += 1
            if stock[product] > 0:
                stock[product] -= 1
                sold[product] += 1
            else:
                self.react(outlet, wish // len(outlet.listed), product)

    def react(self, outlet: Outlet, segment: int, product: int) -> None:
        """One who finds the shelf empty reacts once; what leads nowhere is a lost sale."""
        reaction = bisect(self.rules.reactions, self.rng.random())
        if reaction == OTHER_STORE and outlet.neighbours:
            store = outlet.neighbours[bisect(outlet.nearness, self.rng.random())]
            self.movers.append((outlet, store, product))
            outlet.moved[product] += 1
        elif reaction == LATER:
            outlet.returning.append(product)
            outlet.deferred[product] += 1
        elif reaction in (OTHER_BRAND, SAME_BRAND):
            self.substitute(outlet, segment, product, reaction == SAME_BRAND)
        else:
            outlet.lost[product] += 1

    def substitute(self, outlet: Outlet, segment: int, product: int, same_brand: bool) -> None:
        """Sell something else of the brand, or of another brand, by the shopper's own tastes; lost if none is left."""
        brand, stock = self.rules.brand, outlet.stock
        here = [p for p in outlet.listed if stock[p] > 0 and (brand[p] == brand[product]) == same_brand]
        if not here:
            outlet.lost[product] += 1
            return
        weights = outlet.weights[segment]
        other = self.rng.choices(here, [weights[p] for p in here])[0]
        stock[other] -= 1
        outlet.sold[other] += 1
        if same_brand:
            outlet.substituted_product[product] += 1
        else:
            outlet.substituted_brand[product] += 1

    def last_try(self, outlet: Outlet, origin: Outlet, product: int) -> None:
        """A shopper of `origin` asks once more, in `outlet`; who fails again is lost."""
        if outlet.stock[product] > 0:
            outlet.stock[product] -= 1
            outlet.sold[product] += 1
        else:
            origin.lost[product] += 1

    def serve_movers(self) -> None:
        """Those who went to another store, after the shoppers of that store."""
        for origin, store, product in self.movers:
            self.last_try(store, origin, product)
        self.movers = []

    # --- goods ---
    def review(self, outlet: Outlet) -> None:
        """Look at the shelf, and order what is missing; one who is often late may forget."""
        rules = self.rules
        if outlet.ordering == LATE and self.rng.random() < rules.late_probability:
            return
        self.learn_rates(outlet)
        risk = outlet.review_days + rules.lead_days
        room = outlet.room - sum(outlet.stock) - sum(outlet.on_order)
        load = []
        for product in outlet.listed:
            rate = outlet.rate[product]
            level = rate * risk + rules.safety_factor * math.sqrt(rate * rules.dispersion_index * risk)
            position = outlet.stock[product] + outlet.on_order[product]
            units = self.whole_cases(outlet, product, max(level, 1.0) - position, position, room)
            if units > 0:
                room -= units
                outlet.on_order[product] += units
                outlet.ordered[product] += units
                load.append((product, units))
        if load:
            self.env.process(self.truck(outlet, load))

    def learn_rates(self, outlet: Outlet) -> None:
        """Fold the sales since the last review into the shop's estimates."""
        days = self.day - outlet.last_review
        if days > 0:
            weight = 1.0 - (1.0 - self.rules.sales_smoothing) ** days
            for product in outlet.listed:
                sales = (outlet.sold[product] - outlet.sold_at_review[product]) / days
                outlet.rate[product] += weight * (sales - outlet.rate[product])
            outlet.sold_at_review = outlet.sold.copy()
            outlet.last_review = self.day

    def whole_cases(self, outlet: Outlet, product: int, wanted: float, position: int, room: int) -> int:
        """What is ordered of a product: by the shop's habit, in cases, as far as there is room."""
        rules = self.rules
        case = rules.case[product]
        if outlet.ordering == OVER:
            wanted *= rules.over_factor
        elif outlet.ordering == UNDER:
            wanted *= rules.under_factor
        if position == 0:
            # For a product that is gone, there is always place for a case.
            wanted = max(wanted, case)
            room = max(room, case)
        cases = math.floor(wanted / case + 0.5)
        if cases <= 0:
            return 0
        return max(0, min(max(cases, rules.minimum_cases), room // case)) * case

    def truck(self, outlet: Outlet, load: Sequence[tuple[int, int]]) -> Steps:
        """The goods leave with the next truck, and arrive the morning after."""
        yield self.env.timeout(self.truck_hours)
        for product, units in load:
            outlet.on_order[product] -= units
            outlet.stock[product] += units
