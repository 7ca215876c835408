"""One pass over the outlets that counts what the daily panels show."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from sim.compiled import kernel
from sim.kernels.choice import ShelfTerms, facing_weight

Array = NDArray[Any]

STOCK, LISTED, LISTED_SIZE, IN_STOCK, IN_STOCK_SIZE, FACINGS = range(6)
"""What `snapshot_products` counts of each product."""


@kernel()
def count_open(is_open: Array, territory: Array, out: Array) -> None:
    """Add to `out`, shape (n_territories,), the open outlets."""
    for i in range(is_open.shape[0]):
        out[territory[i]] += is_open[i]


@kernel()
def count_available(is_open: Array, territory: Array, is_listed: Array, stock: Array, out: Array) -> None:
    """Add to `out` (n_territories, n_products) the open outlets that list a product and have it in stock."""
    for i in range(stock.shape[0]):
        t = territory[i]
        for p in range(stock.shape[1]):
            # Every cell adds its 0 or 1: half of them do, and a branch would be mispredicted.
            out[t, p] += is_open[i] & is_listed[i, p] & (stock[i, p] > 0)


@kernel()
def snapshot_products(
    is_open: Array,
    territory: Array,
    size: Array,
    is_listed: Array,
    stock: Array,
    shelf_gain: Array,
    relation: Array,
    display: Array,
    company: Array,
    terms: ShelfTerms,
    facings: Array,
    seen: Array,
) -> None:
    """Count listings, stock and shelf at the end of the day.

    Parameters
    ----------
    terms : a `sim.kernels.choice.ShelfTerms`.
    facings : shape (n_products,), scratch.
    seen : shape (n_territories, n_products, 6), zeros, written: stock [units], listed outlets, size listed, outlets in
        stock, size in stock, size × share of facings.
    """
    n_products = stock.shape[1]
    for i in range(stock.shape[0]):
        t = territory[i]
        total = 0.0
        for p in range(n_products):
            seen[t, p, STOCK] += stock[i, p]
            c = company[p]
            listed = is_open[i] & is_listed[i, p]
            facings[p] = facing_weight(shelf_gain[i, p], relation[i, c], display[i, c], terms) if listed else 0.0
            total += facings[p]
        if total <= 0.0:
            continue
        for p in range(n_products):
            # Unlisted products add nothing; a branch on them would be mispredicted.
            in_stock = is_listed[i, p] & (stock[i, p] > 0)
            seen[t, p, LISTED] += is_listed[i, p]
            seen[t, p, LISTED_SIZE] += size[i] if is_listed[i, p] else 0.0
            seen[t, p, IN_STOCK] += in_stock
            seen[t, p, IN_STOCK_SIZE] += size[i] if in_stock else 0.0
            seen[t, p, FACINGS] += size[i] * facings[p] / total


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
    day: int,
    is_open: Array,
    territory: Array,
    size: Array,
    is_known: Array,
    last_visit: Array,
    last_sold: Array,
    habit: Array,
    is_listed: Array,
    relation: Array,
    exclusive_company: Array,
    exclusive_until: Array,
    brand_company: Array,
    product_company: Array,
    limit_days: int,
    active_days: int,
    counts: Array,
    brands: Array,
) -> None:
    """Count what the territory panels show at the end of the day.

    Parameters
    ----------
    counts : shape (n_territories, 9), written: open outlets, open size, known, unvisited, listing ours, active ours,
        first ours, exclusive to a rival, exclusive to us.
    brands : shape (n_territories, n_brands, 2), written: size-weighted relation, outlets where the brand is first.
    """
    n_brands = habit.shape[1]
    for i in range(is_open.shape[0]):
        if not is_open[i]:
            continue
        t = territory[i]
        counts[t, 0] += 1
        counts[t, 1] += size[i]
        counts[t, 2] += is_known[i]
        counts[t, 3] += day - last_visit[i] > limit_days
        counts[t, 4] += lists_company(is_listed, product_company, i, 0)
        counts[t, 5] += day - last_sold[i] <= active_days
        best = leading_brand(habit, i)
        for b in range(n_brands):
            brands[t, b, 0] += size[i] * relation[i, brand_company[b]]
        if habit[i, best] > 0.0:
            brands[t, best, 1] += 1
            counts[t, 6] += brand_company[best] == 0
        if exclusive_until[i] > day:
            counts[t, 7] += exclusive_company[i] > 0
            counts[t, 8] += exclusive_company[i] == 0


@kernel()
def sum_habits(is_open: Array, territory: Array, size: Array, habit: Array, weight: Array, brands: Array) -> None:
    """Add open outlets' size, and size × smoothed purchase share, to their territories.

    `weight` has shape (n_territories,), `brands` (n_territories, n_brands).
    """
    for i in range(is_open.shape[0]):
        if is_open[i]:
            t = territory[i]
            weight[t] += size[i]
            for b in range(habit.shape[1]):
                brands[t, b] += size[i] * habit[i, b]


@kernel()
def sum_distribution(
    is_open: Array, territory: Array, size: Array, is_listed: Array, products: Array, total: Array, listed: Array
) -> None:
    """Add open outlets' size, and the size of those that list each of some products, to their territories.

    `products` has shape (n_chosen,), `total` (n_territories,), `listed` (n_territories, n_chosen).
    """
    for i in range(is_open.shape[0]):
        if is_open[i]:
            t = territory[i]
            total[t] += size[i]
            for k in range(products.shape[0]):
                listed[t, k] += size[i] if is_listed[i, products[k]] else 0.0


@kernel()
def collect_marks(marks: Array, rows: Array, out_row: Array, out_product: Array) -> int:
    """Write (outlet, product) of every mark set at the outlets in `rows`, clear it, and return their number.

    Where the outputs, shape (capacity,), are full, the remaining marks stay set.
    """
    n = 0
    for i in rows:
        for p in range(marks.shape[1]):
            if marks[i, p] and n < out_row.shape[0]:
                marks[i, p] = False
                out_row[n] = i
                out_product[n] = p
                n += 1
    return n
