"""Reorder rules of shops and distributors: scalar, compiled, in units of one product.

An order is made in three steps, so that every rule shares the same parts:

1. a forecast gives the demand rate and its standard deviation (`smooth`, `window_mean` …);
2. `reorder_levels` makes of it the levels of a rule (reorder level s, target level S, lot Q);
3. `order_units` applies the rule to the inventory position, and `whole_cases` and `clip_cases` make an order of it that
   can be packed, stored and paid.

The *inventory position* is stock + on order − backlog. The *risk time* is review period + lead time.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.compiled import kernel
from sim.policies import ShopPolicy

BASE_STOCK: Final = int(ShopPolicy.order_up_to)
S_S: Final = int(ShopPolicy.s_S)
R_Q: Final = int(ShopPolicy.r_Q)
"""The three rules, numbered as shops' policies; distributors' policies are made of the same three."""


@kernel()
def smooth(level: float, value: float, weight: float) -> float:
    """Return the exponentially smoothed level after one more value [units of value]."""
    return float(level + weight * (value - level))


@kernel()
def smoothing_weight(memory: float) -> float:
    """Return 2/(n + 1): the smoothing weight whose mean age equals that of an n-day moving average."""
    return 2.0 / (memory + 1.0)


@kernel()
def window_mean(window: NDArray[np.float64], seen: int) -> float:
    """Return the mean of the values in a ring; of those seen so far while it is not full; 0 when empty."""
    held = min(seen, window.shape[0])
    if held == 0:
        return 0.0
    total = 0.0
    for i in range(held):
        total += window[i]
    return float(total / held)


@kernel()
def window_sd(window: NDArray[np.float64], seen: int) -> float:
    """Return the standard deviation (n − 1) of the values in a ring; 0 with fewer than two."""
    held = min(seen, window.shape[0])
    if held < 2:
        return 0.0
    mean = window_mean(window, seen)
    total = 0.0
    for i in range(held):
        total += (window[i] - mean) ** 2
    return math.sqrt(total / (held - 1))


@kernel()
def safety_stock(sd_per_day: float, risk_days: float, factor: float) -> float:
    """Return factor · sd · √(risk time), for independent days [units]."""
    return float(factor * sd_per_day * math.sqrt(max(risk_days, 0.0)))


@kernel()
def reorder_levels(
    rule: int, rate: float, sd: float, risk_days: float, cover_days: float, factor: float
) -> tuple[float, float, float]:
    """Return (reorder level s, target level S, lot Q) of a rule from a forecast.

    Parameters
    ----------
    rule : `BASE_STOCK`, `S_S` or `R_Q`.
    rate, sd : forecast demand and its standard deviation. [units/day]
    risk_days : review period plus lead time. [days]
    cover_days : demand covered on top: raises the target of base stock, S above s, and is the lot of (r,Q). [days]
    factor : safety stock in standard deviations of demand over the risk time. [-]

    Returns
    -------
    Base stock has s = S, so that any shortfall is ordered. [units]
    """
    expected = rate * risk_days + safety_stock(sd, risk_days, factor)
    cover = rate * cover_days
    target = expected + cover
    if rule == BASE_STOCK:
        return float(target), float(target), 0.0
    return float(expected), float(target), float(cover)


@kernel()
def order_units(rule: int, position: float, reorder: float, target: float, lot: float, returns_allowed: bool) -> float:
    """Return what a rule wants to order at this position, before packing and limits [units].

    Base stock fills the gap to the target. (s,S) does so when the position is at or below s; (r,Q) orders the least
    number of lots that lifts it above r.

    Parameters
    ----------
    rule : `BASE_STOCK`, `S_S` or `R_Q`.
    position : stock + on order − backlog. [units]
    reorder, target, lot : from `reorder_levels`, or fixed. [units]
    returns_allowed : whether base stock may send goods back.
    """
    gap = target - position
    if rule == S_S:
        return float(gap) if position <= reorder and gap > 0.0 else 0.0
    if rule == R_Q:
        if position > reorder or lot <= 0.0:
            return 0.0
        return float(lot * (math.floor((reorder - position) / lot) + 1.0))
    return float(gap if gap > 0.0 or returns_allowed else 0.0)


@kernel()
def whole_units(wanted: float) -> int:
    """Return the nearest whole number of units; halves away from zero, so that orders and returns round alike."""
    return math.floor(wanted + 0.5) if wanted >= 0.0 else -math.floor(0.5 - wanted)


@kernel()
def whole_cases(wanted: float, case_units: int, minimum_cases: int) -> int:
    """Return units in whole cases: the nearest number of cases, at least the minimum, and 0 for no order.

    Parameters
    ----------
    wanted : order before packing. [units]
    case_units : units in a case, 1 or more. [units]
    minimum_cases : least cases of an order. [cases]

    Notes
    -----
    A need below half a case waits: ordering a case for one missing unit would fill small shops with slow products.
    """
    if wanted <= 0.0:
        return 0
    cases = math.floor(wanted / case_units + 0.5)
    return 0 if cases == 0 else max(cases, minimum_cases) * case_units


@kernel()
def clip_cases(units: int, case_units: int, room_units: int, affordable_units: int) -> int:
    """Return the order cut to whole cases that fit into the room and the purse.

    Parameters
    ----------
    units : order in whole cases. [units]
    room_units : free storage for this product. [units]
    affordable_units : units that cash or credit still pays for. [units]
    """
    allowed = min(units, room_units, affordable_units)
    return max(allowed, 0) // case_units * case_units
