"""A rival's field day: calls spread over its outlets by size, through the same code as our advisors' calls."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.compiled import kernel
from sim.kernels.calls import CallKeys, CallRules, Ties, call
from sim.kernels.ordering import Shelves
from sim.streams import draw, stream

Array = NDArray[Any]

VISITS_BEFORE = 5


@kernel()
def size_pull(size: Array, focus: float, pull: Array) -> None:
    """Write size^focus of every outlet, shape (n_outlets,)."""
    for i in range(size.shape[0]):
        pull[i] = math.exp(focus * math.log(size[i]))


@kernel()
def call_weights(
    is_open: Array, territory: Array, pull: Array, distributor: Array, c: int, total: Array, weight: Array
) -> None:
    """Write the pull of the outlets that company c serves, and its sum by territory."""
    for i in range(is_open.shape[0]):
        weight[i] = 0.0
        if is_open[i] and distributor[i, c] >= 0:
            weight[i] = pull[i]
            total[territory[i]] += weight[i]


@kernel()
def rival_day(
    c: int,
    company_slot: np.uint64,
    calls: Array,
    weight: Array,
    total: Array,
    skill: float,
    farmer: float,
    shelves: Shelves,
    ties: Ties,
    rules: CallRules,
    keys: CallKeys,
    key_call: np.uint64,
    focus: Array,
    cover_days: float,
    day: int,
    ordered: Array,
    lines: Array,
    won: Array,
) -> int:
    """Make the day's calls of one rival; returns their number.

    Parameters
    ----------
    calls : shape (n_territories,). Calls a day.
    weight : shape (n_outlets,), total : shape (n_territories,). From `call_weights`.
    """
    made = 0
    for i in range(weight.shape[0]):
        t = ties.territory[i]
        if weight[i] <= 0.0 or calls[t] <= 0.0:
            continue
        chance = min(0.5, calls[t] * weight[i] / total[t])
        if draw(stream(key_call, shelves.slot[i] ^ company_slot), 0) >= chance:
            continue
        call(
            shelves, ties, rules, keys, i, c, skill, skill, farmer, VISITS_BEFORE, focus, cover_days, False, day,
            ordered, lines, won,
        )  # fmt: skip
        made += 1
    return made
