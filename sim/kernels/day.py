"""The bundles of columns and scratch that the kernels of a trading day share."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


class Shops(NamedTuple):
    """Outlets as the shoppers find them: columns of the world, shape (n_outlets, …).

    `like_sized`, shape (n_outlets,), holds all rows in an order in which outlets of like size stand together.
    """

    outlet_slot: Array
    outlet_territory: Array
    is_open: Array
    outlet_size: Array
    outlet_mix: Array
    choice_weight: Array
    promoter_companies: Array
    outlet_stock_units: Array
    is_listed: Array
    open_order_units: Array
    outlet_inbound_units: Array
    outlet_distributor: Array
    neighbour_outlet: Array
    neighbour_cumulative: Array
    like_sized: Array


class Rules(NamedTuple):
    """How people shop.

    Attributes
    ----------
    demand_factor : shape (n_territories,). Season, weekday, growth, events.
    dispersion : of the negative binomial; 0 for Poisson.
    territory_weight : shape (n_territories, n_segments, n_products).
    no_purchase_weight : exp(utility).
    promoter_weight : shape (n_territories, n_companies). exp(utility of a promoter of the company).
    reaction_steps : shape (5,). Cumulative probabilities of the reactions to a stock-out.
    choose_again : shoppers choose afresh among what is in stock.
    stock_outs : shelves can run empty.
    product_company, product_brand : shape (n_products,).
    distributor_stock_units : shape (n_distributors, n_products). For the cause of a stock-out.
    """

    demand_factor: Array
    dispersion: float
    territory_weight: Array
    no_purchase_weight: float
    promoter_weight: Array
    reaction_steps: Array
    choose_again: bool
    stock_outs: bool
    product_company: Array
    product_brand: Array
    distributor_stock_units: Array


class Keys(NamedTuple):
    """Keys of the day's draws."""

    shoppers: np.uint64
    choice: np.uint64
    reaction: np.uint64
    second: np.uint64
    store: np.uint64


class Movers(NamedTuple):
    """Shoppers who go on: to another store today, or back tomorrow. Shape (capacity,).

    `n`, shape (2,), counts both (`TO_OTHER_STORE`, `TOMORROW`), those beyond the capacity included.
    """

    destination: Array
    origin: Array
    number: Array
    product: Array
    cause: Array
    later_outlet: Array
    later_product: Array
    later_cause: Array
    n: Array


TO_OTHER_STORE, TOMORROW = range(2)


class Returners(NamedTuple):
    """Yesterday's shoppers who come back today, shape (n_returners,): where, for what, why they had to."""

    outlet: Array
    product: Array
    cause: Array


class DayCounts(NamedTuple):
    """What happened, to be recorded. Written by the kernels.

    Attributes
    ----------
    sold : shape (n_outlets, n_products). [units]
    shoppers, no_purchase : shape (n_outlets,) and (n_territories,).
    shoppers_first_choice, substituted_brand, substituted_product, moved_store, deferred : shape (n_territories,
        n_products).
    lost : shape (n_territories, n_products, 3), by cause.
    """

    sold: Array
    shoppers: Array
    no_purchase: Array
    shoppers_first_choice: Array
    substituted_brand: Array
    substituted_product: Array
    moved_store: Array
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


class Trade(NamedTuple):
    """All that a trading day needs and writes."""

    shops: Shops
    rules: Rules
    keys: Keys
    returners: Returners
    counts: DayCounts
    movers: Movers
    watch: Watch


class Scratch(NamedTuple):
    """What the kernels write down about the outlet that they are serving.

    Attributes
    ----------
    by_segment : shape (n_segments, n_products). Probability of segment and product together.
    probabilities, steps : shape (n_products,). Choice probabilities, and their running sums as bounds of draws.
    bits, picks : shape (BLOCK,). Draws of a block of shoppers, and the products that they pick.
    queue, wanted : shape (longest queue,). Shoppers who must be served in turn, and what they want.
    wishes, left : shape (n_products,). First choices, and stock that is left. [units]
    is_contested : shape (n_products + 1,). Products that may run out today; the last one stands for none.
    is_candidate, chances : shape (n_products,). What may be taken instead of a missing product, and how likely.
    causes : shape (n_products,). Why a product is missing, once that is needed; −1 before.
    """

    by_segment: Array
    probabilities: Array
    steps: Array
    bits: Array
    picks: Array
    queue: Array
    wanted: Array
    wishes: Array
    left: Array
    is_contested: Array
    is_candidate: Array
    chances: Array
    causes: Array
