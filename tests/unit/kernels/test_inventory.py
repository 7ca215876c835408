"""Reorder rules at their edges: what the long runs of the analytic tests would average away."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.kernels.inventory import (
    BASE_STOCK,
    R_Q,
    S_S,
    clip_cases,
    order_units,
    reorder_levels,
    safety_stock,
    smooth,
    smoothing_weight,
    whole_cases,
    whole_units,
    window_mean,
    window_sd,
)
from sim.kernels.supply import Evening, Replenishment, review_distributors
from sim.policies import ReplenishmentPolicy, ShopPolicy
from sim.scenario.schema.channel import DistributorPolicy, OrderingSpec
from tests.laboratory.location import push_window, smooth_variance

units = st.integers(-500, 500)


def test_every_policy_of_the_schema_has_a_rule() -> None:
    for spec, table in ((OrderingSpec, ShopPolicy), (DistributorPolicy, ReplenishmentPolicy)):
        names = spec.model_fields["policy"].annotation.__args__
        assert set(names) == set(table.__members__)


@pytest.mark.parametrize(("position", "order"), [(7.0, 0.0), (6.0, 34.0), (-4.0, 44.0)])
def test_s_S_orders_at_or_below_s(position: float, order: float) -> None:
    assert order_units(S_S, position, 6.0, 40.0, 0.0, False) == order


@pytest.mark.parametrize(("position", "order"), [(4.0, 0.0), (3.0, 5.0), (-1.0, 5.0), (-2.0, 10.0), (-7.0, 15.0)])
def test_r_Q_orders_the_least_number_of_lots(position: float, order: float) -> None:
    assert order_units(R_Q, position, 3.0, 0.0, 5.0, False) == order


@given(position=units, reorder=units, lot=st.integers(1, 60))
def test_r_Q_ends_just_above_r(position: int, reorder: int, lot: int) -> None:
    after = position + order_units(R_Q, float(position), float(reorder), 0.0, float(lot), False)
    assert after > reorder
    assert position > reorder or after <= reorder + lot


def test_base_stock_sends_goods_back_only_where_allowed() -> None:
    assert order_units(BASE_STOCK, 12.0, 0.0, 10.0, 0.0, False) == 0.0
    assert order_units(BASE_STOCK, 12.0, 0.0, 10.0, 0.0, True) == -2.0


@given(rule=st.sampled_from([BASE_STOCK, S_S, R_Q]), position=units, rate=st.floats(0, 50), sd=st.floats(0, 20))
def test_no_rule_orders_less_than_nothing(rule: int, position: int, rate: float, sd: float) -> None:
    s, target, lot = reorder_levels(rule, rate, sd, 5.0, 10.0, 1.3)
    assert order_units(rule, float(position), s, target, lot, False) >= 0.0


def test_levels_of_the_three_rules_from_one_forecast() -> None:
    assert safety_stock(2.0, 9.0, 1.5) == 9.0
    assert reorder_levels(BASE_STOCK, 4.0, 2.0, 9.0, 5.0, 1.5) == (65.0, 65.0, 0.0)
    assert reorder_levels(S_S, 4.0, 2.0, 9.0, 5.0, 1.5) == (45.0, 65.0, 20.0)
    assert reorder_levels(R_Q, 4.0, 2.0, 9.0, 5.0, 1.5)[::2] == (45.0, 20.0)


def reviewed(policy: ReplenishmentPolicy, position: int, echelon: int) -> int:
    """What a distributor orders that forecasts 4 ± 2 a day, reviews weekly, reckons with 2 days and covers 14 more."""

    def one(value: float, dtype: type = np.int64) -> np.ndarray:
        return np.array([value], dtype=dtype)

    stock = Replenishment(
        lever_policy=one(policy, np.int32),
        lever_review_days=one(7),
        lever_cover_days=one(14.0, float),
        lever_safety_factor=one(1.5, float),
        lever_memory_days=one(3),
        expected_lead_days=2.0,
        distributor_company=one(0),
        distributor_forecast=np.array([[4.0]]),
        warehouse_units=one(1e6, float),
        product_company=one(0),
        case_units=one(1),
        list_price_cents=one(10),
    )
    evening = Evening(
        day=2,
        history=np.array([[[6, 2, 4, 99]]]),
        is_due=one(True, bool),
        position=np.array([[position]]),
        echelon=np.array([[echelon]]),
        coming=np.array([[0]]),
        purse_cents=one(10**9),
    )
    orders = np.zeros((1, 1), dtype=np.int64)
    review_distributors(stock, evening, orders)
    return int(orders[0, 0])


def test_vendor_managed_order_ignores_where_in_the_echelon_the_goods_stand() -> None:
    target = 4.0 * (9.0 + 14.0) + 1.5 * 2.0 * 3.0
    for position in (0, 60, 500):
        assert reviewed(ReplenishmentPolicy.vendor_managed, position, 60) == target - 60.0
        assert reviewed(ReplenishmentPolicy.vendor_managed, position, 500) == 0.0


@pytest.mark.parametrize(
    ("policy", "order"),
    [("base_stock", 61), ("s_S", 61), ("r_Q", 56), ("moving_average", 5), ("exponential_smoothing", 5)],
)
def test_distributors_policies_answer_their_own_position(policy: str, order: int) -> None:
    """The reorder level is 45, cover is 56 more; forecasts that learn are not covered."""
    assert reviewed(ReplenishmentPolicy[policy], 40, 500) == order


@given(values=st.lists(st.integers(0, 1000), min_size=1, max_size=40), memory=st.integers(1, 12))
def test_window_holds_the_last_values(values: list[int], memory: int) -> None:
    window, seen = np.zeros(memory), 0
    for value in values:
        seen = push_window(window, seen, float(value))
    last = values[-memory:]
    assert window_mean(window, seen) == pytest.approx(np.mean(last))
    assert window_sd(window, seen) == pytest.approx(np.std(last, ddof=1) if len(last) > 1 else 0.0)


def test_an_empty_window_says_nothing() -> None:
    assert window_mean(np.zeros(5), 0) == 0.0
    assert window_sd(np.zeros(5), 1) == 0.0


@given(values=st.lists(st.floats(0, 100), min_size=1, max_size=30))
def test_smoothed_mean_and_variance_are_the_weighted_ones(values: list[float]) -> None:
    weight = smoothing_weight(7.0)
    level, variance = 20.0, 0.0
    for value in values:
        variance = smooth_variance(variance, level, value, weight)
        level = smooth(level, value, weight)
    n = len(values)
    weights = np.append((1 - weight) ** n, weight * (1 - weight) ** np.arange(n - 1, -1, -1))
    data = np.append(20.0, values)
    assert level == pytest.approx(weights @ data)
    assert variance == pytest.approx(weights @ (data - level) ** 2, abs=1e-8)


@pytest.mark.parametrize(
    ("wanted", "minimum", "units"),
    [(-3.0, 1, 0), (0.0, 1, 0), (5.9, 1, 0), (6.0, 1, 12), (17.9, 1, 12), (18.0, 1, 24), (6.0, 3, 36)],
)
def test_whole_cases(wanted: float, minimum: int, units: int) -> None:
    assert whole_cases(wanted, 12, minimum) == units


@pytest.mark.parametrize(
    ("room", "affordable", "units"), [(100, 100, 36), (35, 100, 24), (100, 11, 0), (-5, 100, 0), (100, -1, 0)]
)
def test_an_order_is_cut_to_whole_cases_that_fit_and_can_be_paid(room: int, affordable: int, units: int) -> None:
    assert clip_cases(36, 12, room, affordable) == units


@given(wanted=st.floats(-1e6, 1e6))
def test_whole_units_rounds_orders_and_returns_alike(wanted: float) -> None:
    assert whole_units(-wanted) == -whole_units(wanted)
    assert abs(whole_units(wanted) - wanted) <= 0.5
