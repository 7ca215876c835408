"""The bundles of columns and scratch that the kernels of a trading day share."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


class Shops(NamedTuple):
    """Outlets as the shoppers find them; all of shape (n_outlets, …).

    `like_sized`, shape (n_outlets,), holds all rows in an order in which outlets of like size stand together.
    """

    slot: Array
    territory: Array
    is_open: Array
    mean_shoppers: Array
    mix: Array
    choice_weight: Array
    promoters: Array
    stock: Array
    is_listed: Array
    open_order: Array
    inbound: Array
    distributor: Array
    neighbour: Array
    neighbour_cumulative: Array
    like_sized: Array


class Rules(NamedTuple):
    """How people shop.

    Attributes
    ----------
    demand_factor : shape (n_territories,). Season, weekday, growth, events.
    dispersion : of the negative binomial; 0 for Poisson.
    territory_weight : shape (n_territories, n_segments, n_products).
    no_purchase, promoter : exp(utility).
    reactions : shape (5,). Cumulative probabilities of the reactions to a stock-out.
    choose_again : shoppers choose afresh among what is in stock.
    limited : shelves can run empty.
    company, brand : shape (n_products,).
    supplier_stock : shape (n_distributors, n_products). Warehouse stock, for the cause of a stock-out.
    """

    demand_factor: Array
    dispersion: float
    territory_weight: Array
    no_purchase: float
    promoter: float
    reactions: Array
    choose_again: bool
    limited: bool
    company: Array
    brand: Array
    supplier_stock: Array


class Keys(NamedTuple):
    """Keys of the day's draws (uint64)."""

    shoppers: np.uint64
    choice: np.uint64
    reaction: np.uint64
    second: np.uint64
    store: np.uint64


class Movers(NamedTuple):
    """Shoppers who go on: to another store today, or back tomorrow. Shape (capacity,); `n` has two counters."""

    destination: Array
    origin: Array
    number: Array
    product: Array
    cause: Array
    later_outlet: Array
    later_product: Array
    later_cause: Array
    n: Array


class DayCounts(NamedTuple):
    """What happened, to be recorded. Written by the kernels.

    Attributes
    ----------
    sold : shape (n_outlets, n_products). [units]
    shoppers, no_purchase : shape (n_outlets,) and (n_territories,).
    first_choice, substituted_brand, substituted_product, moved, deferred : shape (n_territories, n_products).
    lost : shape (n_territories, n_products, 3), by cause.
    """

    sold: Array
    shoppers: Array
    no_purchase: Array
    first_choice: Array
    substituted_brand: Array
    substituted_product: Array
    moved: Array
    deferred: Array
    lost: Array


class Watch(NamedTuple):
    """What each shopper of the panel's outlets bought.

    Attributes
    ----------
    place : shape (n_outlets,). Number of the watched outlet, −1 not watched.
    start : shape (n_watched + 1,). Where each watched outlet's shoppers begin in `bought`; written.
    bought : shape (capacity,). Product, −1 none; written.
    """

    place: Array
    start: Array
    bought: Array
