"""A rival's field day: calls spread over its outlets by size, through the same code as our advisors' calls."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

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


class Forces(NamedTuple):
    """The rivals' field forces; the first rival is company 1.

    Attributes
    ----------
    slot : shape (n_companies,).
    calls : shape (n_companies, n_territories). Calls a day.
    pull : shape (n_rivals, n_outlets). From `size_pull`.
    skill : shape (n_rivals,).
    keys : shape (n_rivals, 3). Each rival's `CallKeys`.
    """

    slot: Array
    calls: Array
    pull: Array
    skill: Array
    keys: Array


@kernel(inline=True)
def _weigh(shelves: Shelves, pull: Array, c: int, total: Array, weight: Array) -> None:
    """Write the pull of the open outlets that company c serves, and its sum by territory."""
    total[:] = 0.0
    for i in range(weight.shape[0]):
        weight[i] = 0.0
        if shelves.is_open[i] and shelves.distributor[i, c] >= 0:
            weight[i] = pull[i]
            total[shelves.territory[i]] += weight[i]


@kernel()
def rival_days(
    forces: Forces,
    farmer: float,
    shelves: Shelves,
    ties: Ties,
    rules: CallRules,
    key_call: np.uint64,
    focus: Array,
    cover_days: float,
    day: int,
    ordered: Array,
    won: Array,
    total: Array,
    weight: Array,
    made: Array,
) -> None:
    """Make the day's calls of all rivals, one after another.

    Parameters
    ----------
    total : shape (n_territories,), weight : shape (n_outlets,). Scratch.
    made : shape (n_rivals,), written. Calls.
    """
    for r in range(made.shape[0]):
        c = r + 1
        skill = forces.skill[r]
        keys = CallKeys(forces.keys[r, 0], forces.keys[r, 1], forces.keys[r, 2])
        made[r] = 0
        _weigh(shelves, forces.pull[r], c, total, weight)
        for i in range(weight.shape[0]):
            t = ties.territory[i]
            if weight[i] <= 0.0 or forces.calls[c, t] <= 0.0:
                continue
            chance = min(0.5, forces.calls[c, t] * weight[i] / total[t])
            if draw(stream(key_call, shelves.slot[i] ^ forces.slot[c]), 0) >= chance:
                continue
            call(
                shelves, ties, rules, keys, i, c, skill, skill, farmer, VISITS_BEFORE, focus, cover_days, False, day,
                ordered, won,
            )  # fmt: skip
            made[r] += 1
