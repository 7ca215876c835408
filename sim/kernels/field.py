"""An advisor's day: which outlets are due, the route through them, and the calls on the way."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.compiled import kernel
from sim.kernels.calls import CallKeys, CallRules, Ties, call
from sim.kernels.laws import wright_factor
from sim.kernels.ordering import Shelves
from sim.kernels.routing import route
from sim.streams import draw, stream

Array = NDArray[Any]

BY_CLASS, BY_NEED, BY_COVERAGE, BY_HABIT = range(4)
DUE = 0.95
NEARNESS_KM = 4.0

ROUGH_MINUTES = 1e-6
"""A length of a day from rough distances settles a question unless it comes as near as this, far above its error."""

DAY_FIELDS = 11
(CALLS, PRODUCTIVE, LINES, ORDER_UNITS, NEW_LISTINGS, ATTEMPTS, DRIVING, VISITING, IDLE, KM, PATCH) = range(DAY_FIELDS)


class Knowledge(NamedTuple):
    """The market database and what the plan needs of it; all of shape (n_outlets,) unless said.

    Attributes
    ----------
    every_days : shape (n_territories, 3). Interval between visits by class. [days]
    interval_factor : factor on the interval of the single outlet.
    neighbour : shape (n_outlets, n_neighbours).
    """

    x_km: Array
    y_km: Array
    territory: Array
    outlet_class: Array
    true_size: Array
    visit_minutes: Array
    is_known: Array
    known_size: Array
    last_visit_day: Array
    visit_count: Array
    known_sales_rate: Array
    known_listed: Array
    every_days: Array
    interval_factor: Array
    neighbour: Array


class Person(NamedTuple):
    """One advisor today."""

    x_km: float
    y_km: float
    selling: float
    service: float
    coaching: float
    farmer: float


class People(NamedTuple):
    """All advisors, shape (n_advisors,)."""

    x_km: Array
    y_km: Array
    selling: Array
    service: Array
    coaching: Array
    farmer: Array
    visits_made: Array


class DayRules(NamedTuple):
    """The working day; `keep_skill_gap` is the share of what is missing to full skill that remains after a call."""

    minutes: float
    start_minute: float
    minutes_per_km: float
    detour: float
    max_calls: int
    improve: bool
    plan: int
    wright_exponent: float
    wright_floor: float
    wright_unit: float
    learns: bool
    lead_days: float
    teaching_gain: float
    discover_radius_km: float
    discover_probability: float
    keep_skill_gap: float


@kernel(inline=True)
def visit_interval(known: Knowledge, i: int) -> float:
    """Days that should lie between two visits to an outlet [days]."""
    return float(known.every_days[known.territory[i], known.outlet_class[i]] * known.interval_factor[i])


@kernel(inline=True)
def due_score(known: Knowledge, i: int, day: int, plan: int) -> float:
    """How much an outlet wants a visit; from the database only. At or above DUE it is due."""
    elapsed = float(day - known.last_visit_day[i])
    overdue = min(elapsed / visit_interval(known, i), 50.0)
    if plan == BY_COVERAGE:
        return float(overdue) if elapsed < 100000.0 else 60.0
    if plan == BY_NEED:
        return float(overdue) * (0.5 + math.sqrt(known.known_sales_rate[i] + 0.1))
    if plan == BY_HABIT:
        return float(overdue) * math.sqrt(known.known_size[i])
    return float(overdue)


@kernel()
def choose_stops(
    known: Knowledge,
    rules: DayRules,
    patch: Array,
    is_open: Array,
    day: int,
    factor: float,
    person: Person,
    scores: Array,
    stops: Array,
    values: Array,
) -> int:
    """Choose due outlets near the most urgent one; write rows and values, most valuable first; return their number.

    `scores`, shape (n_patch,), is scratch; `stops` and `values`, shape (max_calls,), are written. Ties go to the
    earlier outlet. An outlet that a day does not suffice for is no aim: it would keep the advisor from all others.
    """
    best = -1
    best_score = 0.0
    for k in range(patch.shape[0]):
        i = patch[k]
        scores[k] = due_score(known, i, day, rules.plan) if is_open[i] and known.is_known[i] else -1.0
        if scores[k] >= DUE and not _in_reach(known, rules, i, factor, person):
            scores[k] = -1.0
        if scores[k] > best_score:
            best = k
            best_score = scores[k]
    if best < 0 or best_score < DUE:
        return 0
    seed = patch[best]
    n = 0
    for k in range(patch.shape[0]):
        if scores[k] < DUE:
            continue
        i = patch[k]
        km = math.hypot(known.x_km[i] - known.x_km[seed], known.y_km[i] - known.y_km[seed])
        n = _insert(i, scores[k] * (1.0 / (1.0 + km / NEARNESS_KM)), n, stops, values)
    return n


@kernel(inline=True)
def _in_reach(known: Knowledge, rules: DayRules, i: int, factor: float, person: Person) -> bool:
    """Whether a day suffices for a call at this outlet alone."""
    dx = known.x_km[i] - person.x_km
    dy = known.y_km[i] - person.y_km
    call = known.visit_minutes[i] * factor
    rough = call + 2.0 * math.sqrt(dx * dx + dy * dy) * rules.detour * rules.minutes_per_km
    if abs(rough - rules.minutes) > ROUGH_MINUTES:
        return bool(rough < rules.minutes)
    return bool(call + 2.0 * math.hypot(dx, dy) * rules.detour * rules.minutes_per_km <= rules.minutes)


@kernel(inline=True)
def _insert(i: int, value: float, n: int, stops: Array, values: Array) -> int:
    """Put a stop in its place among the n best so far; returns their new number."""
    if n == stops.shape[0]:
        if n == 0 or value <= values[n - 1]:
            return n
        n -= 1
    place = n
    while place > 0 and values[place - 1] < value:
        stops[place] = stops[place - 1]
        values[place] = values[place - 1]
        place -= 1
    stops[place] = i
    values[place] = value
    return n + 1


@kernel(inline=True)
def visit_factor(rules: DayRules, visits_made: int) -> float:
    """Length of an advisor's calls against the outlets' first-call time: the learning curve."""
    if not rules.learns:
        return 1.0
    return float(wright_factor(1.0 + visits_made / rules.wright_unit, rules.wright_exponent, rules.wright_floor))


@kernel(allocates=True)
def plan_route(known: Knowledge, rules: DayRules, stops: Array, factor: float, person: Person) -> Array:
    """Order the stops; leave out the least valuable until the day suffices. Returns rows in visiting order."""
    n = stops.shape[0]
    x = np.empty(n)
    y = np.empty(n)
    minutes = np.empty(n)
    _look_up(known, stops, factor, x, y, minutes)
    tour = route(x, y, person.x_km, person.y_km, rules.improve)
    kept = n
    while kept > 0 and _too_long(x, y, minutes, rules, tour, kept, person):
        kept -= 1
    chosen = np.empty(kept, dtype=np.int64)
    m = 0
    for k in tour:
        if k < kept:
            chosen[m] = stops[k]
            m += 1
    return chosen


@kernel(inline=True)
def _look_up(known: Knowledge, stops: Array, factor: float, x: Array, y: Array, minutes: Array) -> None:
    """Write position and length of call of each stop; all of shape (n_stops,)."""
    for k in range(stops.shape[0]):
        x[k] = known.x_km[stops[k]]
        y[k] = known.y_km[stops[k]]
        minutes[k] = known.visit_minutes[stops[k]] * factor


@kernel(inline=True)
def _km(dx: float, dy: float, exact: bool) -> float:
    """Distance, exact to the last bit or only nearly so but much faster [km]."""
    return math.hypot(dx, dy) if exact else math.sqrt(dx * dx + dy * dy)


@kernel(inline=True)
def _day_minutes(
    x_km: Array, y_km: Array, minutes: Array, rules: DayRules, tour: Array, kept: int, person: Person, exact: bool
) -> float:
    """Travel and calls of a tour that skips all but the `kept` most valuable stops [minutes]."""
    calls = 0.0
    km = 0.0
    x = person.x_km
    y = person.y_km
    for k in tour:
        if k >= kept:
            continue
        km += _km(x_km[k] - x, y_km[k] - y, exact)
        x = x_km[k]
        y = y_km[k]
        calls += minutes[k]
    km += _km(person.x_km - x, person.y_km - y, exact)
    return float(calls + km * rules.detour * rules.minutes_per_km)


@kernel(inline=True)
def _too_long(
    x_km: Array, y_km: Array, minutes: Array, rules: DayRules, tour: Array, kept: int, person: Person
) -> bool:
    """Whether the day does not suffice for a tour that skips all but the `kept` most valuable stops."""
    rough = _day_minutes(x_km, y_km, minutes, rules, tour, kept, person, False)
    if abs(rough - rules.minutes) > ROUGH_MINUTES:
        return bool(rough > rules.minutes)
    return bool(_day_minutes(x_km, y_km, minutes, rules, tour, kept, person, True) > rules.minutes)


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


@kernel(allocates=True)
def hand_out(home: Array, owner: Array, territory: Array, first: Array, rows: Array) -> None:
    """Put the outlets in charge of each advisor together, in ascending order.

    Parameters
    ----------
    home : shape (n_advisors,). Territory where each works today, −1 none; outlets elsewhere are left out.
    owner, territory : shape (n_outlets,).
    first : shape (n_advisors + 1,), zeros, written: where each advisor's outlets begin in `rows`.
    rows : shape (n_outlets,), written.
    """
    for i in range(owner.shape[0]):
        a = owner[i]
        if a >= 0 and home[a] == territory[i]:
            first[a + 1] += 1
    for a in range(home.shape[0]):
        first[a + 1] += first[a]
    place = first.copy()
    for i in range(owner.shape[0]):
        a = owner[i]
        if a >= 0 and home[a] == territory[i]:
            rows[place[a]] = i
            place[a] += 1


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


@kernel()
def nearest_in_charge(i: int, rows: Array, owner: Array, x_km: Array, y_km: Array) -> int:
    """Return the nearest outlet to i among `rows` that has an advisor, the first of equals; −1 when none has."""
    best = -1
    least = math.inf
    # The square is cheap and settles most; the margin keeps rounding from settling what the distance must.
    limit = math.inf
    for other in rows:
        dx = x_km[other] - x_km[i]
        # Most outlets are too far east or west, and nothing else of them need be looked up.
        if dx * dx > limit or owner[other] < 0:
            continue
        dy = y_km[other] - y_km[i]
        if dx * dx + dy * dy <= limit:
            km = math.hypot(dx, dy)
            if km < least:
                best = other
                least = km
                limit = km * km * (1.0 + 1e-9)
    return best
