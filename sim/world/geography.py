"""Who is near whom: territories, stores of the same neighbourhood, outlets and their distributors."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from sim.compiled import kernel
from sim.scenario import geography
from sim.scenario.schema.consumers import HuffSpec
from sim.streams import DecisionPoint, key_of, uniforms
from sim.world.bundles import bundle
from sim.world.ground import open_ground, serves
from sim.world.world import World

if TYPE_CHECKING:
    from sim.world.setup.companies import Distributor
    from sim.world.setup.places import Territory

Array = NDArray[Any]

CANDIDATES = 2
"""So many times the number of neighbours are known by name, for the days on which some of them are not open."""


def adjacency(world: World, territories: Sequence[Territory]) -> None:
    """Fill distances between territories and which of them are neighbours."""
    x, y = world.territory_x_km, world.territory_y_km
    distance = np.hypot(x[:, None] - x[None, :], y[:, None] - y[None, :])
    world.fill("distance_km", distance)
    near = geography.adjacency([t.area for t in territories], world.scenario.territories.adjacency_gap_km)
    row = {t.id: k for k, t in enumerate(territories)}
    for k, territory in enumerate(territories):
        if territory.spec.adjacent is not None:
            near[k, :] = False
            near[:, k] = False
    for k, territory in enumerate(territories):
        for other in territory.spec.adjacent or ():
            near[k, row[other]] = near[row[other], k] = True
    world.fill("adjacent", near)


def huff_neighbours(world: World) -> None:
    """Fill each outlet's nearest outlets with their Huff weights (size^α · distance^−λ), and choose among the open."""
    huff = world.scenario.consumers.huff
    world.fill("near_outlet", -1)
    world.fill("neighbour_outlet", -1)
    n = world.near_outlet.shape[1]
    if n == 0 or world.n_outlets < 2:
        return
    points = np.column_stack([world.outlet_x_km, world.outlet_y_km])
    distance, other = cKDTree(points).query(points, k=min(n + 1, world.n_outlets), distance_upper_bound=huff.radius_km)
    rows = np.arange(world.n_outlets)[:, None]
    valid = np.isfinite(distance) & (other != rows)
    size = world.outlet_size[np.where(valid, other, 0)]
    weight = np.where(valid, huff_weights(huff, size, np.where(valid, distance, 1.0)), 0.0)
    order = np.argsort(~valid, axis=1, kind="stable")[:, :n]
    width = order.shape[1]
    world.near_weight[:, :width] = np.take_along_axis(weight, order, axis=1)
    found = np.take_along_axis(valid, order, axis=1)
    world.near_outlet[:, :width] = np.where(found, np.take_along_axis(other, order, axis=1), -1)
    renew_neighbours(world, np.ones(world.n_outlets, dtype=np.bool_))


def huff_weights(huff: HuffSpec, size: Array, distance_km: Array) -> Array:
    """Return what draws shoppers to stores: size^α · distance^−λ, or size^α · exp(−λ · distance) (Huff 1963)."""
    d = np.maximum(distance_km, huff.minimum_distance_km)
    decay = d**-huff.distance_exponent if huff.decay == "power" else np.exp(-huff.distance_exponent * d)
    weights: Array = size**huff.size_exponent * decay
    return weights


class Neighbours(NamedTuple):
    """Columns of the world: who is near each outlet, who of them is open, and whom it has as neighbours today."""

    near_outlet: Array
    near_weight: Array
    is_open: Array
    neighbour_outlet: Array
    neighbour_cumulative: Array


def renew_neighbours(world: World, changed: Array) -> None:
    """Choose neighbours again where an outlet has opened or closed; `changed`, shape (n_outlets,), says which have."""
    _choose(changed, bundle(Neighbours, world))


@kernel()
def _choose(changed: Array, near: Neighbours) -> None:
    """Choose again the neighbours of every outlet near which one has opened or closed: the nearest that are open.

    Parameters
    ----------
    changed : shape (n_outlets,). Which have opened or closed.
    near : its two last columns are written: outlets, −1 for none, and the running sum of their probabilities.
    """
    for i in range(near.near_outlet.shape[0]):
        concerned = False
        for m in range(near.near_outlet.shape[1]):
            if near.near_outlet[i, m] < 0:
                break
            concerned |= changed[near.near_outlet[i, m]]
        if not concerned:
            continue
        n = 0
        total = 0.0
        for m in range(near.near_outlet.shape[1]):
            if near.near_outlet[i, m] < 0 or n == near.neighbour_outlet.shape[1]:
                break
            if near.is_open[near.near_outlet[i, m]]:
                total += near.near_weight[i, m]
                near.neighbour_outlet[i, n] = near.near_outlet[i, m]
                near.neighbour_cumulative[i, n] = total
                n += 1
        for k in range(n):
            near.neighbour_cumulative[i, k] = (
                near.neighbour_cumulative[i, k] / total if total > 0.0 and k < n - 1 else 1.0
            )
        for k in range(n, near.neighbour_outlet.shape[1]):
            near.neighbour_outlet[i, k] = -1
            near.neighbour_cumulative[i, k] = 0.0


def assign_distributors(world: World, distributors: Sequence[Distributor], wished: Sequence[str]) -> None:
    """Give each outlet the nearest distributor under contract that covers its territory; ours may be stated."""
    world.fill("outlet_distributor", -1)
    row = {d.spec.id: k for k, d in enumerate(distributors)}
    for k, distributor in enumerate(distributors):
        world.covers[k, list(distributor.territories)] = True
    for signed in np.flatnonzero(world.is_contracted):
        world.waits_for_ground[signed] = not serves(world, int(signed)).any()
    world.is_contracted[:] &= ~world.waits_for_ground
    for c in range(world.sizes["company"]):
        mine = np.flatnonzero((world.distributor_company == c) & world.is_contracted)
        world.outlet_distributor[:, c] = nearest_distributor(world, mine)
    for i, name in enumerate(wished):
        if name and world.is_contracted[row[name]] and open_ground(world, 0)[world.outlet_territory[i]]:
            world.outlet_distributor[i, 0] = row[name]


def nearest_distributor(
    world: World, candidates: Array, *, among: Array | None = None, closed_too: bool = False
) -> Array:
    """Return the nearest candidate that has each outlet on its list, −1 for none; (n_outlets,).

    A list holds outlets of the territories covered, within the service radius; all of them at a reach of 1.

    Parameters
    ----------
    among : shape (n_outlets,). Which outlets are asked about; all when absent.
    closed_too : whether ground counts that is closed for the company.
    """
    best = np.full(world.n_outlets, -1, dtype=np.int32)
    best_km = np.full(world.n_outlets, np.inf)
    usual_size = np.median(world.outlet_size)
    for k in candidates:
        where = world.covers[k] if closed_too else serves(world, int(k))
        here = where[world.outlet_territory]
        rows = np.flatnonzero(here if among is None else here & among)
        if world.distributor_reach[k] < 1.0:
            rows = rows[is_on_list(world, int(k), rows, usual_size)]
        dx = world.outlet_x_km[rows] - world.distributor_x_km[k]
        dy = world.outlet_y_km[rows] - world.distributor_y_km[k]
        km = np.hypot(dx, dy)
        better = (km <= world.service_radius_km[k]) & (km < best_km[rows])
        best[rows[better]] = k
        best_km[rows[better]] = km[better]
    return best


def is_on_list(world: World, k: int, rows: Array, usual_size: float) -> Array:
    """Return which outlets in `rows` the people of distributor k know and serve, (n_rows,).

    Each outlet has its own draw for each distributor, so that a list only grows while the reach does. The log-odds of
    being on it are those of the reach, and more for outlets above `usual_size`, the median [shoppers/day].
    """
    # A plain number: Numba looks at every member of an enum each time it is given one.
    point = int(DecisionPoint.OUTLET_ON_LIST)
    key = np.uint64(key_of(world.scenario.seed, 0, point, 0))
    firm = world.distributor_slot[world.distributor_firm[k]]
    u = uniforms(key, world.outlet_slot[rows] ^ firm, 0)
    share = world.distributor_reach[k]
    large = np.log(world.outlet_size[rows] / usual_size)
    log_odds = math.log(share / (1.0 - share)) + world.scenario.distributors.partners.reach.size_effect * large
    on_list: Array = np.log(u / (1.0 - u)) < log_odds
    return on_list


def outlets_served(world: World) -> Array:
    """Return how many open outlets each distributor delivers to, shape (n_distributors,)."""
    rows = world.outlet_distributor[world.is_open]
    served: Array = np.bincount(rows[rows >= 0], minlength=world.sizes["distributor"])
    return served


def reach(world: World, k: int) -> Array:
    """Return which outlets have distributor k nearest among its company's contracted ones, (n_outlets,)."""
    colleagues = (world.distributor_company == world.distributor_company[k]) & world.is_contracted
    colleagues[k] = True
    nearest: Array = nearest_distributor(world, np.flatnonzero(colleagues)) == k
    return nearest


def future_reach(world: World, k: int) -> Array:
    """Return the outlets that distributor k would serve if all ground were open for its company, (n_outlets,)."""
    signed = world.is_contracted | world.waits_for_ground
    signed[k] = True
    colleagues = np.flatnonzero(signed & (world.distributor_company == world.distributor_company[k]))
    nearest: Array = nearest_distributor(world, colleagues, closed_too=True) == k
    return nearest


def expected_rate(world: World, rows: Array, c: int) -> Array:
    """Return what a company may sell at outlets: their shoppers times its sales per shopper where it is delivered.

    Parameters
    ----------
    rows : shape (n_outlets,). Which outlets.

    Returns
    -------
    Shape (n_products,), 0 for other companies' products. [units/day]
    """
    served = world.is_open & (world.outlet_distributor[:, c] >= 0)
    size = max(float(world.outlet_size[served].sum()), 1e-12)
    sold = (world.sales_rate * world.is_listed)[served].sum(axis=0) * (world.product_company == c)
    rate: Array = sold / size * float(world.outlet_size[rows & world.is_open].sum())
    return rate
