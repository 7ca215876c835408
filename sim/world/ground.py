"""Where a company works: open ground, and what is spread over it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.world.shares import whole_shares

if TYPE_CHECKING:
    from sim.scenario.schema.ground import GroundSpec, PlatformSpec
    from sim.world.world import World

Array = NDArray[Any]


def posts_cents(platform: PlatformSpec) -> float:
    """Return what the fixed posts of an open territory cost [cents/month]."""
    posts = (
        platform.regional_manager,
        platform.planning,
        platform.finance,
        platform.market,
        platform.storage,
        platform.delivery,
    )
    return sum(posts) * platform.post_cents_per_month


def platform_cents(spec: GroundSpec, people: Array) -> Array:
    """Return what the platform of each territory costs: its fixed posts, and area managers for the field people.

    Parameters
    ----------
    people : shape (n_territories,). Field people. [persons]

    Returns
    -------
    Shape (n_territories,), int64. posts · cost of a post + ⌈people ÷ span of control⌉ · a manager's pay. [cents/month]
    """
    managers = np.ceil(people / spec.span_of_control - 1e-9)
    cents: Array = np.floor(posts_cents(spec.platform) + managers * spec.manager_cents_per_month).astype(np.int64)
    return cents


def open_ground(world: World, company: int) -> Array:
    """Return where a company may have distributors, promoters and money, shape (n_territories,), bool.

    Without `mechanisms.ground` that is everywhere: closed ground then only has no field force.
    """
    if world.scenario.mechanisms.ground:
        open_: Array = world.ground_open[company]
        return open_
    return np.ones(world.sizes["territory"], dtype=np.bool_)


def parts_of_ground(world: World, company: int) -> Array:
    """Return each territory's part of a company's budget by population, shape (n_territories,).

    Over its open ground and that from which it withdrew, whose part it keeps.
    """
    here = open_ground(world, company) | (world.withdrawn_day[company] >= 0)
    people: Array = world.territory_population * here
    return people / people.sum() if people.any() else people


def shares_of_ground(world: World, company: int) -> Array:
    """Return the part of a company's budget that it spends in each territory, shape (n_territories,).

    By population over its open ground; zeros where it has none.
    """
    share: Array = parts_of_ground(world, company) * open_ground(world, company)
    return share


def whole_shares_of_ground(world: World, company: int, n: int) -> Array:
    """Return whole persons of a company by territory, by `shares_of_ground` and its means, shape (n_territories,)."""
    share = shares_of_ground(world, company) * world.rival_means[company]
    n = round(n * float(share.sum()))
    people = world.territory_population * open_ground(world, company) * world.rival_means[company]
    return whole_shares(n, people) if n else np.zeros(people.shape, dtype=np.int64)


def serves(world: World, k: int) -> Array:
    """Return in which territories distributor k may deliver: those it covers that are open for its company."""
    served: Array = world.covers[k] & open_ground(world, int(world.distributor_company[k]))
    return served
