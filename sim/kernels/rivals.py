"""A rival's field day: calls spread over its outlets by size, through the same code as our advisors' calls."""

from __future__ import annotations

import math
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.compiled import kernel
from sim.kernels.calls import CallDay, Caller, CallRules, Relations, call
from sim.kernels.ordering import Shelves
from sim.streams import draw, stream

Array = NDArray[Any]

VISITS_BEFORE: Final = 5
"""Calls that a rival's salesperson has made at any shop before, for the error of the estimates (assumption)."""

LIKELIEST_CALL: Final = 0.5
"""Nobody calls on the largest shop more often than every other day (assumption)."""


@kernel()
def size_pull(size: Array, focus: float, pull: Array) -> None:
    """Write size^focus of every outlet, shape (n_outlets,)."""
    for i in range(size.shape[0]):
        pull[i] = math.exp(focus * math.log(size[i]))


class Forces(NamedTuple):
    """The rivals' field forces; the first rival is company 1.

    Attributes
    ----------
    company_slot, rival_calls_per_day : the world's columns.
    pull : shape (n_rivals, n_outlets). From `size_pull`.
    field_skill, field_farmer, field_cover_days : shape (n_rivals,). As in the scenario.
    order, estimate, sell_in, displacement : shape (n_companies,). Keys of each company's `CallDay`, new every day.
    focus : shape (n_products,). Ones: rivals have no preferences among their products.
    total, weight : shape (n_territories,) and (n_outlets,). Scratch.
    """

    company_slot: Array
    rival_calls_per_day: Array
    pull: Array
    field_skill: Array
    field_farmer: Array
    field_cover_days: Array
    order: Array
    estimate: Array
    sell_in: Array
    displacement: Array
    focus: Array
    total: Array
    weight: Array


@kernel(inline=True)
def _weigh(shelves: Shelves, pull: Array, c: int, total: Array, weight: Array) -> None:
    """Write the pull of the open outlets that company c serves, and its sum by territory."""
    total[:] = 0.0
    for i in range(weight.shape[0]):
        weight[i] = 0.0
        if shelves.is_open[i] and shelves.outlet_distributor[i, c] >= 0:
            weight[i] = pull[i]
            total[shelves.outlet_territory[i]] += weight[i]


@kernel()
def rival_days(
    forces: Forces, shelves: Shelves, relations: Relations, rules: CallRules, day: int, key_call: np.uint64, made: Array
) -> None:
    """Make the day's calls of all rivals, one after another; `made`, shape (n_rivals,), is written: calls."""
    weight, total = forces.weight, forces.total
    for r in range(made.shape[0]):
        c = r + 1
        skill = forces.field_skill[r]
        caller = Caller(company=c, selling=skill, service=skill, farmer=forces.field_farmer[r], proposes=True)
        today = CallDay(
            day=day,
            order=forces.order[c],
            estimate=forces.estimate[c],
            sell_in=forces.sell_in[c],
            displacement=forces.displacement[c],
            focus=forces.focus,
        )
        made[r] = 0
        _weigh(shelves, forces.pull[r], c, total, weight)
        for i in range(weight.shape[0]):
            t = shelves.outlet_territory[i]
            calls = forces.rival_calls_per_day[c, t]
            if weight[i] <= 0.0 or calls <= 0.0:
                continue
            chance = min(LIKELIEST_CALL, calls * weight[i] / total[t])
            if draw(stream(key_call, shelves.outlet_slot[i] ^ forces.company_slot[c]), 0) >= chance:
                continue
            call(shelves, relations, rules, today, caller, i, VISITS_BEFORE, forces.field_cover_days[r])
            made[r] += 1
