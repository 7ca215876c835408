"""The tracked panel: households with purchase rates, home stores and a segment, among the shoppers of their outlets."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv

from sim.streams import DecisionPoint, key_of, slot_of, uniforms
from sim.world.world import World

Array = NDArray[Any]


class Households(NamedTuple):
    """Panel members by outlet.

    Attributes
    ----------
    outlet : shape (n_watched,). Outlets where members shop.
    first : shape (n_watched + 1,). Where each outlet's members begin.
    household : shape (n_entries,). Member.
    segment : shape (n_entries,). Its segment.
    rate : shape (n_entries,). Its purchases a day at this outlet. [1/day]
    """

    outlet: Array
    first: Array
    household: Array
    segment: Array
    rate: Array


def draw_households(world: World) -> Households:
    """Draw the panel of a scenario; keyed by household, the same in every replication."""
    spec = world.scenario.consumers.panel
    n = spec.households
    slots = np.array([slot_of(f"household {h}") for h in range(n)], dtype=np.uint64)
    key = np.uint64(key_of(world.scenario.seed, 0, DecisionPoint.BUILD_HOUSEHOLD, 0))
    rate = gammaincinv(spec.rate_shape, uniforms(key, slots, 0)) / spec.rate_shape * spec.trips_per_week / 7.0
    weight = np.cumsum(world.outlet_size * world.is_open)
    home = np.searchsorted(weight, uniforms(key, slots, 1) * weight[-1], side="right")
    mix = np.cumsum(world.outlet_mix[home], axis=1)
    segment = (uniforms(key, slots, 2)[:, None] >= mix[:, :-1]).sum(axis=1)
    outlets, members, rates = [home], [np.arange(n)], [rate * spec.main_store_share]
    others = world.neighbour_outlet[home][:, : spec.other_stores]
    count = (others >= 0).sum(axis=1)
    for k in range(others.shape[1]):
        has = others[:, k] >= 0
        outlets.append(others[has, k])
        members.append(np.flatnonzero(has))
        rates.append(rate[has] * (1.0 - spec.main_store_share) / count[has])
    return _by_outlet(np.concatenate(outlets), np.concatenate(members), np.concatenate(rates), segment)


def _by_outlet(outlet: Array, member: Array, rate: Array, segment: Array) -> Households:
    order = np.lexsort((member, outlet))
    watched, first = np.unique(outlet[order], return_index=True)
    return Households(
        watched.astype(np.int64),
        np.append(first, outlet.shape[0]).astype(np.int64),
        member[order].astype(np.int64),
        segment[member[order]].astype(np.int64),
        rate[order],
    )
