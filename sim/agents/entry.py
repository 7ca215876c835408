"""Newcomers: rivals that are not in the market yet, and come where nobody holds the shops."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.agents.base import MONTHS_OF_A_YEAR, Context, Day
from sim.scenario.schema.rivalry import EntrySpec
from sim.streams import DecisionPoint, uniform

Array = NDArray[Any]


def entry_chance(spec: EntrySpec, held: float) -> float:
    """Return the chance that a newcomer enters a territory within a month.

    1 − (1 − p)^(exp(−barrier · held)/12), p the chance a year where nobody holds the shops.

    Parameters
    ----------
    held : mean over the shops, by size, of the best relation that any company has there, in [0, 1].
    """
    return float(1.0 - (1.0 - spec.probability_per_year) ** (math.exp(-spec.barrier * held) / MONTHS_OF_A_YEAR))


def relations_held(context: Context, c: int) -> Array:
    """Return the shops' mean best relation with any company but c, by size, shape (n_territories,)."""
    world = context.world
    size = world.outlet_size * world.is_open
    best = np.delete(world.relation, c, axis=1).max(axis=1)
    n = world.sizes["territory"]
    total = np.bincount(world.outlet_territory, weights=size, minlength=n)
    held: Array = np.bincount(world.outlet_territory, weights=size * best, minlength=n) / np.maximum(total, 1e-12)
    return held


def entered(context: Context, day: Day, c: int, spec: EntrySpec) -> Array:
    """Return the rows of the territories that a newcomer enters today, of those where it is not yet."""
    world = context.world
    key = context.key(DecisionPoint.ENTRY, day.index)
    outside = np.flatnonzero((world.withdrawn_day[c] >= 0) & (world.opening_revenue[c] < 0.0))
    if _is_due(spec.first_date, day):
        return outside
    held = relations_held(context, c)
    comes = [
        float(uniform(key, world.company_slot[c] ^ world.territory_slot[t], 0)) < entry_chance(spec, float(held[t]))
        for t in outside
    ]
    rows: Array = outside[np.array(comes, dtype=np.bool_)]
    return rows


def _is_due(first: date | None, day: Day) -> bool:
    return first is not None and day.when >= first


def launch(context: Context, c: int, t: int, goodwill: float) -> None:
    """A newcomer's products are on the market from now on, and its brands as well known there as it states."""
    world = context.world
    mine = world.product_company == c
    world.launched[mine] = True
    if not context.scenario.mechanisms.diffusion:
        world.trial[t, mine] = 1.0
    world.goodwill[t, world.brand_company == c] = goodwill
