"""The age of goods on their way from the factory to the warehouses: mean days on which they were made.

See `sim.kernels.freshness` for the law, and for outlets.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.world.world import World

Array = NDArray[Any]


def mix(born: Array, stock: Array, incoming: Array, born_of_incoming: Array | int) -> None:
    """Let goods join a stock, which holds them already; shapes alike. [days], [units]."""
    share = incoming / np.maximum(stock, 1)
    born += share * (born_of_incoming - born)


def make_goods(world: World, made: Array, day: int) -> None:
    """Goods made today, shape (n_products,), join the finished stock."""
    mix(world.factory_born_day, world.factory_stock_units, made, day)


def load_goods(world: World, loaded: Array, slot: Array) -> None:
    """Goods loaded for distributors, shape (n_distributors, n_products), join what arrives on the same days."""
    k = np.arange(loaded.shape[0])
    born = world.transit_born_day[slot, k]
    mix(born, world.transit_units[slot, k], loaded, np.broadcast_to(world.factory_born_day, loaded.shape))
    world.transit_born_day[slot, k] = born


def unload_goods(world: World, units: Array, slot: int) -> None:
    """Goods that arrived, shape (n_distributors, n_products), join the warehouses."""
    mix(world.distributor_born_day, world.distributor_stock_units, units, world.transit_born_day[slot])


def expire_at_distributors(world: World, day: int, life: float) -> Array:
    """Return what has expired, shape (n_distributors, n_products), and leave the rest as old as allowed. [units]."""
    age = np.maximum(day - world.distributor_born_day, life)
    expired: Array = np.ceil(world.distributor_stock_units * (1.0 - life / age) - 1e-9).astype(np.int64)
    world.distributor_born_day[expired > 0] = day - life
    return expired
