"""A week passes at an outlet: habit, listings, shelf and relations drift. Each outlet has its own weekday for it."""

from __future__ import annotations

import math
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.compiled import kernel
from sim.kernels.calls import Relations, following, list_product, may_list_more
from sim.kernels.ordering import Shelves
from sim.streams import draw, stream

Array = NDArray[Any]
WEEK: Final = 7.0
MONTH: Final = 30.0

HOPELESS_WEEKS: Final = 2
"""Slow weeks after which a product goes whose company has no relation with the shop (assumption)."""

DEAD_CASES: Final = 2
"""Stock beyond so many cases that sells nothing in a week is dead (assumption)."""

LEAST_SALES: Final = 0.25
"""Keeps the chance finite with which a product that never sells is crowded out (assumption)."""

LEAST_SPACE: Final = 0.1
"""What sells less than this part of the mean of a shelf is given room as if it sold this (assumption)."""

AVERAGE_PULL: Final = 0.5
"""Goodwill plus appeal at which `unprompted_per_month` is meant: those of an average product at the beginning."""

MOST_LEAD: Final = 0.51
"""No neighbours raise the log-odds by more than this times their weight; hardly a shop needs to look at them."""


class DriftRules(NamedTuple):
    """`relations` of the scenario, as far as a week goes by it."""

    floor: float
    dead_stock_loss: float
    price_disorder_loss: float


class DelistingRules(NamedTuple):
    """`retail.listing` and `leads` of the scenario, as far as a week goes by them."""

    pull: float
    facings_per_product: float
    delist_units_per_week: float
    delist_weeks: int
    delist_relation: float
    crowding_rate_per_week: float
    first_rate: float
    follow_neighbours: float
    space_by_sales: float


class HabitRules(NamedTuple):
    """`consumers` of the scenario, as far as a week goes by it."""

    habit_smoothing_per_week: float


class AgeingSwitches(NamedTuple):
    """`mechanisms` of the scenario that move in a week."""

    habit: bool
    listing_changes: bool
    shelf: bool
    relations: bool


class AgeingRules(NamedTuple):
    """Coefficients of a week: a small bundle from each section of the scenario, under the section's name.

    Attributes
    ----------
    unprompted_per_week : chance of a listing without any call, at average pull.
    shelf_keep, taught_keep, relation_keep : parts of a shelf's gain, of what was taught and of a relation above its
        floor that remain after a week.
    """

    relations: DriftRules
    listing: DelistingRules
    consumers: HabitRules
    mechanisms: AgeingSwitches
    unprompted_per_week: float
    shelf_keep: float
    taught_keep: float
    relation_keep: float


class Week(NamedTuple):
    """The world's columns of a week at the outlets; `dropped` (n_outlets, n_products) is set where a listing ends."""

    week_sold_units: Array
    slow_weeks: Array
    habit: Array
    last_sold_day: Array
    price_disorder: Array
    shelf_space: Array
    dropped: Array


@kernel(inline=True)
def age_habit(i: int, week: Week, brand: Array, weight: float) -> None:
    """Fold the week's purchases into the smoothed purchase shares; a week without sales changes nothing."""
    total = 0
    for p in range(brand.shape[0]):
        total += week.week_sold_units[i, p]
    if total == 0:
        return
    for b in range(week.habit.shape[1]):
        bought = 0
        for p in range(brand.shape[0]):
            if brand[p] == b:
                bought += week.week_sold_units[i, p]
        week.habit[i, b] += weight * (bought / total - week.habit[i, b])


@kernel(inline=True)
def crowding_out(
    shelves: Shelves, relations: Relations, rules: DelistingRules, i: int, p: int, listed: int, total_rate: float
) -> float:
    """Chance a week that a shop drops a product to make room on a crowded shelf.

    Grows with the want of room, falls with the relation and with the product's sales against the shop's average.
    """
    crowding = listed * rules.facings_per_product / relations.outlet_facings[i]
    if crowding <= 1.0:
        return 0.0
    relative = shelves.sales_rate[i, p] * listed / total_rate if total_rate > 0.0 else 1.0
    tie = 1.0 - relations.relation[i, shelves.product_company[p]]
    return float(rules.crowding_rate_per_week * (crowding - 1.0) * tie * tie / (LEAST_SALES + relative))


@kernel(inline=True)
def shelf_load(shelves: Shelves, i: int) -> tuple[int, float]:
    """Number of listed products of a shop and the sum of its sales estimates."""
    listed = 0
    total = 0.0
    for p in range(shelves.product_company.shape[0]):
        if shelves.is_listed[i, p]:
            listed += 1
            total += shelves.sales_rate[i, p]
    return listed, total


@kernel(inline=True)
def age_listings(
    shelves: Shelves, relations: Relations, week: Week, rules: AgeingRules, i: int, key: np.uint64
) -> None:
    """Drop what does not sell; now and then ask for what is missing."""
    r = rules.listing
    slow_weeks = week.slow_weeks
    start = stream(key, shelves.outlet_slot[i])
    n_products = shelves.product_company.shape[0]
    listed, total_rate = shelf_load(shelves, i)
    bound_to = relations.exclusive_company[i]
    for p in range(n_products):
        c = shelves.product_company[p]
        if shelves.is_listed[i, p]:
            # An empty shelf is no sign that nobody wants the product, unless nobody can fill it again.
            judged = shelves.outlet_stock_units[i, p] > 0 or shelves.outlet_distributor[i, c] < 0
            slow = judged and week.week_sold_units[i, p] < r.delist_units_per_week
            slow_weeks[i, p] = slow_weeks[i, p] + 1 if slow else 0
            hopeless = slow_weeks[i, p] >= HOPELESS_WEEKS and relations.relation[i, c] < r.delist_relation
            pushed_out = draw(start, n_products + p) < crowding_out(shelves, relations, r, i, p, listed, total_rate)
            if slow_weeks[i, p] >= r.delist_weeks or hopeless or pushed_out:
                shelves.is_listed[i, p] = False
                shelves.open_order_units[i, p] = 0
                slow_weeks[i, p] = 0
                week.dropped[i, p] = True
                relations.weight_is_stale[i] = True
        elif shelves.launched[p] and shelves.outlet_distributor[i, c] >= 0:
            standing = relations.standing[relations.outlet_territory[i], relations.product_brand[p]]
            pull = standing + relations.product_appeal[p]
            odds = r.pull * (pull - AVERAGE_PULL)
            luck = draw(start, p)
            if luck > rules.unprompted_per_week * math.exp(odds + MOST_LEAD * r.follow_neighbours):
                continue
            lead = following(shelves, relations, r.follow_neighbours, i, c)
            chance = rules.unprompted_per_week * math.exp(odds + lead)
            free = bound_to < 0 or bound_to == c or may_list_more(shelves, relations, i, c)
            if free and luck < chance:
                list_product(shelves, relations, i, p, r.first_rate)


@kernel(inline=True)
def age_shelf(shelves: Shelves, relations: Relations, week: Week, rules: AgeingRules, i: int) -> None:
    """What visits gained is lost; each listed product gets room by its sales, (sales ÷ mean of the shop's list)^a."""
    exponent = rules.listing.space_by_sales
    listed, total_rate = shelf_load(shelves, i)
    for p in range(shelves.product_company.shape[0]):
        relations.shelf_gain[i, p] *= rules.shelf_keep
        week.shelf_space[i, p] = 1.0
        if exponent > 0.0 and shelves.is_listed[i, p] and total_rate > 0.0:
            relative = shelves.sales_rate[i, p] * listed / total_rate
            week.shelf_space[i, p] = max(relative, LEAST_SPACE) ** exponent


@kernel(inline=True)
def age_relations(shelves: Shelves, relations: Relations, week: Week, rules: AgeingRules, i: int) -> None:
    """Relations fade between contacts, and suffer from dead stock and price disorder."""
    r = rules.relations
    t = relations.outlet_territory[i]
    for c in range(relations.relation.shape[1]):
        carries = False
        dead = False
        for p in range(shelves.product_company.shape[0]):
            stock = shelves.outlet_stock_units[i, p]
            if shelves.product_company[p] == c and (shelves.is_listed[i, p] or stock > 0):
                carries = True
                dead = dead or (week.week_sold_units[i, p] == 0 and stock > DEAD_CASES * shelves.case_units[p])
        floor = r.floor if carries else 0.0
        before = relations.relation[i, c]
        kept = floor + (before - floor) * rules.relation_keep if before > floor else before
        if dead:
            kept *= 1.0 - r.dead_stock_loss * WEEK / MONTH
        if carries:
            kept *= 1.0 - min(1.0, r.price_disorder_loss * week.price_disorder[t, c] * WEEK / MONTH)
        relations.relation[i, c] = kept
        if c == 0:
            relations.personal_tie[i] *= kept / before if before > 0.0 else 0.0


@kernel()
def age_outlets(
    rows: Array, shelves: Shelves, relations: Relations, week: Week, rules: AgeingRules, day: int, key: np.uint64
) -> None:
    """Let a week pass at the outlets in `rows`."""
    on = rules.mechanisms
    for k in range(rows.shape[0]):
        i = rows[k]
        if shelves.is_open[i]:
            if on.habit:
                age_habit(i, week, relations.product_brand, rules.consumers.habit_smoothing_per_week)
            if on.listing_changes:
                age_listings(shelves, relations, week, rules, i, key)
            if on.relations:
                age_relations(shelves, relations, week, rules, i)
            if on.shelf:
                age_shelf(shelves, relations, week, rules, i)
            shelves.taught[i] *= rules.taught_keep
            for p in range(shelves.product_company.shape[0]):
                if shelves.product_company[p] == 0 and week.week_sold_units[i, p] > 0:
                    week.last_sold_day[i] = day
        for p in range(shelves.product_company.shape[0]):
            week.week_sold_units[i, p] = 0
