"""One pass over the outlets that counts what the daily panels show."""

from __future__ import annotations

from typing import Any, NamedTuple

from numpy.typing import NDArray

from sim.compiled import kernel
from sim.kernels.choice import ShelfTerms, cap_rivals, facing_weight
from sim.policies import ExclusiveDegree
from sim.world.panels import BrandTerritory, Market, Territory

Array = NDArray[Any]


COOLER, SHELF, SHOP = (int(degree) for degree in ExclusiveDegree)


class Outlets(NamedTuple):
    """The outlets' columns that are counted, shape (n_outlets, …), and who owns products and brands."""

    is_open: Array
    outlet_territory: Array
    outlet_size: Array
    is_listed: Array
    outlet_stock_units: Array
    shelf_gain: Array
    shelf_space: Array
    relation: Array
    display_on: Array
    efficiency: Array
    habit: Array
    is_known: Array
    last_visit_day: Array
    last_sold_day: Array
    exclusive_company: Array
    exclusive_until: Array
    exclusive_degree: Array
    rival_facings_most: Array
    product_company: Array
    brand_company: Array


class SnapshotRules(NamedTuple):
    """For how many days a visit, and a sale, counts as recent, in days."""

    unvisited_after_days: int
    active_days: int


@kernel()
def count_open(outlets: Outlets, out: Array) -> None:
    """Add to `out`, shape (n_territories,), the open outlets."""
    for i in range(outlets.is_open.shape[0]):
        out[outlets.outlet_territory[i]] += outlets.is_open[i]


@kernel()
def count_available(outlets: Outlets, out: Array) -> None:
    """Add to `out` (n_territories, n_products) the open outlets that list a product and have it in stock."""
    stock = outlets.outlet_stock_units
    for i in range(stock.shape[0]):
        t = outlets.outlet_territory[i]
        for p in range(stock.shape[1]):
            # Every cell adds its 0 or 1: half of them do, and a branch would be mispredicted.
            out[t, p] += outlets.is_open[i] & outlets.is_listed[i, p] & (stock[i, p] > 0)


@kernel()
def snapshot_products(outlets: Outlets, terms: ShelfTerms, facings: Array, market: Market) -> None:
    """Count listings, stock and shelf at the end of the day into the market's panel.

    Parameters
    ----------
    facings : shape (n_products,), scratch.
    market : today's bundle; the stock, listing and facings fields are zeros and are written. `facings_share` is the sum
        of size × share of facings.
    """
    n_products = outlets.is_listed.shape[1]
    for i in range(outlets.is_listed.shape[0]):
        t = outlets.outlet_territory[i]
        size = outlets.outlet_size[i]
        total = 0.0
        for p in range(n_products):
            market.outlet_stock_units[t, p] += outlets.outlet_stock_units[i, p]
            c = outlets.product_company[p]
            listed = outlets.is_open[i] & outlets.is_listed[i, p]
            display = outlets.display_on[i, c] * outlets.efficiency[c, t]
            facings[p] = (
                facing_weight(
                    outlets.shelf_space[i, p], outlets.shelf_gain[i, p], outlets.relation[i, c], display, terms
                )
                if listed
                else 0.0
            )
            total += facings[p]
        if total <= 0.0:
            continue
        if outlets.rival_facings_most[i] < 1.0:
            holder = outlets.exclusive_company[i]
            cap_rivals(facings, total, outlets.product_company, holder, outlets.rival_facings_most[i])
        for p in range(n_products):
            # Unlisted products add nothing; a branch on them would be mispredicted.
            in_stock = outlets.is_listed[i, p] & (outlets.outlet_stock_units[i, p] > 0)
            market.listed_outlets[t, p] += outlets.is_listed[i, p]
            market.listed_weight[t, p] += size if outlets.is_listed[i, p] else 0.0
            market.in_stock_outlets[t, p] += in_stock
            market.in_stock_weight[t, p] += size if in_stock else 0.0
            market.facings_share[t, p] += size * facings[p] / total


@kernel(inline=True)
def lists_company(is_listed: Array, company: Array, i: int, c: int) -> bool:
    """Whether outlet i lists any product of company c."""
    found = False
    for p in range(company.shape[0]):
        found |= company[p] == c and is_listed[i, p]
    return found


@kernel(inline=True)
def leading_brand(habit: Array, i: int) -> int:
    """Brand with the largest smoothed purchase share at outlet i; the first of equals."""
    best = 0
    for b in range(habit.shape[1]):
        if habit[i, b] > habit[i, best]:
            best = b
    return best


@kernel()
def snapshot_territories(
    day: int, outlets: Outlets, rules: SnapshotRules, territory: Territory, brands: BrandTerritory
) -> None:
    """Count what the territory panels show at the end of the day.

    Parameters
    ----------
    territory, brands : today's bundles; the counts of outlets are zeros and are written. `relation` is the sum of
        size × relation.
    """
    n_brands = outlets.habit.shape[1]
    for i in range(outlets.is_open.shape[0]):
        if not outlets.is_open[i]:
            continue
        t = outlets.outlet_territory[i]
        territory.open_outlets[t] += 1
        territory.open_weight[t] += outlets.outlet_size[i]
        territory.known_outlets[t] += outlets.is_known[i]
        territory.unvisited_outlets[t] += day - outlets.last_visit_day[i] > rules.unvisited_after_days
        territory.listed_ours[t] += lists_company(outlets.is_listed, outlets.product_company, i, 0)
        territory.active_ours[t] += day - outlets.last_sold_day[i] <= rules.active_days
        best = leading_brand(outlets.habit, i)
        for b in range(n_brands):
            brands.relation[t, b] += outlets.outlet_size[i] * outlets.relation[i, outlets.brand_company[b]]
        if outlets.habit[i, best] > 0.0:
            brands.first_outlets[t, best] += 1
            territory.first_ours[t] += outlets.brand_company[best] == 0
        if outlets.exclusive_until[i] > day:
            territory.exclusive_rival[t] += outlets.exclusive_company[i] > 0
            mine = outlets.exclusive_company[i] == 0
            territory.exclusive_ours[t] += mine
            territory.exclusive_cooler[t] += mine and outlets.exclusive_degree[i] == COOLER
            territory.exclusive_shelf[t] += mine and outlets.exclusive_degree[i] == SHELF
            territory.exclusive_shop[t] += mine and outlets.exclusive_degree[i] == SHOP


@kernel()
def sum_habits(outlets: Outlets, weight: Array, brands: Array) -> None:
    """Add open outlets' size, and size × smoothed purchase share, to their territories.

    `weight` has shape (n_territories,), `brands` (n_territories, n_brands).
    """
    for i in range(outlets.is_open.shape[0]):
        if outlets.is_open[i]:
            t = outlets.outlet_territory[i]
            weight[t] += outlets.outlet_size[i]
            for b in range(outlets.habit.shape[1]):
                brands[t, b] += outlets.outlet_size[i] * outlets.habit[i, b]


@kernel()
def sum_distribution(outlets: Outlets, products: Array, weight: Array, listed: Array) -> None:
    """Add open outlets' size, and the size of those that list each of some products, to their territories.

    `products` has shape (n_chosen,), `weight` (n_territories,), `listed` (n_territories, n_chosen).
    """
    for i in range(outlets.is_open.shape[0]):
        if outlets.is_open[i]:
            t = outlets.outlet_territory[i]
            weight[t] += outlets.outlet_size[i]
            for k in range(products.shape[0]):
                listed[t, k] += outlets.outlet_size[i] if outlets.is_listed[i, products[k]] else 0.0
