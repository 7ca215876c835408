"""A day of the distributors' own salesmen: calls spread over their lists, through the same code as all calls."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.compiled import kernel
from sim.kernels.calls import CallDay, Caller, CallRules, Relations, call
from sim.kernels.ordering import Shelves
from sim.kernels.rivals import LIKELIEST_CALL, VISITS_BEFORE
from sim.streams import draw, stream

Array = NDArray[Any]


class Crews(NamedTuple):
    """The distributors' salesmen, as far as they work for the company whose goods they bring.

    Attributes
    ----------
    company_slot, distributor_slot, distributor_capability, distributor_attention, is_contracted : the world's columns;
        capability is their skill.
    outlets_per_person, calls_per_day : outlets on the list for each salesman, and a salesman's calls.
    pull : shape (n_outlets,). What draws calls: size^focus.
    orientation, cover_days : orientation, and the days of sales that an order covers.
    order, estimate, sell_in, displacement : shape (n_companies,). Keys of each company's `CallDay`, new every day.
    focus : shape (n_products,). Ones: they have no preferences among a company's products.
    calls, total : shape (n_distributors,). Scratch: calls for the company, and the pull of the whole list. [calls/day]
    """

    company_slot: Array
    distributor_slot: Array
    distributor_capability: Array
    distributor_attention: Array
    is_contracted: Array
    outlets_per_person: float
    calls_per_day: float
    pull: Array
    orientation: float
    cover_days: float
    order: Array
    estimate: Array
    sell_in: Array
    displacement: Array
    focus: Array
    calls: Array
    total: Array


@kernel(inline=True)
def plan_calls(crews: Crews, shelves: Shelves) -> None:
    """Count the open outlets of each list and their pull, and write how many calls are made for the company."""
    crews.total[:] = 0.0
    crews.calls[:] = 0.0
    served = shelves.outlet_distributor
    for i in range(served.shape[0]):
        if shelves.is_open[i]:
            for c in range(served.shape[1]):
                if served[i, c] >= 0:
                    crews.calls[served[i, c]] += 1.0
                    crews.total[served[i, c]] += crews.pull[i]
    for k in range(crews.calls.shape[0]):
        crews.calls[k] = crews.calls[k] / crews.outlets_per_person * crews.calls_per_day
        crews.calls[k] *= crews.distributor_attention[k] if crews.is_contracted[k] else 0.0


@kernel()
def salesmen_days(
    crews: Crews, shelves: Shelves, relations: Relations, rules: CallRules, day: int, key_call: np.uint64, made: Array
) -> None:
    """Make the day's calls of all distributors' salesmen; `made`, shape (n_distributors,), is written: calls.

    The tie that such a call makes is with the company, and does not hang on our advisor.
    """
    made[:] = 0
    plan_calls(crews, shelves)
    served = shelves.outlet_distributor
    for i in range(served.shape[0]):
        if not shelves.is_open[i]:
            continue
        for c in range(served.shape[1]):
            k = served[i, c]
            if k < 0 or crews.calls[k] <= 0.0:
                continue
            chance = min(LIKELIEST_CALL, crews.calls[k] * crews.pull[i] / crews.total[k])
            if draw(stream(key_call, shelves.outlet_slot[i] ^ crews.distributor_slot[k]), 0) >= chance:
                continue
            skill = crews.distributor_capability[k]
            caller = Caller(company=c, selling=skill, service=skill, farmer=crews.orientation, proposes=True)
            today = CallDay(
                day=day,
                order=crews.order[c],
                estimate=crews.estimate[c],
                sell_in=crews.sell_in[c],
                displacement=crews.displacement[c],
                focus=crews.focus,
            )
            tie = relations.personal_tie[i]
            call(shelves, relations, rules, today, caller, i, VISITS_BEFORE, crews.cover_days)
            relations.personal_tie[i] = tie
            made[k] += 1
            # The listings that they win for rivals are no events of ours.
            for p in range(shelves.product_company.shape[0]):
                shelves.won[i, p] &= shelves.product_company[p] == 0
