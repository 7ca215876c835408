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
def base_stock_order(position: float, target: float, returns_allowed: bool) -> float:
    """Return the order that brings the position to the target; negative only where returns are allowed [units]."""
    gap = target - position
    return float(gap if gap > 0.0 or returns_allowed else 0.0)


@kernel()
def s_S_order(position: float, reorder: float, target: float) -> float:  # noqa: N802 (the rule's own name)
    """Return S − position when the position is at or below s, otherwise 0 [units]."""
    return float(target - position) if position <= reorder and target > position else 0.0


@kernel()
def r_Q_order(position: float, reorder: float, lot: float) -> float:  # noqa: N802 (the rule's own name)
    """Return the least number of lots that lifts the position above r, otherwise 0 [units]."""
    if position > reorder or lot <= 0.0:
        return 0.0
    return float(lot * (math.floor((reorder - position) / lot) + 1.0))


@kernel()
def order_units(rule: int, position: float, reorder: float, target: float, lot: float, returns_allowed: bool) -> float:
    """Return what a rule wants to order at this position, before packing and limits [units].

    Parameters
    ----------
    rule : `BASE_STOCK`, `S_S` or `R_Q`.
    position : stock + on order − backlog. [units]
    reorder, target, lot : from `reorder_levels`, or fixed. [units]
    returns_allowed : whether base stock may send goods back.
    """
    if rule == S_S:
        return float(s_S_order(position, reorder, target))
    if rule == R_Q:
        return float(r_Q_order(position, reorder, lot))
    return float(base_stock_order(position, target, returns_allowed))


@kernel()
def vendor_managed_order(
    echelon_position: float,
    sell_out_rate: float,
    sell_out_sd: float,
    risk_days: float,
    downstream_days: float,
    factor: float,
) -> float:
    """Return the order that the supplier sets from shared sell-out: base stock on the echelon position [units].

    Parameters
    ----------
    echelon_position : what the distributor has and is to get, plus the stock of the outlets it serves and goods on the
        way to them, whatever these have ordered; or its own position alone, with `downstream_days` 0. [units]
    sell_out_rate, sell_out_sd : consumers' purchases at those outlets. [units/day]
    risk_days : review period plus lead time. [days]
    downstream_days : stock that the outlets should hold. [days]
    factor : safety factor. [-]

    Notes
    -----
    Outlets' own ordering moves goods inside the echelon and leaves its position unchanged, so their batches and
    forecasts do not reach the factory; that is why shared data calm the orders (Lee, Padmanabhan & Whang 1997).
    """
    levels = reorder_levels(BASE_STOCK, sell_out_rate, sell_out_sd, risk_days, downstream_days, factor)
    return float(base_stock_order(echelon_position, levels[1], False))


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
