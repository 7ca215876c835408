"""What somebody sees who stands in a shop: the shelf by company, promoters, and what the shopkeeper tells."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.compiled import kernel
from sim.kernels.day_plan import Knowledge
from sim.sampling import normal_quantile
from sim.streams import draw, stream

Array = NDArray[Any]


class Sights(NamedTuple):
    """The shops as they are: the world's columns of what can be seen and asked there.

    Attributes
    ----------
    promoter_companies : shape (n_outlets,). Bits by company.
    price_factor : shape (n_territories, n_products). Street price against shelf price.
    brand_company : shape (n_brands,).
    """

    outlet_slot: Array
    outlet_territory: Array
    promoter_companies: Array
    is_listed: Array
    outlet_stock_units: Array
    shelf_price_cents: Array
    shelf_discount: Array
    habit: Array
    relation: Array
    usual_price_cents: Array
    product_company: Array
    price_factor: Array
    brand_company: Array


class Seen(NamedTuple):
    """What the database holds of the inside of shops; shape (n_outlets, n_companies), NaN before the first look."""

    seen_share: Array
    seen_products: Array
    seen_empty: Array
    seen_price: Array
    seen_promoter: Array


class LookRules(NamedTuple):
    """`database` of the scenario, as far as a look goes by it."""

    share_error: float
    look_weight: float
    trust_effect: float
    skill_effect: float


@kernel()
def blend(old: float, new: float, weight: float) -> float:
    """Exponential smoothing; the first value stands for itself."""
    return new if math.isnan(old) else old + weight * (new - old)


@kernel()
def look_at_shelf(i: int, c: int, fresh: Array, sights: Sights, seen: Seen, weight: float) -> None:
    """Count company c's products at outlet i, the empty ones among them, and their price.

    `fresh`, shape (n_products,), marks products listed in this very call: whoever has just sold them in does not
    take the place waiting for the first delivery for a stock-out. Without a product, price and empty shelves stay as
    last seen.
    """
    t = sights.outlet_territory[i]
    listed = 0
    settled = 0
    empty = 0
    price = 0.0
    for p in range(sights.product_company.shape[0]):
        if sights.product_company[p] != c or not sights.is_listed[i, p]:
            continue
        listed += 1
        regular = sights.shelf_price_cents[i, p] * (1.0 - sights.shelf_discount[i, p])
        price += regular * sights.price_factor[t, p] / sights.usual_price_cents[p]
        if not fresh[p]:
            settled += 1
            empty += sights.outlet_stock_units[i, p] <= 0
    seen.seen_products[i, c] = listed
    if listed > 0:
        seen.seen_price[i, c] = price / listed
    if settled > 0:
        seen.seen_empty[i, c] = blend(seen.seen_empty[i, c], empty / settled, weight)


@kernel()
def hear_shares(i: int, error_sd: float, start: np.uint64, sights: Sights, share: Array) -> None:
    """Ask for the shares of purchases: the truth with a normal error for each company, cut at 0, summing to 1.

    A shop that buys nothing says so: all shares are 0. `share`, shape (n_outlets, n_companies), is written.
    """
    told = 0.0
    for c in range(share.shape[1]):
        true = 0.0
        for b in range(sights.brand_company.shape[0]):
            if sights.brand_company[b] == c:
                true += sights.habit[i, b]
        share[i, c] = true
        told += true
    if told <= 0.0 or error_sd <= 0.0:
        return
    told = 0.0
    for c in range(share.shape[1]):
        heard = max(0.0, share[i, c] + error_sd * normal_quantile(draw(start, c)))
        share[i, c] = heard
        told += heard
    if told > 0.0:
        for c in range(share.shape[1]):
            share[i, c] /= told


@kernel()
def look(
    rows: Array, service: Array, fresh: Array, key: np.uint64, rules: LookRules, sights: Sights, seen: Seen
) -> None:
    """Write what is seen at some outlets into the database.

    Parameters
    ----------
    rows : shape (n,). Outlets.
    service : shape (n,). Service skill of whoever looks, in [0, 1].
    fresh : shape (n, n_products). Products listed in this very call.
    key : draws of the error of shares; one normal for each outlet and company.
    """
    for k in range(rows.shape[0]):
        i = rows[k]
        error_sd = rules.share_error * (1.0 - rules.trust_effect * sights.relation[i, 0])
        error_sd *= 1.0 - rules.skill_effect * service[k]
        hear_shares(i, error_sd, stream(key, sights.outlet_slot[i]), sights, seen.seen_share)
        for c in range(seen.seen_share.shape[1]):
            look_at_shelf(i, c, fresh[k], sights, seen, rules.look_weight)
            met = 1.0 if (sights.promoter_companies[i] >> c) & 1 else 0.0
            seen.seen_promoter[i, c] = blend(seen.seen_promoter[i, c], met, rules.look_weight)


@kernel()
def notice_closed(known: Knowledge, at_work: Array, day: int, due_share: float) -> None:
    """Mark the closed shops whose advisor stands before the door today: a call is due there.

    Parameters
    ----------
    at_work : shape (n_advisors,).
    due_share : share of the interval between visits after which a call is due.
    """
    for i in range(known.is_open.shape[0]):
        if known.is_open[i] or known.known_closed[i] or known.outlet_closed_day[i] < 0 or not known.is_known[i]:
            continue
        owner = known.outlet_advisor[i]
        every = known.lever_visit_every_days[known.outlet_territory[i], known.known_class[i]]
        wait = due_share * every * known.lever_outlet_interval[i]
        if day - known.last_visit_day[i] >= wait and owner >= 0 and at_work[owner]:
            known.known_closed[i] = True
