"""What somebody sees who stands in a shop: the shelf by company, promoters, and what the shopkeeper tells."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.compiled import kernel
from sim.sampling import normal_quantile
from sim.streams import draw, stream

Array = NDArray[Any]

TRUST, CARE = 0.5, 0.5
"""Parts of the error of a share told that full relation, and full service skill, take away (assumption)."""


class Sights(NamedTuple):
    """The shops as they are.

    Attributes
    ----------
    slot, territory, promoters : shape (n_outlets,). Promoters are bits by company.
    is_listed, stock, shelf_price_cents : shape (n_outlets, n_products).
    habit : shape (n_outlets, n_brands). Smoothed purchase shares.
    relation : shape (n_outlets, n_companies).
    price_factor : shape (n_territories, n_products). Street price against shelf price.
    usual_price_cents, company : shape (n_products,).
    brand_company : shape (n_brands,).
    """

    slot: Array
    territory: Array
    promoters: Array
    is_listed: Array
    stock: Array
    shelf_price_cents: Array
    habit: Array
    relation: Array
    price_factor: Array
    usual_price_cents: Array
    company: Array
    brand_company: Array


class Seen(NamedTuple):
    """What the database holds of the inside of shops; shape (n_outlets, n_companies), NaN before the first look."""

    share: Array
    products: Array
    empty: Array
    price: Array
    promoter: Array


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
    t = sights.territory[i]
    listed = 0
    settled = 0
    empty = 0
    price = 0.0
    for p in range(sights.company.shape[0]):
        if sights.company[p] != c or not sights.is_listed[i, p]:
            continue
        listed += 1
        price += sights.shelf_price_cents[i, p] * sights.price_factor[t, p] / sights.usual_price_cents[p]
        if not fresh[p]:
            settled += 1
            empty += sights.stock[i, p] <= 0
    seen.products[i, c] = listed
    if listed > 0:
        seen.price[i, c] = price / listed
    if settled > 0:
        seen.empty[i, c] = blend(seen.empty[i, c], empty / settled, weight)


@kernel()
def hear_shares(i: int, error_sd: float, start: np.uint64, sights: Sights, seen: Seen) -> None:
    """Ask for the shares of purchases: the truth with a normal error for each company, cut at 0, summing to 1.

    A shop that buys nothing says so: all shares are 0.
    """
    told = 0.0
    for c in range(seen.share.shape[1]):
        share = 0.0
        for b in range(sights.brand_company.shape[0]):
            if sights.brand_company[b] == c:
                share += sights.habit[i, b]
        seen.share[i, c] = share
        told += share
    if told <= 0.0 or error_sd <= 0.0:
        return
    told = 0.0
    for c in range(seen.share.shape[1]):
        share = max(0.0, seen.share[i, c] + error_sd * normal_quantile(draw(start, c)))
        seen.share[i, c] = share
        told += share
    if told > 0.0:
        for c in range(seen.share.shape[1]):
            seen.share[i, c] /= told


@kernel()
def look(
    rows: Array,
    service: Array,
    fresh: Array,
    key: np.uint64,
    share_error: float,
    weight: float,
    sights: Sights,
    seen: Seen,
) -> None:
    """Write what is seen at some outlets into the database.

    Parameters
    ----------
    rows : shape (n,). Outlets.
    service : shape (n,). Service skill of whoever looks, in [0, 1].
    fresh : shape (n, n_products). Products listed in this very call.
    key : draws of the error of shares; one normal for each outlet and company.
    share_error : standard deviation of a share told to a stranger without skill; trust (our relation) and skill
        each take half of it away at best.
    weight : of this look in what is smoothed over looks.
    """
    for k in range(rows.shape[0]):
        i = rows[k]
        error_sd = share_error * (1.0 - TRUST * sights.relation[i, 0]) * (1.0 - CARE * service[k])
        hear_shares(i, error_sd, stream(key, sights.slot[i]), sights, seen)
        for c in range(seen.share.shape[1]):
            look_at_shelf(i, c, fresh[k], sights, seen, weight)
            met = 1.0 if (sights.promoters[i] >> c) & 1 else 0.0
            seen.promoter[i, c] = blend(seen.promoter[i, c], met, weight)


@kernel()
def notice_closed(
    day: int,
    due: float,
    is_known: Array,
    is_open: Array,
    closed_day: Array,
    last_visit: Array,
    every_days: Array,
    territory: Array,
    known_class: Array,
    interval_factor: Array,
    owner: Array,
    at_work: Array,
    known_closed: Array,
) -> None:
    """Mark the closed shops whose advisor stands before the door today: a call is due there.

    Parameters
    ----------
    due : share of the interval between visits after which a call is due.
    every_days : shape (n_territories, 3). Interval by class. [days]
    owner : shape (n_outlets,). Advisor in charge, −1 none.
    at_work : shape (n_advisors,).
    known_closed : shape (n_outlets,), written.
    """
    for i in range(is_open.shape[0]):
        if is_open[i] or known_closed[i] or closed_day[i] < 0 or not is_known[i]:
            continue
        interval = every_days[territory[i], known_class[i]]
        if day - last_visit[i] >= due * interval * interval_factor[i] and owner[i] >= 0 and at_work[owner[i]]:
            known_closed[i] = True
