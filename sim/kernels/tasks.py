"""Minutes of tasks: how long a call takes whom and where, and what spare time goes into: survey and coaching."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from numpy.typing import NDArray

from sim.compiled import kernel

Array = NDArray[Any]


class TaskRules(NamedTuple):
    """`team.tasks` of the scenario, and levers.

    Attributes
    ----------
    on : whether tasks take minutes; off, a call is a call.
    to_sell : our products on the market that advisors are to sell.
    lever_survey_minutes : shape (n_territories,); `lever_coaching_minutes` : shape (1,). [minutes/day]
    """

    on: bool
    to_sell: int
    stock_share: float
    order_share: float
    shelf_share: float
    listing_share: float
    data_share: float
    coach_share: float
    usual_skill: float
    skill_pace: float
    early_share: float
    search_minutes: float
    found_minutes: float
    search_radius_km: float
    search_again_days: int
    coaching_gain_per_hour: float
    lever_survey_minutes: Array
    lever_coaching_minutes: Array


class Pace(NamedTuple):
    """Length of an advisor's calls as parts of an outlet's `visit_minutes`.

    Attributes
    ----------
    any_call : of what is done at every call.
    all_lines : of what is done for each product listed, were all of them.
    listing : of negotiating a listing, where a product is missing.
    other : factor on the minutes of whatever else an advisor does.
    """

    any_call: float
    all_lines: float
    listing: float
    other: float
    to_sell: int


@kernel(inline=True)
def _slow(skill: float, tasks: TaskRules) -> float:
    """Minutes of a task against those at the usual skill: exp(−pace · (skill − usual))."""
    return math.exp(-tasks.skill_pace * (skill - tasks.usual_skill))


@kernel(inline=True)
def pace_of(
    tasks: TaskRules, selling: float, service: float, coaching: float, proposes: bool, slowness: float, talent: float
) -> Pace:
    """How fast somebody works.

    Parameters
    ----------
    proposes : whether orders are suggested at calls.
    slowness : minutes against a first call: what the learning curve and effort make of them.
    talent : work in the same time against the mean person.
    """
    if not tasks.on:
        return Pace(any_call=slowness, all_lines=0.0, listing=0.0, other=slowness, to_sell=1)
    slowness /= talent
    order = tasks.order_share if proposes else 0.0
    return Pace(
        any_call=slowness * (tasks.data_share + tasks.coach_share * _slow(coaching, tasks)),
        all_lines=slowness * (tasks.stock_share + order + tasks.shelf_share) * _slow(service, tasks),
        listing=slowness * tasks.listing_share * _slow(selling, tasks),
        other=slowness,
        to_sell=max(tasks.to_sell, 1),
    )


@kernel(inline=True)
def call_minutes(pace: Pace, visit_minutes: float, calls_before: int, listed: int) -> float:
    """Length of a call [minutes].

    Parameters
    ----------
    calls_before : at a first call, everything is to be done.
    listed : our products on the shelf list as last seen.
    """
    if calls_before == 0:
        return visit_minutes * (pace.any_call + pace.all_lines + pace.listing)
    part = pace.any_call + pace.all_lines * min(1.0, listed / pace.to_sell)
    if listed < pace.to_sell:
        part += pace.listing
    return visit_minutes * part


@kernel(inline=True)
def coach(skill: Array, a: int, pupil: int, share: float) -> None:
    """Move a colleague's skill toward that of the advisor who coaches, if it is lower."""
    skill[pupil] += share * max(0.0, skill[a] - skill[pupil])
