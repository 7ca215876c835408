"""Stock rules on hand-made numbers; the target service against scipy's negative binomial."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError
from scipy.stats import nbinom, norm, poisson

from sim.kernels.inventory import safety_stock
from sim.strategies.principles.inventory import Inventory, safety_factor, safety_factors
from tests.views import levers_after, made_view, pulls_of

SERVICES = (0.5, 0.8, 0.9, 0.95, 0.99, 0.999)


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize(("rate", "index", "days"), [(2.0, 1.8, 12.0), (0.3, 3.0, 8.0), (30.0, 1.2, 12.0)])
def test_the_stock_is_the_least_that_covers_demand(rate: float, index: float, days: float, service: float) -> None:
    factor = safety_factor(rate, index, days, service)
    level = rate * days + safety_stock(math.sqrt(index * rate), days, factor)
    # A negative binomial with mean m and variance index·m has p = 1/index and n = m/(index − 1).
    law = nbinom(rate * days / (index - 1.0), 1.0 / index)
    assert level == pytest.approx(law.ppf(service), abs=1e-6)
    assert law.cdf(level + 1e-6) >= service > law.cdf(level - 0.5)


@pytest.mark.parametrize("service", SERVICES)
def test_an_index_of_one_is_poisson_and_no_demand_is_normal(service: float) -> None:
    assert 24.0 + math.sqrt(24.0) * safety_factor(2.0, 1.0, 12.0, service) == pytest.approx(poisson(24.0).ppf(service))
    assert safety_factor(0.0, 1.8, 12.0, service) == pytest.approx(norm.ppf(service), abs=1e-12)


def test_many_units_are_nearly_normal() -> None:
    assert safety_factor(5000.0, 1.8, 12.0, 0.95) == pytest.approx(norm.ppf(0.95), abs=0.02)


def factors(**parameters: Any) -> np.ndarray[Any, Any]:
    view = made_view(3, distributors={"purchase_rate": [0.5, 10.0, np.nan]}, products={"sell_in_rate": [3.0, 1.0]})
    decision = Inventory(**parameters).decide(view, {})
    return np.asarray(levers_after(view, decision)["safety_factor"])


@pytest.mark.parametrize("index", [1.0, 1.8, 6.0])
def test_a_higher_target_service_never_asks_for_less_safety(index: float) -> None:
    rising = [factors(target_service=s, dispersion_index=index) for s in np.linspace(0.01, 0.9999, 60)]
    assert (np.diff(rising, axis=0) >= 0.0).all()
    assert (rising[-1] > rising[0]).all()


def test_products_count_by_what_they_sell() -> None:
    by_hand = 0.75 * safety_factor(7.5, 1.8, 12.0, 0.9) + 0.25 * safety_factor(2.5, 1.8, 12.0, 0.9)
    assert factors(target_service=0.9)[1] == pytest.approx(by_hand)
    shares = np.array([0.75, 0.25])
    assert safety_factors(np.array([10.0]), shares, 1.8, np.array([12.0]), 0.9) == pytest.approx([by_hand])


def test_reviewing_more_often_shortens_the_risk_time() -> None:
    (by_hand,) = safety_factors(np.array([10.0]), np.array([0.75, 0.25]), 1.8, np.array([5.0 + 2.0]), 0.9)
    assert factors(target_service=0.9, review_days=2)[1] == pytest.approx(by_hand)


def test_the_cost_ratio_is_the_newsvendors() -> None:
    np.testing.assert_array_equal(factors(cost_ratio=9.0), factors(target_service=0.9))


def test_only_what_is_stated_is_pulled() -> None:
    view = made_view()
    for name, value, expected in (
        ("policy", "r_Q", {"policy": 2}),
        ("policy", "vendor_managed", {"policy": 5, "information_system": 1}),
        ("share_data", False, {"information_system": 0}),
        ("shop_policy", "s_S", {"shop_policy": 1}),
        ("price_protection", 0.5, {"price_protection": 0.5}),
        ("rebate_rate", 0.05, {"rebate_rate": 0.05}),
    ):
        decision = Inventory(**{name: value}).decide(view, {})
        assert {pull.lever: pull.value for pull in decision.pulls} == expected


def test_rules_go_to_contracted_or_to_core_distributors() -> None:
    view = made_view(3, distributors={"is_contracted": [True, True, False], "is_core": [True, False, True]})
    for who, rows in (("all", [0, 1]), ("core", [0])):
        (pull,) = pulls_of(Inventory(distributors=who, cover_days=3.0).decide(view, {}), "cover_days")
        assert pull.where["distributor"].tolist() == rows
        (pull,) = pulls_of(Inventory(distributors=who, target_service=0.9).decide(view, {}), "safety_factor")
        assert pull.where["distributor"].tolist() == rows


def test_contradictions_are_refused_by_name() -> None:
    with pytest.raises(ValidationError, match="target_service"):
        Inventory(target_service=0.9, safety_factor=1.0)
    with pytest.raises(ValidationError, match="share_data"):
        Inventory(policy="vendor_managed", share_data=False)
