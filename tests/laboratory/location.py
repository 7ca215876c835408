"""Policy laboratory: the simulator's reorder rules on one location, under textbook conditions.

It answers "what does this rule cost on this demand?" in milliseconds, without a market around it, and it is where the
rules are held against exact results of inventory theory. Orders come from `sim.kernels.inventory`, demand from keyed
uniforms and inverse distribution functions, and goods are whole units: the same parts as in a market.

Events of a period: (1) goods ordered `lead` periods ago arrive, (2) demand comes, (3) an order is placed, (4) costs are
charged on what is left. With `order_first`, (3) comes before (1), so that a lead of 0 arrives at once.
An order must therefore last for the next `lead` periods of demand, and for one more with `order_first`.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.compiled import kernel
from sim.kernels.inventory import (
    order_units,
    reorder_levels,
    smooth,
    smoothing_weight,
    whole_units,
    window_mean,
    window_sd,
)
from sim.sampling import negative_binomial_quantile, normal_quantile
from sim.streams import draw, stream

COUNT: Final = 0
NORMAL: Final = 1

FIXED: Final = 0
MOVING_AVERAGE: Final = 1
EXPONENTIAL: Final = 2


class Demand(NamedTuple):
    """Demand of a period.

    Attributes
    ----------
    law : `COUNT` (negative binomial; Poisson when `spread` is 0) or `NORMAL`.
    mean : mean demand. [units/period]
    spread : `NORMAL`: standard deviation [units]; `COUNT`: dispersion k of variance = mean + mean²/k.
    scale : smallest goods in one unit: 1000 makes whole-unit stock fine enough for a continuous law. [-]
    """

    law: int
    mean: float
    spread: float
    scale: int


class Policy(NamedTuple):
    """A reorder rule with its forecast.

    Attributes
    ----------
    rule : `BASE_STOCK`, `S_S` or `R_Q` of `sim.kernels.inventory`.
    forecast : `FIXED` uses the three levels below; `MOVING_AVERAGE` or `EXPONENTIAL` computes them each period.
    reorder, target, lot : s (or r), S and Q. [units]
    memory : periods averaged, or whose mean age the smoothing weight matches. [periods]
    risk : risk time of the forecast levels. [periods]
    cover : demand covered on top. [periods]
    factor : safety factor. [-]
    """

    rule: int
    forecast: int
    reorder: float
    target: float
    lot: float
    memory: int
    risk: float
    cover: float
    factor: float


class Conditions(NamedTuple):
    """Conditions of a location.

    Attributes
    ----------
    lead : periods from order to arrival; 1 or more unless `order_first`. [periods]
    order_first : whether the order is placed before the period's demand.
    lost_sales : whether unmet demand is lost; otherwise it waits.
    returns_allowed : whether orders, and normal demand, may be negative.
    holding : cost of stock left at the end of a period. [money/unit/period]
    penalty : cost of backlog at the end of a period, or of a lost unit. [money/unit(/period)]
    fixed : cost of an order. [money/order]
    """

    lead: int
    order_first: bool
    lost_sales: bool
    returns_allowed: bool
    holding: float
    penalty: float
    fixed: float


class Outcome(NamedTuple):
    """What was measured, per period and in units of demand.

    Attributes
    ----------
    cost : mean cost. [money/period]
    fill : share of demand served from stock at once. [-]
    orders : orders placed. [1/period]
    stock : mean stock at the end of a period. [units]
    demand_mean, demand_variance : of the demand drawn. [units, units²]
    order_mean, order_variance : of the orders placed, zeros included. [units, units²]
    unaccounted : goods in − goods out − goods left, in smallest goods: 0 in a sound run.
    """

    cost: float
    fill: float
    orders: float
    stock: float
    demand_mean: float
    demand_variance: float
    order_mean: float
    order_variance: float
    unaccounted: int


@kernel()
def push_window(window: NDArray[np.float64], seen: int, value: float) -> int:
    """Write a value into a ring of the last values, in place, and return the new number seen.

    Parameters
    ----------
    window : shape (memory,); `seen` values are held, the oldest is overwritten.
    seen : values pushed so far.
    """
    window[seen % window.shape[0]] = value
    return seen + 1


@kernel()
def smooth_variance(variance: float, level: float, value: float, weight: float) -> float:
    """Return the exponentially weighted variance after one more value.

    Parameters
    ----------
    variance : variance before. [units²]
    level : smoothed level *before* this value. [units]
    value : the new value. [units]
    weight : as in `smooth`. [-]

    Notes
    -----
    The exact recursion of weights w·(1 − w)^k (West 1979): (1 − w)·(variance + w·error²).
    """
    error = value - level
    return float((1.0 - weight) * (variance + weight * error * error))


@kernel(allocates=True)
def demand_goods(demand: Demand, start: np.uint64, period: int, negative: bool) -> int:
    """Return the demand of a period in smallest goods.

    Parameters
    ----------
    demand : the law.
    start : stream of the location (`sim.streams.stream`).
    period : index in the stream.
    negative : whether a normal draw below 0 counts as goods brought back; otherwise it is 0.
    """
    u = draw(start, period)
    if demand.law == COUNT:
        return int(negative_binomial_quantile(u, demand.mean, demand.spread)) * demand.scale
    goods = int(whole_units((demand.mean + demand.spread * normal_quantile(u)) * demand.scale))
    return goods if negative else max(goods, 0)


# Rows of the running state of a location; goods are in smallest goods.
_NET: Final = 0
_ON_ORDER: Final = 1
_SEEN: Final = 2
_CAME: Final = 3
_GONE: Final = 4


@kernel(allocates=True)
def _levels(
    policy: Policy, window: NDArray[np.float64], seen: int, smoothed: NDArray[np.float64]
) -> tuple[float, float, float]:
    """Return (s, S, Q) in units: the fixed ones, or those of the forecast."""
    if policy.forecast == FIXED:
        return policy.reorder, policy.target, policy.lot
    if policy.forecast == MOVING_AVERAGE:
        rate, sd = window_mean(window, seen), window_sd(window, seen)
    else:
        rate, sd = smoothed[0], math.sqrt(smoothed[1])
    levels = reorder_levels(policy.rule, rate, sd, policy.risk, policy.cover, policy.factor)
    return levels[0], levels[1], levels[2]


@kernel(allocates=True)
def _learn(policy: Policy, value: float, window: NDArray[np.float64], seen: int, smoothed: NDArray[np.float64]) -> int:
    """Take a period's demand into the forecast, in place; return the number of periods seen."""
    if policy.forecast == EXPONENTIAL:
        weight = smoothing_weight(float(policy.memory))
        smoothed[1] = smooth_variance(smoothed[1], smoothed[0], value, weight)
        smoothed[0] = smooth(smoothed[0], value, weight)
    return int(push_window(window, seen, value))


@kernel(allocates=True)
def _place(
    policy: Policy,
    conditions: Conditions,
    scale: float,
    period: int,
    state: NDArray[np.int64],
    pipeline: NDArray[np.int64],
    levels: tuple[float, float, float],
) -> int:
    """Place the period's order into the pipeline, in place; return it in smallest goods."""
    position = (state[_NET] + state[_ON_ORDER]) / scale
    wanted = order_units(policy.rule, position, levels[0], levels[1], levels[2], conditions.returns_allowed)
    ordered = int(whole_units(wanted * scale))
    state[_ON_ORDER] += ordered
    pipeline[(period + conditions.lead) % pipeline.shape[0]] += ordered
    return ordered


@kernel(allocates=True)
def _receive(period: int, state: NDArray[np.int64], pipeline: NDArray[np.int64]) -> None:
    """Take in the goods that arrive in this period, in place."""
    slot = period % pipeline.shape[0]
    arriving = pipeline[slot]
    state[_NET] += arriving
    state[_ON_ORDER] -= arriving
    state[_CAME] += arriving
    pipeline[slot] = 0


@kernel(allocates=True)
def _sell(asked: int, lost_sales: bool, state: NDArray[np.int64]) -> int:
    """Serve the period's demand, in place; return the goods served from stock at once."""
    at_once = min(asked, max(state[_NET], 0))
    leaves = at_once if lost_sales else asked
    state[_NET] -= leaves
    state[_GONE] += leaves
    return int(at_once)


@kernel(allocates=True)
def _outcome(sums: NDArray[np.float64], scale: float, periods: int, unaccounted: int) -> Outcome:
    """Turn the sums of `simulate_single_location` into means and variances."""
    n = float(periods)
    demand_mean = sums[3] / n
    order_mean = sums[5] / n
    return Outcome(
        sums[0] / n,
        sums[1] / sums[3] if sums[3] > 0.0 else 1.0,
        sums[7] / n,
        sums[2] / n / scale,
        demand_mean / scale,
        (sums[4] / n - demand_mean**2) / scale**2,
        order_mean / scale,
        (sums[6] / n - order_mean**2) / scale**2,
        unaccounted,
    )


@kernel(allocates=True)
def simulate_single_location(
    demand: Demand, policy: Policy, conditions: Conditions, key: np.uint64, warm_up: int, periods: int
) -> Outcome:
    """Run one location under a reorder rule and measure it.

    Parameters
    ----------
    demand, policy, conditions : see the classes; levels and costs are per unit, whatever the scale.
    key : key of the replication (`sim.streams.key_of`).
    warm_up : periods run first and not measured. [periods]
    periods : periods measured. [periods]
    """
    scale = float(demand.scale)
    start = stream(key, np.uint64(0))
    pipeline = np.zeros(conditions.lead + 1, np.int64)
    window = np.zeros(max(policy.memory, 1))
    smoothed = np.array([demand.mean, 0.0])
    state = np.zeros(5, np.int64)
    # Begun with the fixed target or the expected demand of the risk time, so that the warm-up is short.
    state[_NET] = whole_units(max(policy.target, policy.reorder + policy.lot, demand.mean * policy.risk) * scale)
    opening = state[_NET]
    sums = np.zeros(8)
    for t in range(warm_up + periods):
        ordered = 0
        if conditions.order_first:
            levels = _levels(policy, window, state[_SEEN], smoothed)
            ordered = _place(policy, conditions, scale, t, state, pipeline, levels)
        _receive(t, state, pipeline)
        asked = demand_goods(demand, start, t, conditions.returns_allowed)
        at_once = _sell(asked, conditions.lost_sales, state)
        state[_SEEN] = _learn(policy, asked / scale, window, state[_SEEN], smoothed)
        if not conditions.order_first:
            levels = _levels(policy, window, state[_SEEN], smoothed)
            ordered = _place(policy, conditions, scale, t, state, pipeline, levels)
        if t >= warm_up:
            missing = asked - at_once if conditions.lost_sales else max(-state[_NET], 0)
            stock = max(state[_NET], 0)
            sums[0] += (conditions.holding * stock + conditions.penalty * missing) / scale
            sums[0] += conditions.fixed if ordered != 0 else 0.0
            sums[1] += at_once
            sums[2] += stock
            sums[3] += asked
            sums[4] += float(asked) ** 2
            sums[5] += ordered
            sums[6] += float(ordered) ** 2
            sums[7] += 1.0 if ordered != 0 else 0.0
    unaccounted = opening + state[_CAME] - state[_GONE] - state[_NET]
    result: Outcome = _outcome(sums, scale, periods, unaccounted)
    return result
