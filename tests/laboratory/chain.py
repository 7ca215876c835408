"""Policy laboratory, second bench: echelon base stock on a serial chain (Clark & Scarf 1960).

A period: goods arrive, demand comes, orders go up the whole chain, suppliers ship at once, costs are charged; with
`order_first` the orders and shipments come before the demand. The rule and the rounding are the simulator's own.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.compiled import kernel
from sim.kernels.inventory import BASE_STOCK, order_units, whole_units
from sim.streams import stream
from tests.laboratory.location import Demand, demand_goods


class ChainOutcome(NamedTuple):
    """What was measured on a chain.

    Attributes
    ----------
    cost : mean cost. [money/period]
    fill : share of consumers' demand served at once. [-]
    demand_variance : of the demand drawn. [units²]
    order_variance : shape (n_stages,), of each stage's orders, retail first. [units²]
    """

    cost: float
    fill: float
    demand_variance: float
    order_variance: NDArray[np.float64]


@kernel(allocates=True)
def _order_up_chain(
    targets: NDArray[np.int64],
    stock: NDArray[np.int64],
    arriving: NDArray[np.int64],
    owed: NDArray[np.int64],
    ordered: NDArray[np.int64],
) -> None:
    """Let each stage, from retail up, bring its echelon position to its target; `ordered` and `owed` change in place.

    The echelon position of a stage is all goods at or on the way to it and the stages below, plus what its supplier
    still owes it, minus consumers' backlog (`owed[0]`).
    """
    n = stock.shape[0]
    echelon = -owed[0]
    for j in range(n):
        echelon += stock[j] + arriving[j]
        position = echelon + owed[j + 1]
        ordered[j] = whole_units(order_units(BASE_STOCK, float(position), 0.0, float(targets[j]), 0.0, False))
        owed[j + 1] += ordered[j]


@kernel(allocates=True)
def _ship_down_chain(
    period: int,
    leads: NDArray[np.int64],
    stock: NDArray[np.int64],
    arriving: NDArray[np.int64],
    owed: NDArray[np.int64],
    pipelines: NDArray[np.int64],
) -> None:
    """Let each supplier send what it owes and has, in place; the outside source has everything."""
    n = stock.shape[0]
    for j in range(n):
        sent = owed[j + 1]
        if j + 1 < n:
            sent = min(sent, stock[j + 1])
            stock[j + 1] -= sent
        owed[j + 1] -= sent
        arriving[j] += sent
        pipelines[j, (period + leads[j]) % pipelines.shape[1]] += sent


@kernel(allocates=True)
def _arrive_in_chain(
    period: int, stock: NDArray[np.int64], arriving: NDArray[np.int64], pipelines: NDArray[np.int64]
) -> None:
    """Take in what arrives at every stage in this period, in place."""
    slot = period % pipelines.shape[1]
    for j in range(stock.shape[0]):
        stock[j] += pipelines[j, slot]
        arriving[j] -= pipelines[j, slot]
        pipelines[j, slot] = 0


@kernel(allocates=True)
def _chain_cost(
    holding: NDArray[np.float64],
    penalty: float,
    stock: NDArray[np.int64],
    arriving: NDArray[np.int64],
    owed: NDArray[np.int64],
) -> float:
    """Return the period's cost in smallest goods; goods on the way cost what they cost at the stage they left."""
    cost = penalty * owed[0]
    for j in range(stock.shape[0]):
        cost += holding[j] * stock[j]
        if j > 0:
            cost += holding[j] * arriving[j - 1]
    return float(cost)


@kernel(allocates=True)
def simulate_serial(
    demand: Demand,
    targets: NDArray[np.float64],
    leads: NDArray[np.int64],
    holding: NDArray[np.float64],
    penalty: float,
    order_first: bool,
    key: np.uint64,
    warm_up: int,
    periods: int,
) -> ChainOutcome:
    """Run a serial chain under echelon base stock with backorders, and measure it.

    Parameters
    ----------
    demand : consumers' demand at stage 0. [units/period]
    targets : shape (n_stages,). Echelon base-stock levels, retail first. [units]
    leads : shape (n_stages,). Periods from a stage's supplier to it, 1 or more. [periods]
    holding : shape (n_stages,). Local holding cost; also of goods on the way from the stage down. [money/unit/period]
    penalty : cost of consumers' backlog. [money/unit/period]
    order_first : whether the period's orders and shipments come before its demand.
    key, warm_up, periods : as in `simulate_single_location`.
    """
    n = targets.shape[0]
    start = stream(key, np.uint64(0))
    levels = np.empty(n, np.int64)
    for j in range(n):
        levels[j] = whole_units(targets[j] * demand.scale)
    stock = np.zeros(n, np.int64)
    arriving = np.zeros(n, np.int64)
    owed = np.zeros(n + 1, np.int64)
    ordered = np.zeros(n, np.int64)
    pipelines = np.zeros((n, leads.max() + 1), np.int64)
    order_sums = np.zeros((2, n))
    cost = served = d1 = d2 = 0.0
    for t in range(warm_up + periods):
        _arrive_in_chain(t, stock, arriving, pipelines)
        if order_first:
            _order_up_chain(levels, stock, arriving, owed, ordered)
            _ship_down_chain(t, leads, stock, arriving, owed, pipelines)
        asked = demand_goods(demand, start, t, False)
        # Waiting consumers come first; goods that arrived have not met them yet.
        ready = max(stock[0] - owed[0], 0)
        owed[0] += asked
        given = min(owed[0], stock[0])
        owed[0] -= given
        stock[0] -= given
        if not order_first:
            _order_up_chain(levels, stock, arriving, owed, ordered)
            _ship_down_chain(t, leads, stock, arriving, owed, pipelines)
        if t >= warm_up:
            cost += _chain_cost(holding, penalty, stock, arriving, owed)
            served += min(asked, ready)
            d1 += asked
            d2 += float(asked) ** 2
            for j in range(n):
                order_sums[0, j] += ordered[j]
                order_sums[1, j] += float(ordered[j]) ** 2
    scale = float(demand.scale)
    variance = (order_sums[1] / periods - (order_sums[0] / periods) ** 2) / scale**2
    return ChainOutcome(
        cost / periods / scale,
        served / d1 if d1 > 0.0 else 1.0,
        (d2 / periods - (d1 / periods) ** 2) / scale**2,
        variance,
    )
