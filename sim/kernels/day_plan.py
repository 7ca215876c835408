"""The plan of an advisor's day: which outlets are due, and a route through as many of them as the day suffices for."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.compiled import kernel
from sim.kernels.laws import wright_factor
from sim.kernels.routing import route
from sim.kernels.tasks import Pace, TaskRules, call_minutes, pace_of
from sim.policies import VisitPlan

Array = NDArray[Any]

BY_NEED, BY_COVERAGE, BY_HABIT = int(VisitPlan.need), int(VisitPlan.coverage), int(VisitPlan.habit)

MOST_OVERDUE = 50.0
NEVER_SEEN_DAYS = 100_000.0
NEVER_SEEN = 60.0
"""An outlet that nobody has seen for so long wants a visit more than any that is overdue."""

LEAST_NEED, UNSEEN_RATE = 0.5, 0.1
"""Weight of the need of an outlet that sells nothing: small shops are called on, too (assumption). [1, units/day]"""

NO_AIM, EARLY = -1e9, -1e6
"""Scores of outlets that are no aim, and what is added to those of outlets before their time: they rank below all due.
"""

ROUGH_MINUTES = 1e-6
"""A length of a day from rough distances settles a question unless it comes as near as this, far above its error."""


class Knowledge(NamedTuple):
    """The world's columns of the market database, and what the plan of a day needs of the shops and levers."""

    outlet_x_km: Array
    outlet_y_km: Array
    outlet_territory: Array
    outlet_size: Array
    outlet_visit_minutes: Array
    outlet_closed_day: Array
    outlet_advisor: Array
    is_open: Array
    neighbour_outlet: Array
    is_known: Array
    known_size: Array
    known_class: Array
    known_sales_rate: Array
    known_listed: Array
    known_closed: Array
    searched_day: Array
    last_visit_day: Array
    visit_count: Array
    lever_visit_every_days: Array
    lever_outlet_interval: Array


class AdvisorSkills(NamedTuple):
    """The world's columns of our advisors: where their days begin and what they can do, shape (n_advisors,)."""

    advisor_territory: Array
    advisor_x_km: Array
    advisor_y_km: Array
    selling: Array
    service: Array
    coaching: Array
    farmer: Array
    visits_made: Array
    talent: Array
    effort: Array


class DayRules(NamedTuple):
    """The working day: `team.visit`, `team.learning`, `retail.ordering` and `database` of the scenario, and levers.

    Attributes
    ----------
    tasks : minutes of tasks.
    learns : whether skills move.
    minutes_per_km, lever_visit_plan, lever_improve_route, lever_suggested_orders : shape (1,), as the world has them.
    """

    tasks: TaskRules
    minutes_per_day: float
    start_minute: float
    detour_factor: float
    max_calls_per_day: int
    due_share: float
    nearness_km: float
    wright_exponent: float
    wright_floor: float
    wright_unit_visits: float
    skill_per_visit: float
    learns: bool
    expected_lead_days: float
    teaching_gain: float
    discover_radius_km: float
    discover_probability: float
    minutes_per_km: Array
    lever_visit_plan: Array
    lever_improve_route: Array
    lever_suggested_orders: Array


class Candidates(NamedTuple):
    """Scratch for the choice of a day's stops.

    Attributes
    ----------
    score : shape (n_outlets,). By place in the patch.
    stop, value : shape (max_calls_per_day,). Outlets and their worth, most valuable first.
    """

    score: Array
    stop: Array
    value: Array


class Stops(NamedTuple):
    """Position and length of call of a day's stops, shape (n_stops,)."""

    x_km: Array
    y_km: Array
    minutes: Array


@kernel(inline=True)
def visit_interval(known: Knowledge, i: int) -> float:
    """Days that should lie between two visits to an outlet [days]."""
    by_class = known.lever_visit_every_days[known.outlet_territory[i], known.known_class[i]]
    return float(by_class * known.lever_outlet_interval[i])


@kernel(inline=True)
def call_length(known: Knowledge, pace: Pace, i: int) -> float:
    """Length of a call at an outlet, as it is planned and as it will be [minutes]."""
    return float(call_minutes(pace, known.outlet_visit_minutes[i], known.visit_count[i], known.known_listed[i]))


@kernel(inline=True)
def due_score(known: Knowledge, i: int, day: int, rules: DayRules) -> float:
    """How much an outlet wants a visit, NO_AIM while none is due; from the database only.

    The interval alone says whether a visit is due, and the plan how urgent it is then. Where spare time is filled, an
    outlet is an aim before its time, below all that are due.
    """
    elapsed = float(day - known.last_visit_day[i])
    overdue = min(elapsed / visit_interval(known, i), MOST_OVERDUE)
    if overdue < rules.due_share:
        is_early = rules.tasks.on and overdue >= rules.tasks.early_share
        return float(overdue) + EARLY if is_early else NO_AIM
    plan = rules.lever_visit_plan[0]
    if plan == BY_COVERAGE:
        return float(overdue) if elapsed < NEVER_SEEN_DAYS else NEVER_SEEN
    if plan == BY_NEED:
        return float(overdue) * (LEAST_NEED + math.sqrt(known.known_sales_rate[i] + UNSEEN_RATE))
    if plan == BY_HABIT:
        return float(overdue) * math.sqrt(known.known_size[i])
    return float(overdue)


@kernel(inline=True)
def liking(known: Knowledge, i: int, day: int) -> float:
    """How much an advisor who does not keep to the plan wants a visit: large shops, even before their time."""
    overdue = float(day - known.last_visit_day[i]) / visit_interval(known, i)
    return float(min(overdue, 1.0) * math.sqrt(known.known_size[i]))


@kernel()
def choose_stops(
    known: Knowledge,
    rules: DayRules,
    skills: AdvisorSkills,
    a: int,
    patch: Array,
    day: int,
    pace: Pace,
    found: Candidates,
    by_plan: bool,
) -> int:
    """Choose advisor a's due outlets near the most urgent one; write them into `found` and return their number.

    Ties go to the earlier outlet. An outlet that a day does not suffice for is no aim: it would keep the advisor from
    all others.
    """
    score = found.score
    best = -1
    best_score = NO_AIM
    for k in range(patch.shape[0]):
        i = patch[k]
        score[k] = NO_AIM
        if known.is_open[i] and known.is_known[i]:
            score[k] = due_score(known, i, day, rules) if by_plan else liking(known, i, day)
        if score[k] > best_score and _in_reach(known, rules, skills, a, i, pace):
            best = k
            best_score = score[k]
    most = found.stop.shape[0]
    if best < 0 or most == 0:
        return 0
    seed = patch[best]
    n = 0
    for k in range(patch.shape[0]):
        # Nearness only lowers a score, so that most need not be looked at where enough better ones are found.
        if score[k] <= (found.value[n - 1] if n == most else NO_AIM):
            continue
        i = patch[k]
        km = math.hypot(known.outlet_x_km[i] - known.outlet_x_km[seed], known.outlet_y_km[i] - known.outlet_y_km[seed])
        near = 1.0 / (1.0 + km / rules.nearness_km)
        value = score[k] * near if score[k] > 0.0 else (score[k] - EARLY) * near + EARLY
        if (n < most or value > found.value[n - 1]) and _in_reach(known, rules, skills, a, i, pace):
            n = _insert(i, value, n, found)
    return n


@kernel(inline=True)
def _in_reach(known: Knowledge, rules: DayRules, skills: AdvisorSkills, a: int, i: int, pace: Pace) -> bool:
    """Whether a day suffices for a call at this outlet alone."""
    dx = known.outlet_x_km[i] - skills.advisor_x_km[a]
    dy = known.outlet_y_km[i] - skills.advisor_y_km[a]
    call = call_length(known, pace, i)
    rough = call + 2.0 * math.sqrt(dx * dx + dy * dy) * rules.detour_factor * rules.minutes_per_km[0]
    if abs(rough - rules.minutes_per_day) > ROUGH_MINUTES:
        return bool(rough < rules.minutes_per_day)
    exact = call + 2.0 * math.hypot(dx, dy) * rules.detour_factor * rules.minutes_per_km[0]
    return bool(exact <= rules.minutes_per_day)


@kernel(inline=True)
def _insert(i: int, value: float, n: int, found: Candidates) -> int:
    """Put a stop in its place among the n best so far, where the last makes room if need be; returns their number."""
    stops, values = found.stop, found.value
    n = min(n, stops.shape[0] - 1)
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
    n = 1.0 + visits_made / rules.wright_unit_visits
    return float(wright_factor(n, rules.wright_exponent, rules.wright_floor))


@kernel(inline=True)
def advisor_pace(rules: DayRules, skills: AdvisorSkills, a: int) -> Pace:
    """How fast advisor a works."""
    slowness = visit_factor(rules, skills.visits_made[a]) / skills.effort[a]
    proposes = rules.lever_suggested_orders[0]
    selling, service, coaching = skills.selling[a], skills.service[a], skills.coaching[a]
    pace: Pace = pace_of(rules.tasks, selling, service, coaching, proposes, slowness, skills.talent[a])
    return pace


@kernel(allocates=True)
def plan_route(
    known: Knowledge, rules: DayRules, skills: AdvisorSkills, a: int, chosen: Array, pace: Pace, minutes: float
) -> Array:
    """Order advisor a's stops; leave out the least valuable until the minutes suffice.

    Returns
    -------
    Rows in visiting order.
    """
    n = chosen.shape[0]
    stops = Stops(x_km=np.empty(n), y_km=np.empty(n), minutes=np.empty(n))
    for k in range(n):
        stops.x_km[k] = known.outlet_x_km[chosen[k]]
        stops.y_km[k] = known.outlet_y_km[chosen[k]]
        stops.minutes[k] = call_length(known, pace, chosen[k])
    tour = route(stops.x_km, stops.y_km, skills.advisor_x_km[a], skills.advisor_y_km[a], rules.lever_improve_route[0])
    kept = n
    while kept > 0 and _too_long(stops, rules, skills, a, tour, kept, minutes):
        kept -= 1
    rows = np.empty(kept, dtype=np.int64)
    m = 0
    for k in tour:
        if k < kept:
            rows[m] = chosen[k]
            m += 1
    return rows


@kernel(inline=True)
def _km(dx: float, dy: float, exact: bool) -> float:
    """Distance, exact to the last bit or only nearly so but much faster [km]."""
    return math.hypot(dx, dy) if exact else math.sqrt(dx * dx + dy * dy)


@kernel(inline=True)
def _day_minutes(
    stops: Stops, rules: DayRules, skills: AdvisorSkills, a: int, tour: Array, kept: int, exact: bool
) -> float:
    """Travel and calls of a tour that skips all but the `kept` most valuable stops [minutes]."""
    calls = 0.0
    km = 0.0
    x = skills.advisor_x_km[a]
    y = skills.advisor_y_km[a]
    for k in tour:
        if k >= kept:
            continue
        km += _km(stops.x_km[k] - x, stops.y_km[k] - y, exact)
        x = stops.x_km[k]
        y = stops.y_km[k]
        calls += stops.minutes[k]
    km += _km(skills.advisor_x_km[a] - x, skills.advisor_y_km[a] - y, exact)
    return float(calls + km * rules.detour_factor * rules.minutes_per_km[0])


@kernel(inline=True)
def _too_long(
    stops: Stops, rules: DayRules, skills: AdvisorSkills, a: int, tour: Array, kept: int, minutes: float
) -> bool:
    """Whether the minutes do not suffice for a tour that skips all but the `kept` most valuable stops."""
    rough = _day_minutes(stops, rules, skills, a, tour, kept, False)
    if abs(rough - minutes) > ROUGH_MINUTES:
        return bool(rough > minutes)
    return bool(_day_minutes(stops, rules, skills, a, tour, kept, True) > minutes)
