"""The field day: advisors on the road, what they do at each call, and what they learn by it."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.compiled import kernel
from sim.kernels.calls import CallKeys, CallRules, Ties, call
from sim.kernels.day_plan import DayRules, Knowledge, Person, choose_stops, plan_route, visit_factor, visit_interval
from sim.kernels.ordering import Shelves
from sim.kernels.patches import hand_out
from sim.streams import draw, stream

Array = NDArray[Any]

DAY_FIELDS = 11
(CALLS, PRODUCTIVE, LINES, ORDER_UNITS, NEW_LISTINGS, ATTEMPTS, DRIVING, VISITING, IDLE, KM, PATCH) = range(DAY_FIELDS)


class People(NamedTuple):
    """All advisors, shape (n_advisors,)."""

    x_km: Array
    y_km: Array
    selling: Array
    service: Array
    coaching: Array
    farmer: Array
    visits_made: Array


@kernel(inline=True)
def note_visit(known: Knowledge, shelves: Shelves, i: int, day: int, key_discovery: np.uint64, rules: DayRules) -> int:
    """Write what the advisor saw into the database, and what was noticed nearby."""
    known.last_visit_day[i] = day
    known.visit_count[i] += 1
    known.known_size[i] = math.sqrt(known.known_size[i] * known.true_size[i])
    rate = 0.0
    listed = 0
    for p in range(shelves.company.shape[0]):
        if shelves.company[p] == 0 and shelves.is_listed[i, p]:
            rate += shelves.sales_rate[i, p]
            listed += 1
    known.known_sales_rate[i] = rate
    known.known_listed[i] = listed
    found = 0
    for m in range(known.neighbour.shape[1]):
        other = known.neighbour[i, m]
        if other < 0:
            break
        if known.is_known[other] or not shelves.is_open[other]:
            continue
        km = math.hypot(known.x_km[other] - known.x_km[i], known.y_km[other] - known.y_km[i])
        if km > rules.discover_radius_km:
            continue
        if draw(stream(key_discovery, shelves.slot[other]), 0) < rules.discover_probability:
            known.is_known[other] = True
            found += 1
    return found


@kernel()
def make_calls(
    person: Person,
    chosen: Array,
    factor: float,
    known: Knowledge,
    shelves: Shelves,
    ties: Ties,
    day_rules: DayRules,
    call_rules: CallRules,
    keys: CallKeys,
    key_discovery: np.uint64,
    focus: Array,
    day: int,
    ordered: Array,
    won: Array,
    totals: Array,
    log: Array,
) -> None:
    """One advisor's day on the road.

    Parameters
    ----------
    chosen : shape (n_calls,). Outlets in visiting order.
    factor : length of a call against the outlet's first-call time.
    totals : shape (DAY_FIELDS,), written.
    log : shape (capacity, 6), written: outlet, arrival and leaving minute, units ordered, lines, new listings.
    """
    clock = day_rules.start_minute
    x = person.x_km
    y = person.y_km
    for k in range(chosen.shape[0]):
        i = chosen[k]
        km = math.hypot(known.x_km[i] - x, known.y_km[i] - y) * day_rules.detour
        x = known.x_km[i]
        y = known.y_km[i]
        totals[KM] += km
        totals[DRIVING] += km * day_rules.minutes_per_km
        clock += km * day_rules.minutes_per_km
        length = known.visit_minutes[i] * factor
        cover = min(visit_interval(known, i), float(max(shelves.review_days[i], 7))) + day_rules.lead_days
        units, lines, attempts, new_product = call(
            shelves, ties, call_rules, keys, i, 0, person.selling, person.service, person.farmer, known.visit_count[i],
            focus, cover, True, day, ordered, won,
        )  # fmt: skip
        shelves.taught[i] += day_rules.teaching_gain * person.coaching * (1.0 - shelves.taught[i])
        note_visit(known, shelves, i, day, key_discovery, day_rules)
        log[k, 0] = i
        log[k, 1] = clock
        clock += length
        log[k, 2] = clock
        log[k, 3] = units
        log[k, 4] = lines
        log[k, 5] = 1 if new_product >= 0 else 0
        totals[CALLS] += 1
        totals[PRODUCTIVE] += 1 if units > 0 else 0
        totals[LINES] += lines
        totals[ORDER_UNITS] += units
        totals[ATTEMPTS] += attempts
        totals[NEW_LISTINGS] += log[k, 5]
        totals[VISITING] += length
    km = math.hypot(person.x_km - x, person.y_km - y) * day_rules.detour
    totals[KM] += km
    totals[DRIVING] += km * day_rules.minutes_per_km
    totals[IDLE] = max(0.0, day_rules.minutes - totals[DRIVING] - totals[VISITING])


@kernel(inline=True)
def practise(people: People, a: int, calls: int, rules: DayRules) -> None:
    """Every call adds a little to every skill."""
    people.visits_made[a] += calls
    if not rules.learns:
        return
    keep = rules.keep_skill_gap ** float(calls)
    people.selling[a] = 1.0 - (1.0 - people.selling[a]) * keep
    people.service[a] = 1.0 - (1.0 - people.service[a]) * keep
    people.coaching[a] = 1.0 - (1.0 - people.coaching[a]) * keep


@kernel(allocates=True)
def work_teams(
    advisors: Array,
    home: Array,
    owner: Array,
    people: People,
    known: Knowledge,
    shelves: Shelves,
    ties: Ties,
    day_rules: DayRules,
    call_rules: CallRules,
    keys: CallKeys,
    key_discovery: np.uint64,
    focus: Array,
    day: int,
    ordered: Array,
    won: Array,
    totals: Array,
    log: Array,
) -> None:
    """The day of all advisors, one after another.

    Parameters
    ----------
    advisors : shape (n_advisors,). Their rows.
    home : shape (n_advisors,). Their territories.
    owner : shape (n_outlets,). Advisor in charge of each outlet.
    people : a `People`; practice is written.
    totals : shape (n_advisors, DAY_FIELDS), zeros, written.
    log : shape (n_advisors, max_calls, 6), written, as in `make_calls`.
    """
    at_work = np.full(people.x_km.shape[0], -1)
    for m in range(advisors.shape[0]):
        at_work[advisors[m]] = home[m]
    first = np.zeros(at_work.shape[0] + 1, dtype=np.int64)
    rows = np.empty(owner.shape[0], dtype=np.int64)
    hand_out(at_work, owner, known.territory, first, rows)
    scores = np.empty(rows.shape[0])
    stops = np.empty(day_rules.max_calls, dtype=np.int64)
    values = np.empty(day_rules.max_calls)
    for m in range(advisors.shape[0]):
        a = advisors[m]
        patch = rows[first[a] : first[a + 1]]
        totals[m, PATCH] = patch.shape[0]
        totals[m, IDLE] = day_rules.minutes
        person = Person(
            people.x_km[a],
            people.y_km[a],
            people.selling[a],
            people.service[a],
            people.coaching[a],
            people.farmer[a],
        )
        factor = visit_factor(day_rules, people.visits_made[a])
        n = choose_stops(known, day_rules, patch, shelves.is_open, day, factor, person, scores, stops, values)
        if n > 0:
            chosen = plan_route(known, day_rules, stops[:n], factor, person)
            make_calls(
                person, chosen, factor, known, shelves, ties, day_rules, call_rules, keys, key_discovery, focus, day,
                ordered, won, totals[m], log[m],
            )  # fmt: skip
        practise(people, a, int(totals[m, CALLS]), day_rules)
