"""Kinds pull the levers of the later mechanisms, each by its own parameter, and leave them alone without it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

import sim.strategies
from sim.scenario.schema import Scenario
from sim.strategies.budget import PriceList, monthly_cost
from sim.strategies.principles.key_accounts import KeyAccounts
from sim.strategies.principles.people import People
from sim.strategies.principles.stronghold import Stronghold
from sim.strategies.principles.trade_terms import TradeTerms
from sim.strategies.registry import kinds
from sim.world.levers import LEVERS
from tests.views import assert_is_baseline, levers_after, made_view, pulls_of

STATED: list[tuple[str, dict[str, float]]] = [
    (
        "people",
        {
            "hire_pay": 1.2,
            "hire_applicants": 6.0,
            "commission_cents": 30.0,
            "bonus_cents": 50_000,
            "coaching_minutes": 20.0,
            "survey_minutes": 15.0,
        },
    ),
    (
        "trade_terms",
        {
            "trade_promotion_every_days": 60,
            "trade_promotion_length_days": 10,
            "trade_promotion_discount": 0.05,
            "listing_fee_most_cents": 70_000,
        },
    ),
    ("inventory", {"capacity": 1.5}),
]


@pytest.mark.parametrize(("kind", "levers"), STATED, ids=[kind for kind, _ in STATED])
def test_a_lever_stands_where_the_parameter_says_and_nothing_else_moves(kind: str, levers: dict[str, float]) -> None:
    view = made_view(3, baseline={"capacity": 1})
    after = levers_after(view, kinds()[kind](**levers).decide(view, {}))
    for name, before in view.baseline.items():
        np.testing.assert_allclose(after[name], levers.get(name, before), err_msg=name)


def test_supervisors_go_where_the_advisors_are() -> None:
    view = made_view(3, baseline={"advisors": [3, 1, 0]})
    after = levers_after(view, People(extra_supervisors=2.0).decide(view, {}))
    np.testing.assert_allclose(after["supervisors"], [1.5, 0.5, 0.0])
    nobody = made_view(3, baseline={"advisors": 0})
    assert_is_baseline(nobody, People(extra_supervisors=2.0).decide(nobody, {}))


def test_promotions_to_shops_run_in_the_named_territories_alone() -> None:
    view = made_view(3, baseline={"trade_promotion_on": 1})
    some = TradeTerms(territories=("t1",), trade_promotion_every_days=60)
    assert levers_after(view, some.decide(view, {}))["trade_promotion_on"].tolist() == [0, 1, 0]
    assert not pulls_of(TradeTerms(territories=("t1",), terms_days=60).decide(view, {}), "trade_promotion_on")
    with pytest.raises(ValidationError, match="trade_promotion_length_days"):
        TradeTerms(trade_promotion_every_days=7, trade_promotion_length_days=14)


def held(**parameters: Any) -> Mapping[str, Any]:
    share = np.full((2, made_view(2).territories.share.shape[1]), 0.1)
    share[0, 0], share[1, 1] = 0.6, 0.6
    view = made_view(2, territories={"share": share, "rank": [1, 2]})
    part = Stronghold(display_cents=0, exclusive_outlets=0.0, visit_factor_a=1.0, **parameters)
    return levers_after(view, part.decide(view, {}))


def test_a_stronghold_binds_the_distributors_that_cover_it_and_leads_its_people() -> None:
    terms = {"exclusive_degree": "shop", "exclusive_most_cents": 7}
    after = held(offer_cents=90_000, network_cents=40_000, supervisors=1.0, listing_fee_most_cents=5, **terms)
    assert after["offer_cents"].tolist() == [90_000, 0]
    assert after["network_cents"].tolist() == [40_000, 0]
    assert after["supervisors"].tolist() == [1.0, 0.0]
    assert after["listing_fee_most_cents"].tolist() == [5]
    assert after["exclusive_degree"].tolist() == [2, 0]
    assert after["exclusive_most_cents"].tolist() == [7]


def test_without_a_stronghold_no_fee_is_raised() -> None:
    view = made_view(2)
    assert_is_baseline(view, Stronghold(listing_fee_most_cents=5).decide(view, {}))


@pytest.mark.parametrize(
    ("least", "returns", "expected"),
    [(None, [0.5, 0.0], [30, 30]), (0.1, [0.5, 0.0], [0, 30]), (0.1, [0.1, np.nan], [0, 30])],
)
def test_flows_go_to_core_distributors_who_earn_too_little(
    least: float | None, returns: list[float], expected: list[int]
) -> None:
    view = made_view(2, distributors={"is_core": True, "rated_return": returns})
    after = levers_after(view, KeyAccounts(least_return=least, coaching_cents=30).decide(view, {}))
    assert after["coaching_cents"].tolist() == expected


def test_who_gives_us_attention_becomes_core() -> None:
    view = made_view(3, distributors={"purchase_rate": [20.0, 10.0, 5.0], "rated_attention": [0.1, np.nan, 0.9]})
    cores = [
        levers_after(view, KeyAccounts(share_of_sales=0.5, attention_weight=w).decide(view, {}))["core"].tolist()
        for w in (0.0, 1.0)
    ]
    assert cores == [[1, 0, 0], [0, 0, 1]]


def test_upkeep_of_contracts_and_pay_of_supervisors_count_where_they_are_paid() -> None:
    view = made_view(2, baseline={"supervisors": [1.0, 0.5], "dismiss": [0, 1]})
    on = Scenario.model_validate({"mechanisms": {"distributor_companies": True, "targets_act": True}})
    off, paid = (monthly_cost(view.baseline, PriceList.of(s), view) for s in (Scenario(), on))
    assert paid["advisors"] - off["advisors"] == 1.5 * on.team.supervision.supervisor_cents_per_month
    upkeep = on.distributors.partners.upkeep_cents
    assert paid["distributor services"] - off["distributor services"] == upkeep


def test_pay_by_results_and_of_the_newly_hired_counts_where_it_is_paid() -> None:
    levers = {"advisors": [2, 1], "hire_pay": 1.2, "bonus_cents": 50_000, "commission_cents": 3.0}
    view = made_view(2, baseline=levers)
    wage, sold = Scenario().team.wage_cents_per_month, float(view.products.sell_in_rate.sum()) * 365 / 12
    expected = {"targets_act": 3 * (wage + 50_000) + 3.0 * sold, "task_minutes": 3 * 1.2 * wage}
    for switch, cents in expected.items():
        scenario = Scenario.model_validate({"mechanisms": {switch: True}})
        assert monthly_cost(view.baseline, PriceList.of(scenario), view)["advisors"] == pytest.approx(cents)
    assert monthly_cost(view.baseline, PriceList.of(Scenario()), view)["advisors"] == 3 * wage


def test_an_agreement_costs_its_fee_or_the_most_that_we_pay_for_its_term() -> None:
    view = made_view(2, baseline={"exclusive_outlets": [2.0, 1.5], "exclusive_most_cents": 9_000})
    for switch, month in ((False, 30_000), (True, 9_000)):
        scenario = Scenario.model_validate({"mechanisms": {"exclusive_degrees": switch}})
        items = monthly_cost(view.baseline, PriceList.of(scenario), view)
        assert items["exclusive agreements"] == 3.5 * month * 180 / 30


def test_every_lever_is_pulled_by_some_kind() -> None:
    """By the name of the lever in the source of a kind or of what kinds share."""
    folder = Path(sim.strategies.__file__).parent
    text = "".join(
        file.read_text() for file in [*folder.glob("principles/*.py"), folder / "pulls.py", folder / "stages.py"]
    )
    assert [name for name in LEVERS if f'"{name}"' not in text] == []
