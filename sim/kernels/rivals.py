"""A rival's field day: calls spread over its outlets by size, through the same code as our advisors' calls."""

from __future__ import annotations

import math

from sim.compiled import kernel
from sim.kernels.calls import call
from sim.streams import draw, stream

VISITS_BEFORE = 5


@kernel()
def size_pull(size, focus, pull):  # type: ignore[no-untyped-def]
    """Write size^focus of every outlet, shape (n_outlets,)."""
    for i in range(size.shape[0]):
        pull[i] = math.exp(focus * math.log(size[i]))


@kernel()
def call_weights(is_open, territory, pull, distributor, c, total, weight):  # type: ignore[no-untyped-def]
    """Write the pull of the outlets that company c serves, and its sum by territory."""
    for i in range(is_open.shape[0]):
        weight[i] = 0.0
        if is_open[i] and distributor[i, c] >= 0:
            weight[i] = pull[i]
            total[territory[i]] += weight[i]


@kernel()
def rival_day(c, company_slot, calls, weight, total, skill, farmer, shelves, ties, rules, keys, key_call, focus, cover_days, day, ordered, lines, won):  # type: ignore[no-untyped-def]
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
