"""Cases 9 to 14: the simulator's reorder rules in the policy laboratory, against exact inventory theory.

Each exact value is computed here a second way, without simulation, and must round to the figure of the table.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import norm, poisson

from sim.kernels.inventory import BASE_STOCK, R_Q, S_S
from sim.strategies.principles.inventory import newsvendor_ratio
from tests.laboratory.chain import simulate_serial
from tests.laboratory.laws import newsvendor_normal
from tests.laboratory.location import (
    COUNT,
    FIXED,
    MOVING_AVERAGE,
    NORMAL,
    Conditions,
    Demand,
    Outcome,
    Policy,
    simulate_single_location,
)

Replicate = Callable[..., np.ndarray]
Check = Callable[..., None]
LENGTHS = [pytest.param(1, id="short"), pytest.param(25, id="long", marks=pytest.mark.slow)]


def fixed(rule: int, reorder: float, target: float, lot: float) -> Policy:
    """A rule with fixed levels."""
    return Policy(rule, FIXED, float(reorder), float(target), float(lot), 1, 1.0, 0.0, 0.0)


def sound(outcome: Outcome) -> Outcome:
    """The outcome, once it is seen that no goods were made or lost on the way."""
    assert outcome.unaccounted == 0
    return outcome


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize(("risk", "memory", "table"), [(1, 4, 1.625), (2, 5, 2.12), (4, 4, 5.0), (7, 14, 2.5)])
def test_case09_bullwhip_of_a_moving_average(
    risk: int, memory: int, table: float, length: int, replicate: Replicate, assert_reproduced: Check
) -> None:
    """Variance of orders over variance of demand is 1 + 2L/p + 2L²/p² (Chen et al. 2000; cap 3 % at 50,000 periods).

    L counts the review period, returns are allowed, safety stock is 0 so that the level moves by the mean alone.
    """

    def ratio(key: np.uint64) -> float:
        outcome = sound(
            simulate_single_location(
                Demand(NORMAL, 50.0, 10.0, 1000),
                Policy(BASE_STOCK, MOVING_AVERAGE, 0.0, 0.0, 0.0, memory, float(risk), 0.0, 0.0),
                Conditions(risk, False, False, True, 1.0, 9.0, 0.0),
                key,
                200,
                50_000 * length,
            )
        )
        return outcome.order_variance / outcome.demand_variance

    exact = 1 + 2 * risk / memory + 2 * risk**2 / memory**2
    assert exact == pytest.approx(table, abs=1e-12)
    assert_reproduced(replicate(ratio), exact, table, 0.03 * table)


@pytest.mark.parametrize("length", LENGTHS)
def test_case10_newsvendor(length: int, replicate: Replicate, assert_reproduced: Check) -> None:
    """h 2, p 18, N(120, 10): level 132.816 and cost 35.100 (cap .5 %)."""
    level = newsvendor_normal(120.0, 10.0, newsvendor_ratio(holding=2.0, penalty=18.0))
    assert level == pytest.approx(132.816, abs=5e-4)
    exact = (2.0 + 18.0) * norm.pdf(norm.ppf(0.9)) * 10.0
    assert round(exact, 3) == 35.100

    def cost(key: np.uint64) -> float:
        conditions = Conditions(0, True, False, False, 2.0, 18.0, 0.0)
        demand = Demand(NORMAL, 120.0, 10.0, 1000)
        return sound(
            simulate_single_location(demand, fixed(BASE_STOCK, level, level, 0), conditions, key, 50, 100_000 * length)
        ).cost

    assert_reproduced(replicate(cost), exact, 35.100, 0.005 * 35.1)


# Continuous review in short periods. An order leaves at the end of its period and arrives at the beginning of a later
# one, so a unit asked for in the middle of its period waits n − ½ periods on average: that is the lead time.
PERIODS_PER_LEAD = 100


def short_period_demand(lead_demand: float) -> Demand:
    """Poisson demand of one short period when a lead time of n − ½ periods sees `lead_demand`."""
    return Demand(COUNT, lead_demand / (PERIODS_PER_LEAD - 0.5), 0.0, 1)


def erlang_b(load: float, servers: int) -> float:
    """Share lost of a loss system: base stock with lost sales, by the number of units on order."""
    blocked = 1.0
    for n in range(1, servers + 1):
        blocked = load * blocked / (n + load * blocked)
    return blocked


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize(("lead_demand", "level", "table"), [(4, 7, 0.8893), (10, 14, 0.8645)])
def test_case11_base_stock_with_backorders(
    lead_demand: float, level: int, table: float, length: int, replicate: Replicate, assert_reproduced: Check
) -> None:
    """A unit is served at once when the lead time before it saw fewer than S others (cap .3 points)."""
    exact = poisson.cdf(level - 1, lead_demand)
    assert round(exact, 4) == table

    def fill(key: np.uint64) -> float:
        conditions = Conditions(PERIODS_PER_LEAD, False, False, False, 0.0, 0.0, 0.0)
        return sound(
            simulate_single_location(
                short_period_demand(lead_demand),
                fixed(BASE_STOCK, level, level, 0),
                conditions,
                key,
                2000,
                1_000_000 * length,
            )
        ).fill

    assert_reproduced(replicate(fill), exact, table, 0.003)


@pytest.mark.parametrize("length", LENGTHS)
def test_case11_base_stock_with_lost_sales(length: int, replicate: Replicate, assert_reproduced: Check) -> None:
    """λL 4, S 6: 11.72 % lost, Erlang's formula (cap .3 points)."""
    exact = erlang_b(4.0, 6)
    assert round(exact, 4) == 0.1172

    def lost(key: np.uint64) -> float:
        conditions = Conditions(PERIODS_PER_LEAD, False, True, False, 0.0, 0.0, 0.0)
        return (
            1
            - sound(
                simulate_single_location(
                    short_period_demand(4.0), fixed(BASE_STOCK, 6, 6, 0), conditions, key, 2000, 1_000_000 * length
                )
            ).fill
        )

    assert_reproduced(replicate(lost), exact, 0.1172, 0.003)


def s_S_cost(mean: float, reorder: int, target: int, holding: float, penalty: float, fixed_cost: float) -> float:
    """Exact mean cost of (s,S) with Poisson demand, no lead time and backorders, by the renewal of the position.

    m(j) is the expected number of periods that begin j below the target before the next order (Zheng & Federgruen
    1991); the order comes when the position is at or below s.
    """
    gap = target - reorder
    pmf = poisson.pmf(np.arange(gap + 1), mean)
    visits = np.zeros(gap)
    visits[0] = 1 / (1 - pmf[0])
    for j in range(1, gap):
        visits[j] = visits[:j] @ pmf[j:0:-1] / (1 - pmf[0])
    demand = np.arange(int(mean * 6) + 60)
    weights = poisson.pmf(demand, mean)

    def period_cost(position: int) -> float:
        left = position - demand
        return float(weights @ (holding * np.maximum(left, 0) + penalty * np.maximum(-left, 0)))

    stock = sum(visits[j] * period_cost(target - j) for j in range(gap))
    return float((fixed_cost + stock) / visits.sum())


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize(
    ("mean", "reorder", "target", "table"), [(10, 6, 40, 35.022), (25, 19, 56, 54.262), (50, 42, 108, 70.975)]
)
def test_case12_s_S(
    mean: int, reorder: int, target: int, table: float, length: int, replicate: Replicate, assert_reproduced: Check
) -> None:
    """h 1, p 9, K 64 (Zheng & Federgruen 1991; cap .2 %)."""
    exact = s_S_cost(mean, reorder, target, 1.0, 9.0, 64.0)
    assert round(exact, 3) == table

    def cost(key: np.uint64) -> float:
        conditions = Conditions(0, True, False, False, 1.0, 9.0, 64.0)
        demand = Demand(COUNT, float(mean), 0.0, 1)
        return sound(
            simulate_single_location(demand, fixed(S_S, reorder, target, 0), conditions, key, 200, 100_000 * length)
        ).cost

    assert_reproduced(replicate(cost), exact, table, 0.002 * table)


def r_Q_cost(
    reorder: int, lot: int, rate: float, lead: float, holding: float, penalty: float, fixed_cost: float
) -> float:
    """Exact cost rate of (r,Q) under Poisson demand: the position is uniform on r + 1 … r + Q (Zheng 1992)."""
    demand = np.arange(200)
    weights = poisson.pmf(demand, rate * lead)
    left = np.arange(reorder + 1, reorder + lot + 1)[:, None] - demand
    stock = (holding * np.maximum(left, 0) + penalty * np.maximum(-left, 0)) @ weights
    return float((fixed_cost * rate + stock.sum()) / lot)


@pytest.mark.parametrize("length", LENGTHS)
def test_case13_r_Q(length: int, replicate: Replicate, assert_reproduced: Check) -> None:
    """h 20, p 150, K 100, λ 1.5, L 2: (3, 5) is the best and costs 107.92 (cap 1 %).

    In short periods of L/n the end-of-period cost sees the demand of exactly n periods, so no correction is needed.
    """
    exact = r_Q_cost(3, 5, 1.5, 2.0, 20.0, 150.0, 100.0)
    assert round(exact, 2) == 107.92
    best = min(itertools.product(range(-2, 12), range(1, 15)), key=lambda x: r_Q_cost(*x, 1.5, 2.0, 20.0, 150.0, 100.0))
    assert best == (3, 5)
    period = 2.0 / PERIODS_PER_LEAD

    def cost(key: np.uint64) -> float:
        conditions = Conditions(PERIODS_PER_LEAD, False, False, False, 20.0 * period, 150.0 * period, 100.0)
        demand = Demand(COUNT, 1.5 * period, 0.0, 1)
        outcome = sound(simulate_single_location(demand, fixed(R_Q, 3, 0, 5), conditions, key, 2000, 800_000 * length))
        return outcome.cost / period

    assert_reproduced(replicate(cost), exact, 107.92, 0.0107 * 100)


def chain_cost(levels: list[float], leads: list[int], echelon_holding: list[float], penalty: float) -> float:
    """Exact mean cost of a chain with echelon levels under N(5, 1) demand, by Clark & Scarf's recursion.

    C_j(y) is the cost rate of the stages up to j when the echelon position of j is y: after its lead time the stages
    below can raise theirs to their level, or to what has arrived, whichever is less.
    """
    z = np.linspace(-8.0, 8.0, 3201)
    weights = norm.pdf(z)
    weights /= weights.sum()
    grid = np.linspace(-30.0, 40.0, 7001)
    cost_below: np.ndarray | None = None
    for j, (lead, holding) in enumerate(zip(leads, echelon_holding, strict=True)):
        cost = np.zeros_like(grid)
        for zi, w in zip(z, weights, strict=True):
            left = grid - (5.0 * lead + np.sqrt(lead) * zi)
            cost += w * holding * left
            if cost_below is None:
                cost += w * (penalty + sum(echelon_holding)) * np.maximum(-left, 0.0)
            else:
                cost += w * np.interp(np.minimum(left, levels[j - 1]), grid, cost_below)
        cost_below = cost
    assert cost_below is not None
    return float(np.interp(levels[-1], grid, cost_below))


@pytest.mark.parametrize("length", LENGTHS)
def test_case14_clark_scarf(length: int, replicate: Replicate, assert_reproduced: Check) -> None:
    """Local h 7/4/2, leads 1/1/2 from retail up, p 37.12, N(5, 1), levels 6.49/12.02/22.71: 47.65 (cap .2 %).

    The order of events that gives 47.65: goods arrive; demand comes; every stage orders and its supplier ships in the
    same instant; costs are charged. A lead of L then has to cover L periods of demand. Goods on the way from a stage
    are charged at that stage's local rate (goods from the outside source are not).
    """
    levels, leads = [6.49, 12.02, 22.71], [1, 1, 2]
    exact = chain_cost(levels, leads, [7.0 - 4.0, 4.0 - 2.0, 2.0], 37.12)
    # On a fine grid the recursion gives 47.660 with the same best levels; the published 47.65 is a rounding away.
    assert exact == pytest.approx(47.660, abs=1e-3)

    def cost(key: np.uint64) -> float:
        return simulate_serial(
            Demand(NORMAL, 5.0, 1.0, 1000),
            np.array(levels),
            np.array(leads),
            np.array([7.0, 4.0, 2.0]),
            37.12,
            False,
            key,
            100,
            100_000 * length,
        ).cost

    assert_reproduced(replicate(cost), exact, 47.65, 0.002 * 47.65)


def test_case14_depends_on_the_order_of_events(replicate: Replicate) -> None:
    """Ordering before the demand leaves the chain a period more to cover, and costs far more at these levels."""
    arguments = (np.array([6.49, 12.02, 22.71]), np.array([1, 1, 2]), np.array([7.0, 4.0, 2.0]), 37.12)
    costs = replicate(
        lambda key: simulate_serial(Demand(NORMAL, 5.0, 1.0, 1000), *arguments, True, key, 100, 2000).cost
    )
    assert costs.mean() > 1.5 * 47.65
