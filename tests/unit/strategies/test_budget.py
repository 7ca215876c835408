"""What a plan costs, and how it is brought down to the common budget."""

from __future__ import annotations

import numpy as np
import pytest

from sim.errors import InputError
from sim.scenario.schema import Scenario
from sim.strategies.budget import PriceList, fit, monthly_cost
from sim.world.ground import posts_cents
from tests.views import made_view

PRICES = PriceList.of(Scenario())
VIEW = made_view(2, baseline={"advisors": [2, 1], "promoters": [1, 0], "advertising_cents": 100_000})


def cost(**levers):
    return monthly_cost({**VIEW.baseline, **levers}, PRICES, VIEW)


def test_each_item_is_number_times_price():
    items = cost(census_outlets=np.array([10.0, 0.0]), inspectors=np.array([0.0, 2.0]))
    assert items["advisors"] == 3 * 700_000
    assert items["advertising"] == 200_000
    assert items["census"] == 10 * 800
    assert items["inspectors"] == 2 * 600_000
    # 12,000 a day on three days a week
    assert items["promoters"] == pytest.approx(12_000 * 3 * 365 / 12 / 7)


def test_a_price_cut_costs_its_share_of_our_sales():
    cut = np.zeros_like(VIEW.baseline["price_cut"])
    cut[:, VIEW.products.row] = 0.1
    value = float((VIEW.products.sell_in_rate * VIEW.products.list_price_cents).sum()) * 365 / 12
    assert cost(price_cut=cut)["prices"] == pytest.approx(0.1 * value)


def test_promotions_cost_their_cut_for_their_part_of_time_and_places():
    levers = {
        "promotion_every_days": np.array([50]),
        "promotion_length_days": np.array([10]),
        "promotion_cut": np.array([0.2]),
        "promotion_on": np.array([True, False]),
    }
    value = float((VIEW.products.sell_in_rate * VIEW.products.list_price_cents).sum()) * 365 / 12
    expected = 0.2 * 10 / 50 * 0.5 * Scenario().ours.promotion.product_share * value
    assert cost(**levers)["promotions"] == pytest.approx(expected)
    assert cost(**{**levers, "promotion_every_days": np.array([0])})["promotions"] == 0.0


def test_a_plan_within_the_budget_is_left_alone():
    levers = dict(VIEW.baseline)
    kept, items = fit(levers, PRICES, VIEW, sum(cost().values()), "refuse", "plan")
    assert kept is levers
    assert items == cost()


def test_advertising_displays_and_promoters_give_way():
    more = {**VIEW.baseline, "census_outlets": np.array([200.0, 0.0])}
    budget = sum(cost().values())
    kept, items = fit(more, PRICES, VIEW, budget, "cut", "plan")
    assert sum(items.values()) <= budget + PRICES.promoter_month
    assert items["census"] == 160_000
    assert (kept["advertising_cents"] < VIEW.baseline["advertising_cents"]).all()
    assert (kept["advisors"] == VIEW.baseline["advisors"]).all()


def test_a_plan_may_be_refused_or_allowed():
    more = {**VIEW.baseline, "advisors": np.array([9, 9])}
    budget = sum(cost().values())
    assert fit(more, PRICES, VIEW, budget, "allow", "plan")[0] is more
    for rule in ("refuse", "cut"):
        with pytest.raises(InputError, match=r"strategy 'plan': direction.budget: .* the budget is"):
            fit(more, PRICES, VIEW, budget, rule, "plan")


def test_opened_ground_costs_its_platform_and_its_opening():
    scenario = Scenario.model_validate({"mechanisms": {"ground": True}})
    spec = scenario.ours.ground
    view = made_view(3, territories={"is_open": [True, True, False]}, baseline={"advisors": [1, 0, 0]})
    levers = {**view.baseline, "open": np.array([True, False, True])}
    items = monthly_cost(levers, PriceList.of(scenario), view)
    # the second is left with notice, the third is on its way: sixty days take two months
    posts, months = posts_cents(spec.platform), spec.opening_days / (365 / 12)
    expected = 3 * posts + spec.manager_cents_per_month + spec.opening_cents / months
    assert items["platforms"] == pytest.approx(expected)
    assert monthly_cost(levers, PRICES, view)["platforms"] == 0.0
