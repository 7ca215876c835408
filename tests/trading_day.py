"""One trading day of the production kernel on outlets made by hand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.kernels.day import DayCounts, Keys, Movers, Rules, Shops, Watch
from sim.kernels.shopping import shop_day
from sim.streams import DecisionPoint, key_of

GRUEN = (0.31, 0.26, 0.19, 0.15, 0.09)
MANY = 1_000_000
POINTS = {
    "shoppers": DecisionPoint.SHOPPERS, "choice": DecisionPoint.CHOICE, "reaction": DecisionPoint.REACTION,
    "second": DecisionPoint.SECOND_CHOICE, "store": DecisionPoint.STORE_CHOICE,
}  # fmt: skip


def trade(
    replication: int,
    stock: np.ndarray,
    weights: Sequence[float],
    *,
    mean_shoppers: float | np.ndarray,
    brands: Sequence[int],
    reactions: Sequence[float] = GRUEN,
    choose_again: bool = False,
    no_purchase: float = 1e-12,
    neighbours: bool = True,
    dispersion: float = 0.0,
) -> tuple[DayCounts, Movers]:
    """Let shoppers with one taste come to outlets in one territory.

    Parameters
    ----------
    stock : shape (n_outlets, n_products). [units]
    weights : choice weights, exp(utility), shape (n_products,).
    brands : row of each product's brand, which is its company too.
    reactions : probabilities of other store, other brand, same brand, later, nothing.
    mean_shoppers : of every outlet, or of each, shape (n_outlets,).
    neighbours : whether every outlet has another store nearby.
    dispersion : of the number of shoppers; 0 for Poisson.
    """
    n, p = stock.shape
    capacity = 4 * int(n * np.max(mean_shoppers)) + 1000
    next_outlet = np.roll(np.arange(n, dtype=np.int32), 1)[:, None]
    shops = Shops(
        slot=np.arange(1, n + 1).astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15),
        territory=np.zeros(n, dtype=np.int32),
        is_open=np.ones(n, dtype=np.bool_),
        mean_shoppers=np.broadcast_to(mean_shoppers, n).astype(float),
        mix=np.ones((n, 1)),
        choice_weight=np.tile(np.asarray(weights, dtype=float), (n, 1, 1)),
        promoters=np.zeros(n, dtype=np.int32),
        stock=stock.astype(np.int32),
        is_listed=np.ones((n, p), dtype=np.bool_),
        open_order=np.zeros((n, p), dtype=np.int32),
        inbound=np.zeros((n, p), dtype=np.int32),
        distributor=np.zeros((n, max(brands) + 1), dtype=np.int32),
        neighbour=next_outlet if neighbours else np.full_like(next_outlet, -1),
        neighbour_cumulative=np.ones((n, 1)),
        like_sized=np.arange(n),
    )
    rules = Rules(
        demand_factor=np.ones(1), dispersion=dispersion, territory_weight=np.ones((1, 1, p)), no_purchase=no_purchase,
        promoter=1.0, reactions=np.cumsum(reactions), choose_again=choose_again, limited=True,
        company=np.asarray(brands, dtype=np.int32), brand=np.asarray(brands, dtype=np.int32),
        supplier_stock=np.zeros((1, p), dtype=np.int64),
    )  # fmt: skip
    keys = Keys(**{k: np.uint64(key_of(20260105, replication, int(point), 0)) for k, point in POINTS.items()})
    by_product = {
        name: np.zeros((1, p), dtype=np.int64)
        for name in ("first_choice", "substituted_brand", "substituted_product", "moved", "deferred")
    }
    counts = DayCounts(
        sold=np.zeros((n, p), dtype=np.int32), shoppers=np.zeros(n, dtype=np.int32),
        no_purchase=np.zeros(1, dtype=np.int64), lost=np.zeros((1, p, 3), dtype=np.int64), **by_product,
    )  # fmt: skip
    movers = Movers(**{
        name: np.zeros(capacity, dtype=np.int8 if name.endswith("cause") else np.int32)
        for name in Movers._fields if name != "n"
    }, n=np.zeros(2, dtype=np.int64))  # fmt: skip
    nobody = Watch(np.full(n, -1, dtype=np.int64), np.zeros(1, dtype=np.int64), np.zeros(0, dtype=np.int32))
    shop_day(shops, rules, keys, counts, movers, nobody)
    return counts, movers
