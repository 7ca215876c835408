"""The plan of an advisor's day: which outlets are due, and a route through as many of them as the day suffices for."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.compiled import kernel
from sim.kernels.laws import wright_factor
from sim.kernels.routing import route

Array = NDArray[Any]

BY_CLASS, BY_NEED, BY_COVERAGE, BY_HABIT = range(4)
DUE = 0.95
NEARNESS_KM = 4.0

ROUGH_MINUTES = 1e-6
"""A length of a day from rough distances settles a question unless it comes as near as this, far above its error."""


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
    """How much an outlet wants a visit, −1 while none is due; from the database only.

    The interval alone says whether a visit is due, and the plan how urgent it is then.
    """
    elapsed = float(day - known.last_visit_day[i])
    overdue = min(elapsed / visit_interval(known, i), 50.0)
    if overdue < DUE:
        return -1.0
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
        if scores[k] > 0.0 and not _in_reach(known, rules, i, factor, person):
            scores[k] = -1.0
        if scores[k] > best_score:
            best = k
            best_score = scores[k]
    if best < 0:
        return 0
    seed = patch[best]
    n = 0
    for k in range(patch.shape[0]):
        if scores[k] <= 0.0:
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
