"""A week passes at an outlet: habit, listings, shelf and relations drift. Each outlet has its own weekday for it."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.compiled import kernel
from sim.kernels.calls import Ties, expected_listing_rate, list_product
from sim.kernels.ordering import Shelves
from sim.streams import draw, stream

Array = NDArray[Any]
WEEK = 7.0


class AgeingRules(NamedTuple):
    """Weekly rates, from the scenario (habit, listing, shelf, relations)."""

    habit_weight: float
    delist_units: float
    delist_weeks: int
    delist_relation: float
    crowding_rate: float
    facings_per_product: float
    unprompted: float
    pull: float
    shelf_keep: float
    taught_keep: float
    relation_keep: float
    relation_floor: float
    dead_stock_loss: float
    disorder_loss: float
    habit_moves: bool
    listings_move: bool
    shelf_moves: bool
    relations_move: bool


@kernel(inline=True)
def age_habit(i: int, week_sold: Array, brand: Array, habit: Array, weight: float, moves: bool) -> None:
    """Fold the week's purchases into the smoothed purchase shares; a week without sales changes nothing."""
    total = 0
    for p in range(brand.shape[0]):
        total += week_sold[i, p]
    if total == 0 or not moves:
        return
    for b in range(habit.shape[1]):
        bought = 0
        for p in range(brand.shape[0]):
            if brand[p] == b:
                bought += week_sold[i, p]
        habit[i, b] += weight * (bought / total - habit[i, b])


@kernel(inline=True)
def crowding_out(
    shelves: Shelves, ties: Ties, rules: AgeingRules, i: int, p: int, listed: int, total_rate: float
) -> float:
    """Chance a week that a shop drops a product to make room on a crowded shelf.

    Grows with the want of room, falls with the relation and with the product's sales against the shop's average.
    """
    crowding = listed * rules.facings_per_product / ties.facings[i]
    if crowding <= 1.0:
        return 0.0
    relative = shelves.sales_rate[i, p] * listed / total_rate if total_rate > 0.0 else 1.0
    tie = 1.0 - ties.relation[i, shelves.company[p]]
    return float(rules.crowding_rate * (crowding - 1.0) * tie * tie / (0.25 + relative))


@kernel(inline=True)
def shelf_load(shelves: Shelves, i: int) -> tuple[int, float]:
    """Number of listed products of a shop and the sum of its sales estimates."""
    listed = 0
    total = 0.0
    for p in range(shelves.company.shape[0]):
        if shelves.is_listed[i, p]:
            listed += 1
            total += shelves.sales_rate[i, p]
    return listed, total


@kernel(inline=True)
def age_listings(
    shelves: Shelves,
    ties: Ties,
    rules: AgeingRules,
    i: int,
    week_sold: Array,
    slow_weeks: Array,
    key: np.uint64,
    dropped: Array,
    won: Array,
) -> None:
    """Drop what does not sell; now and then ask for what is missing. Marks `dropped`, `won` (n_outlets, n_products)."""
    start = stream(key, shelves.slot[i])
    n_products = shelves.company.shape[0]
    listed, total_rate = shelf_load(shelves, i)
    for p in range(n_products):
        c = shelves.company[p]
        if shelves.is_listed[i, p]:
            # An empty shelf is no sign that nobody wants the product, unless nobody can fill it again.
            judged = shelves.stock[i, p] > 0 or shelves.distributor[i, c] < 0
            slow = judged and week_sold[i, p] < rules.delist_units
            slow_weeks[i, p] = slow_weeks[i, p] + 1 if slow else 0
            hopeless = slow_weeks[i, p] >= 2 and ties.relation[i, c] < rules.delist_relation
            pushed_out = draw(start, n_products + p) < crowding_out(shelves, ties, rules, i, p, listed, total_rate)
            if slow_weeks[i, p] >= rules.delist_weeks or hopeless or pushed_out:
                shelves.is_listed[i, p] = False
                shelves.open_order[i, p] = 0
                slow_weeks[i, p] = 0
                dropped[i, p] = True
                ties.stale[i] = True
        elif shelves.launched[p] and shelves.distributor[i, c] >= 0:
            pull = ties.goodwill[ties.territory[i], ties.brand[p]] + ties.appeal[p]
            free = ties.exclusive_company[i] < 0 or ties.exclusive_company[i] == c
            if free and draw(start, p) < rules.unprompted * math.exp(rules.pull * (pull - 0.5)):
                list_product(shelves, ties, i, p, expected_listing_rate(shelves, i))
                won[i, p] = True


@kernel(inline=True)
def age_relations(shelves: Shelves, ties: Ties, rules: AgeingRules, i: int, week_sold: Array, disorder: Array) -> None:
    """Relations fade between contacts, and suffer from dead stock and price disorder."""
    t = ties.territory[i]
    for c in range(ties.relation.shape[1]):
        carries = False
        dead = False
        for p in range(shelves.company.shape[0]):
            if shelves.company[p] == c and (shelves.is_listed[i, p] or shelves.stock[i, p] > 0):
                carries = True
                dead = dead or (week_sold[i, p] == 0 and shelves.stock[i, p] > 2 * shelves.case_units[p])
        floor = rules.relation_floor if carries else 0.0
        before = ties.relation[i, c]
        kept = floor + (before - floor) * rules.relation_keep if before > floor else before
        if dead:
            kept *= 1.0 - rules.dead_stock_loss * WEEK / 30.0
        if carries:
            kept *= 1.0 - min(1.0, rules.disorder_loss * disorder[t, c] * WEEK / 30.0)
        ties.relation[i, c] = kept
        if c == 0:
            ties.personal[i] *= kept / before if before > 0.0 else 0.0


@kernel()
def age_outlets(
    rows: Array,
    shelves: Shelves,
    ties: Ties,
    rules: AgeingRules,
    week_sold: Array,
    slow_weeks: Array,
    habit: Array,
    last_sold_day: Array,
    disorder: Array,
    day: int,
    key: np.uint64,
    dropped: Array,
    won: Array,
) -> None:
    """Let a week pass at the outlets in `rows`."""
    for k in range(rows.shape[0]):
        i = rows[k]
        if shelves.is_open[i]:
            age_habit(i, week_sold, ties.brand, habit, rules.habit_weight, rules.habit_moves)
            if rules.listings_move:
                age_listings(shelves, ties, rules, i, week_sold, slow_weeks, key, dropped, won)
            if rules.relations_move:
                age_relations(shelves, ties, rules, i, week_sold, disorder)
            shelves.taught[i] *= rules.taught_keep
            for p in range(shelves.company.shape[0]):
                if rules.shelf_moves:
                    ties.shelf_gain[i, p] *= rules.shelf_keep
                if shelves.company[p] == 0 and week_sold[i, p] > 0:
                    last_sold_day[i] = day
        for p in range(shelves.company.shape[0]):
            week_sold[i, p] = 0
