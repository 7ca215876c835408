"""One trading day of the production kernel on outlets made by hand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.kernels.choice import choice_probabilities
from sim.kernels.day import DayCounts, Keys, Movers, Returners, Rules, Shops, Trade, Watch
from sim.kernels.shopping import shop_day
from sim.streams import DecisionPoint, key_of

GRUEN = (0.31, 0.26, 0.19, 0.15, 0.09)
MANY = 1_000_000
POINTS = {
    "shoppers": DecisionPoint.SHOPPERS,
    "choice": DecisionPoint.CHOICE,
    "reaction": DecisionPoint.REACTION,
    "second": DecisionPoint.SECOND_CHOICE,
    "store": DecisionPoint.STORE_CHOICE,
}


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
        outlet_slot=np.arange(1, n + 1).astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15),
        outlet_territory=np.zeros(n, dtype=np.int32),
        is_open=np.ones(n, dtype=np.bool_),
        outlet_size=np.broadcast_to(mean_shoppers, n).astype(float),
        outlet_mix=np.ones((n, 1)),
        choice_weight=np.tile(np.asarray(weights, dtype=float), (n, 1, 1)),
        promoter_companies=np.zeros(n, dtype=np.int32),
        outlet_stock_units=stock.astype(np.int32),
        is_listed=np.ones((n, p), dtype=np.bool_),
        open_order_units=np.zeros((n, p), dtype=np.int32),
        outlet_inbound_units=np.zeros((n, p), dtype=np.int32),
        outlet_distributor=np.zeros((n, max(brands) + 1), dtype=np.int32),
        neighbour_outlet=next_outlet if neighbours else np.full_like(next_outlet, -1),
        neighbour_cumulative=np.ones((n, 1)),
        like_sized=np.arange(n),
    )
    rules = Rules(
        demand_factor=np.ones(1),
        dispersion=dispersion,
        territory_weight=np.ones((1, 1, p)),
        no_purchase_weight=no_purchase,
        promoter_weight=np.ones((1, p)),
        reaction_steps=np.cumsum(reactions),
        choose_again=choose_again,
        stock_outs=True,
        product_company=np.asarray(brands, dtype=np.int32),
        product_brand=np.asarray(brands, dtype=np.int32),
        distributor_stock_units=np.zeros((1, p), dtype=np.int64),
    )
    keys = Keys(**{k: np.uint64(key_of(20260105, replication, int(point), 0)) for k, point in POINTS.items()})
    by_product = {
        name: np.zeros((1, p), dtype=np.int64)
        for name in ("shoppers_first_choice", "substituted_brand", "substituted_product", "moved_store", "deferred")
    }
    counts = DayCounts(
        sold=np.zeros((n, p), dtype=np.int32),
        shoppers=np.zeros(n, dtype=np.int32),
        no_purchase=np.zeros(1, dtype=np.int64),
        lost=np.zeros((1, p, 3), dtype=np.int64),
        **by_product,
    )
    movers = Movers(
        **{
            name: np.zeros(capacity, dtype=np.int8 if name.endswith("cause") else np.int32)
            for name in Movers._fields
            if name != "n"
        },
        n=np.zeros(2, dtype=np.int64),
    )
    nobody = Watch(
        place=np.full(n, -1, dtype=np.int64), start=np.zeros(1, dtype=np.int64), bought=np.zeros(0, dtype=np.int32)
    )
    none = np.zeros(0, dtype=np.int32)
    returners = Returners(outlet=none, product=none, cause=none.astype(np.int8))
    shop_day(
        Trade(shops=shops, rules=rules, keys=keys, returners=returners, counts=counts, movers=movers, watch=nobody)
    )
    return counts, movers


def probabilities(
    weight: np.ndarray, mix: np.ndarray, *, no_purchase: float, promoter: float = 1.0, promoters: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Choice probabilities in one outlet, of segment and product together and of each product.

    Parameters
    ----------
    weight : choice weights, exp(utility), shape (n_segments, n_products); each product is of a company of its own.
    mix : shares of the segments, shape (n_segments,).
    no_purchase : weight of buying nothing.
    promoter, promoters : weight of a promoter; bits of the companies whose promoter stands there.
    """
    nothing = np.zeros((1, 1))
    shops = Shops(
        **dict.fromkeys(Shops._fields, nothing)
        | {
            "choice_weight": weight[None],
            "outlet_mix": mix[None],
            "outlet_territory": np.zeros(1, dtype=np.int32),
            "promoter_companies": np.array([promoters], dtype=np.int32),
        }
    )
    rules = Rules(
        **dict.fromkeys(Rules._fields, nothing)
        | {
            "territory_weight": np.ones_like(weight)[None],
            "no_purchase_weight": no_purchase,
            "promoter_weight": np.full((1, weight.shape[1]), promoter),
            "product_company": np.arange(weight.shape[1], dtype=np.int32),
        }
    )
    together, each = np.empty_like(weight), np.empty(weight.shape[1])
    choice_probabilities(shops, rules, 0, together, each)
    return together, each
