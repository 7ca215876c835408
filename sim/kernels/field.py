"""The field day: advisors on the road, what they do at each call, and what they learn by it; who is in charge where."""

from __future__ import annotations

import math
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.compiled import kernel
from sim.kernels.calls import CallDay, Caller, CallRules, Relations, call, make_contact
from sim.kernels.day_plan import (
    AdvisorSkills,
    Candidates,
    DayRules,
    Knowledge,
    advisor_pace,
    call_length,
    choose_stops,
    plan_route,
    visit_interval,
)
from sim.kernels.ordering import Shelves
from sim.kernels.tasks import Pace, coach
from sim.streams import draw, stream

Array = NDArray[Any]

LEAST_COVER_DAYS: Final = 7
"""A suggested order lasts a week at least, until the next call comes or the shop looks at its shelf (assumption)."""


class FieldDay(NamedTuple):
    """All that a day in the field reads and writes.

    Attributes
    ----------
    key_discovery : draws which unknown outlets are noticed.
    pupil : shape (n_advisors,). Colleague whom each would coach, −1 none.
    by_plan : shape (n_advisors,). Who keeps to the plan today.
    """

    skills: AdvisorSkills
    known: Knowledge
    shelves: Shelves
    relations: Relations
    rules: DayRules
    call_rules: CallRules
    today: CallDay
    key_discovery: np.uint64
    pupil: Array
    by_plan: Array


class DayTotals(NamedTuple):
    """What each advisor did today, shape (n_advisors,): fields of the advisors' panel."""

    calls: Array
    productive_calls: Array
    lines: Array
    order_units: Array
    new_listings: Array
    attempts: Array
    driving_minutes: Array
    visiting_minutes: Array
    idle_minutes: Array
    survey_minutes: Array
    coaching_minutes: Array
    found_outlets: Array
    km: Array
    patch_outlets: Array


class Finds(NamedTuple):
    """Outlets found by survey today, one after another, by whom, shape (n_outlets,); and how many, shape (1,)."""

    outlet: Array
    advisor: Array
    n: Array


class CallLog(NamedTuple):
    """The day's calls of all advisors, one after another, shape (capacity,): fields of the table of visits."""

    advisor: Array
    stop: Array
    outlet: Array
    arrive_minute: Array
    leave_minute: Array
    order_units: Array
    lines: Array
    listings: Array


@kernel(inline=True)
def note_visit(known: Knowledge, shelves: Shelves, i: int, day: int, key_discovery: np.uint64, rules: DayRules) -> None:
    """Write what the advisor saw into the database, and what was noticed nearby."""
    known.last_visit_day[i] = day
    known.visit_count[i] += 1
    known.known_size[i] = math.sqrt(known.known_size[i] * known.outlet_size[i])
    rate = 0.0
    listed = 0
    for p in range(shelves.product_company.shape[0]):
        if shelves.product_company[p] == 0 and shelves.is_listed[i, p]:
            rate += shelves.sales_rate[i, p]
            listed += 1
    known.known_sales_rate[i] = rate
    known.known_listed[i] = listed
    for m in range(known.neighbour_outlet.shape[1]):
        other = known.neighbour_outlet[i, m]
        if other < 0:
            break
        if known.is_known[other] or not known.is_open[other]:
            continue
        km = math.hypot(
            known.outlet_x_km[other] - known.outlet_x_km[i], known.outlet_y_km[other] - known.outlet_y_km[i]
        )
        if km > rules.discover_radius_km:
            continue
        if draw(stream(key_discovery, shelves.outlet_slot[other]), 0) < rules.discover_probability:
            known.is_known[other] = True


@kernel()
def make_calls(
    field: FieldDay, a: int, caller: Caller, pace: Pace, chosen: Array, totals: DayTotals, log: CallLog, first: int
) -> None:
    """One advisor's day on the road.

    Parameters
    ----------
    a : the advisor's row.
    chosen : shape (n_calls,). Outlets in visiting order.
    first : place of the first call in the log.
    """
    known, skills, shelves, rules, today = field.known, field.skills, field.shelves, field.rules, field.today
    minutes_per_km = rules.minutes_per_km[0]
    clock = float(rules.start_minute)
    x = skills.advisor_x_km[a]
    y = skills.advisor_y_km[a]
    for k in range(chosen.shape[0]):
        i = chosen[k]
        km = math.hypot(known.outlet_x_km[i] - x, known.outlet_y_km[i] - y) * rules.detour_factor
        x = known.outlet_x_km[i]
        y = known.outlet_y_km[i]
        totals.km[a] += km
        totals.driving_minutes[a] += km * minutes_per_km
        clock += km * minutes_per_km
        length = call_length(known, pace, i)
        own_review = float(max(shelves.outlet_review_days[i], LEAST_COVER_DAYS))
        cover = min(visit_interval(known, i), own_review) + rules.expected_lead_days
        units, lines, attempts, won = call(
            shelves, field.relations, field.call_rules, today, caller, i, known.visit_count[i], cover
        )
        shelves.taught[i] += rules.teaching_gain * skills.coaching[a] * (1.0 - shelves.taught[i])
        note_visit(known, shelves, i, today.day, field.key_discovery, rules)
        m = first + k
        log.advisor[m] = a
        log.stop[m] = k + 1
        log.outlet[m] = i
        log.arrive_minute[m] = clock
        clock += length
        log.leave_minute[m] = clock
        log.order_units[m] = units
        log.lines[m] = lines
        log.listings[m] = won
        totals.calls[a] += 1
        totals.productive_calls[a] += 1 if units > 0 else 0
        totals.lines[a] += lines
        totals.order_units[a] += units
        totals.attempts[a] += attempts
        totals.new_listings[a] += won
        totals.visiting_minutes[a] += length
    km = math.hypot(skills.advisor_x_km[a] - x, skills.advisor_y_km[a] - y) * rules.detour_factor
    totals.km[a] += km
    totals.driving_minutes[a] += km * minutes_per_km
    spare = rules.minutes_per_day - totals.driving_minutes[a] - totals.visiting_minutes[a]
    totals.idle_minutes[a] = max(0.0, spare)


@kernel(inline=True)
def may_be_searched(known: Knowledge, i: int, day: int, again_days: int) -> bool:
    """Whether nobody has looked round the neighbourhood of an outlet for long."""
    return bool(day - known.searched_day[i] >= again_days)


@kernel()
def survey(field: FieldDay, a: int, caller: Caller, pace: Pace, chosen: Array, totals: DayTotals, finds: Finds) -> None:
    """Look for unknown outlets round the stops of the tour, as far as idle minutes go.

    Looking round takes its time whether or not anything is there; a neighbourhood that was not finished is begun anew.
    What is found is known as after a call: it gets a contact, and teaches who found it like a call.
    """
    known, rules, tasks, day = field.known, field.rules, field.rules.tasks, field.today.day
    for k in range(chosen.shape[0]):
        i = chosen[k]
        if not may_be_searched(known, i, day, tasks.search_again_days):
            continue
        minutes = tasks.search_minutes * pace.other
        if minutes > totals.idle_minutes[a]:
            return
        spend(totals.survey_minutes, totals.idle_minutes, a, minutes)
        for m in range(known.neighbour_outlet.shape[1]):
            other = known.neighbour_outlet[i, m]
            if other < 0:
                break
            dx = known.outlet_x_km[other] - known.outlet_x_km[i]
            dy = known.outlet_y_km[other] - known.outlet_y_km[i]
            km = math.hypot(dx, dy)
            if known.is_known[other] or not known.is_open[other] or km > tasks.search_radius_km:
                continue
            way = 2.0 * km * rules.detour_factor * rules.minutes_per_km[0]
            minutes = tasks.found_minutes * pace.other + way
            if minutes > totals.idle_minutes[a]:
                return
            spend(totals.survey_minutes, totals.idle_minutes, a, minutes)
            known.is_known[other] = True
            make_contact(field.relations, field.call_rules, other, caller)
            note_visit(known, field.shelves, other, day, field.key_discovery, rules)
            totals.found_outlets[a] += 1
            finds.outlet[finds.n[0]] = other
            finds.advisor[finds.n[0]] = a
            finds.n[0] += 1
        known.searched_day[i] = day


@kernel(inline=True)
def spend(on: Array, idle: Array, a: int, minutes: float) -> None:
    """Put some of advisor a's idle minutes to use."""
    on[a] += minutes
    idle[a] -= minutes


@kernel(inline=True)
def coach_colleague(field: FieldDay, a: int, totals: DayTotals) -> None:
    """Coach a colleague for the minutes that are set aside, as far as they are left."""
    skills, tasks, pupil = field.skills, field.rules.tasks, field.pupil[a]
    if pupil < 0:
        return
    minutes = min(tasks.lever_coaching_minutes[0], totals.idle_minutes[a])
    spend(totals.coaching_minutes, totals.idle_minutes, a, minutes)
    if field.rules.learns:
        share = 1.0 - (1.0 - tasks.coaching_gain_per_hour * skills.coaching[a]) ** (minutes / 60.0)
        coach(skills.selling, a, pupil, share)
        coach(skills.service, a, pupil, share)
        coach(skills.coaching, a, pupil, share)


@kernel(inline=True)
def set_aside(field: FieldDay, a: int, pace: Pace, stops: Array) -> float:
    """Minutes of the day kept for survey, where there is anything to search near the stops, and for coaching."""
    tasks = field.rules.tasks
    if not tasks.on:
        return 0.0
    there = 0
    for i in stops:
        there += may_be_searched(field.known, i, field.today.day, tasks.search_again_days)
    wanted = tasks.lever_survey_minutes[field.skills.advisor_territory[a]]
    survey_minutes = min(wanted, there * tasks.search_minutes * pace.other)
    return float(survey_minutes + (tasks.lever_coaching_minutes[0] if field.pupil[a] >= 0 else 0.0))


@kernel(inline=True)
def practise(skills: AdvisorSkills, a: int, calls: int, rules: DayRules) -> None:
    """Every call adds a little to every skill."""
    skills.visits_made[a] += calls
    if not rules.learns:
        return
    keep = (1.0 - rules.skill_per_visit) ** float(calls)
    skills.selling[a] = 1.0 - (1.0 - skills.selling[a]) * keep
    skills.service[a] = 1.0 - (1.0 - skills.service[a]) * keep
    skills.coaching[a] = 1.0 - (1.0 - skills.coaching[a]) * keep


@kernel()
def fill_spare_time(
    field: FieldDay, a: int, caller: Caller, pace: Pace, tour: Array, totals: DayTotals, finds: Finds
) -> None:
    """Put minutes that the tour leaves into survey, and what is set aside for it into coaching."""
    aside = field.rules.tasks.lever_coaching_minutes[0] if field.pupil[a] >= 0 else 0.0
    aside = min(aside, totals.idle_minutes[a])
    totals.idle_minutes[a] -= aside
    survey(field, a, caller, pace, tour, totals, finds)
    totals.idle_minutes[a] += aside
    coach_colleague(field, a, totals)


@kernel(allocates=True)
def work_teams(field: FieldDay, advisors: Array, totals: DayTotals, log: CallLog, finds: Finds) -> int:
    """The day of all advisors at work, one after another; returns the number of their calls.

    Parameters
    ----------
    advisors : shape (n_at_work,). Their rows.
    totals : zeros, written.
    log : room for the most calls of each of them, written.
    finds : room for every outlet, written.
    """
    known, skills, rules = field.known, field.skills, field.rules
    home = np.full(skills.advisor_territory.shape[0], -1)
    for a in advisors:
        home[a] = skills.advisor_territory[a]
    first = np.zeros(home.shape[0] + 1, dtype=np.int64)
    rows = np.empty(known.outlet_advisor.shape[0], dtype=np.int64)
    hand_out(home, known.outlet_advisor, known.outlet_territory, first, rows)
    most = rules.max_calls_per_day
    found = Candidates(score=np.empty(rows.shape[0]), stop=np.empty(most, dtype=np.int64), value=np.empty(most))
    # A plain 0 is a type of its own, for which the whole day would be compiled once more.
    made = np.int64(0)
    for a in advisors:
        patch = rows[first[a] : first[a + 1]]
        totals.patch_outlets[a] = patch.shape[0]
        totals.idle_minutes[a] = rules.minutes_per_day
        pace = advisor_pace(rules, skills, a)
        n = choose_stops(known, rules, skills, a, patch, field.today.day, pace, found, field.by_plan[a])
        caller = Caller(
            company=0,
            selling=skills.selling[a],
            service=skills.service[a],
            farmer=skills.farmer[a],
            proposes=rules.lever_suggested_orders[0],
        )
        if n > 0:
            stops = found.stop[:n]
            minutes = rules.minutes_per_day - set_aside(field, a, pace, stops)
            tour = plan_route(known, rules, skills, a, stops, pace, minutes)
            make_calls(field, a, caller, pace, tour, totals, log, made)
            if rules.tasks.on:
                fill_spare_time(field, a, caller, pace, tour, totals, finds)
        elif rules.tasks.on:
            coach_colleague(field, a, totals)
        calls = int(totals.calls[a])
        made += calls
        practise(skills, a, calls + int(totals.found_outlets[a]), rules)
    return int(made)


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
