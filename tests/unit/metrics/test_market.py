"""Market KPIs on two days, two territories, two companies; every expectation is worked out beside it."""

from __future__ import annotations

import math
from typing import Any

import pytest

from sim.metrics.catalogue import KPIS
from tests.unit.metrics.tables import FakeResult, cut, days, result, scenario

PANEL = {"consumers": {"panel": {"households": 10}}}


def small() -> FakeResult:
    """Two days. North: we sell 30 of 100 a day; south: 10 of 50. Day −1 must never count."""
    sold = {"north": (30, 70), "south": (10, 40)}
    listed = {
        "north": {"listed_outlets": 6, "listed_weight": 80.0, "facings_share": 0.4},
        "south": {"listed_outlets": 2, "listed_weight": 10.0, "facings_share": 0.1},
    }
    market: list[dict[str, Any]] = []
    for day in (-1, 0, 1):
        for territory, (mine, theirs) in sold.items():
            market.append(
                {
                    "day": day,
                    "territory": territory,
                    "sell_out_units": mine,
                    "sell_out_cents": mine * 300,
                    "sell_in_units": mine + 5,
                    "sell_in_cents": (mine + 5) * 200,
                    **listed[territory],
                }
            )
            market.append(
                {
                    "day": day,
                    "territory": territory,
                    "company": "rival",
                    "brand": "b2",
                    "product": "p2",
                    "sell_out_units": theirs,
                    "sell_out_cents": theirs * 200,
                    "sell_in_units": theirs,
                    "listed_outlets": 9,
                    "listed_weight": 90.0,
                    "facings_share": 0.6,
                }
            )
    territory = []
    for day in (0, 1):
        territory += [
            {
                "day": day,
                "territory": "north",
                "open_outlets": 10,
                "open_weight": 100.0,
                "unvisited_outlets": 4 - 4 * day,
                "listed_ours": 7,
                "active_ours": 5,
                "first_ours": 3,
                "exclusive_ours": 1,
            },
            {
                "day": day,
                "territory": "south",
                "open_outlets": 10,
                "open_weight": 50.0,
                "unvisited_outlets": 1,
                "listed_ours": 3,
                "active_ours": 2,
                "first_ours": 1,
                "exclusive_ours": 0,
            },
        ]
    relation = days(2, territory="north", relation=0.6, brand_capital=0.3)
    relation += days(2, territory="south", relation=0.3, brand_capital=0.12)
    outlets = [
        {"outlet": "o1", "size": 30.0, "share_ours": 0.5, "listed_ours": 1},
        {"outlet": "o2", "size": 10.0, "share_ours": 0.1, "listed_ours": 2},
        {"outlet": "o3", "size": 99.0, "share_ours": 0.0, "listed_ours": 0, "territory": "south"},
        {"outlet": "o4", "size": 99.0, "share_ours": 0.9, "listed_ours": 1, "open": False},
    ]
    constants = [{"product": "p1"}, {"product": "p2", "brand": "b2", "company": "rival"}]
    return result(
        scenario(**PANEL),
        market=market,
        territory=territory,
        brand_territory=relation,
        outlets=outlets,
        constants=constants,
        households=purchases(),
    )


def purchases() -> list[dict[str, Any]]:
    """h1: ours, ours, rival, ours. h2: rival, ours. h3: rival only."""
    bought = {"h1": ("b1", "b1", "b2", "b1"), "h2": ("b2", "b1"), "h3": ("b2",)}
    return [
        {"day": 0 if i < 2 else 1, "household": h, "outlet": "o1", "brand": brand, "units": 1}
        for h, brands in bought.items()
        for i, brand in enumerate(brands)
    ]


EXPECTED = {
    "sell_in_units": 100,  # (35 + 15) a day × 2 days
    "sell_in_value": 200,  # 100 units × 200 cents ÷ 100
    "sell_out_units": 80,  # (30 + 10) × 2
    "sell_out_value": 240,  # 80 × 300 ÷ 100
    "category_sell_out_units": 300,  # (100 + 50) × 2
    "category_sell_out_value": 680,  # 240 + (70 + 40) × 2 × 200 ÷ 100
    "market_share_units": 80 / 300,
    "market_share_value": 240 / 680,
    "numeric_distribution": 8 / 20,  # (6 + 2) ÷ (10 + 10), the same on both days
    "weighted_distribution": 90 / 150,  # (80 + 10) ÷ (100 + 50)
    "numeric_distribution_company": 10 / 20,  # (7 + 3) ÷ 20
    "weighted_distribution_company": 40 / 139,  # (30 + 10) ÷ (30 + 10 + 99); the closed outlet is out
    "active_outlets_share": 7 / 20,  # (5 + 2) ÷ 20
    "share_of_shelf": 45 / 150,  # (0.4 × 100 + 0.1 × 50) ÷ 150
    "brand_capital": 36 / 150,  # (0.3 × 100 + 0.12 × 50) ÷ 150
    "customer_ownership": 4 / 20,  # (3 + 1) ÷ 20
    "position_class": 2,  # challenger: 110 ÷ 40 = 2.75 is within 3, the range of a duel
    "territories_first": 0,  # the rival leads both
    "lead_flips": 0,
    "time_to_first": math.nan,  # we never lead
    "time_to_cover": 1,  # day 0: 15 of 20 seen, day 1: 19 of 20 = 95 %
    "unvisited_customers": 3,  # (5 + 1) ÷ 2 days
    "loyalty_outlets": 16 / 40,  # (30 × 0.5 + 10 × 0.1) ÷ (30 + 10); closed and unlisted outlets are out
    "relation": 75 / 150,  # (0.6 × 100 + 0.3 × 50) ÷ 150
    "barrier": 1 - 0.5 * 0.95 * 0.8,  # relation 0.5, exclusive 1 ÷ 20, ownership 4 ÷ 20
    "loyalty_households": 4 / 6,  # buyers h1 (3 of 4) and h2 (1 of 2)
    "repeat_households": 1 / 2,  # h1: ours→ours, ours→rival; last purchases have no next
    "penetration_households": 2 / 10,  # h1 and h2 of a panel of 10
}


@pytest.mark.parametrize("name", EXPECTED)
def test_value_worked_out_by_hand(name: str) -> None:
    assert KPIS[name].compute(cut(small())) == pytest.approx(EXPECTED[name], nan_ok=True)


BY_NORTH = {
    "market_share_units": 0.3,  # 30 ÷ 100
    "weighted_distribution": 0.8,  # 80 ÷ 100
    "share_of_shelf": 0.4,
    "unvisited_customers": 2,  # (4 + 0) ÷ 2
    "time_to_cover": 1,  # 6 of 10, then 10 of 10
    "relation": 0.6,
    "barrier": 1 - 0.4 * 0.9 * 0.7,  # relation 0.6, exclusive 1 ÷ 10, ownership 3 ÷ 10
    "position_class": 2,  # 70 ÷ 30 = 2.33 < 3
    "loyalty_households": 4 / 6,  # every purchase was made at o1, in the north
}


@pytest.mark.parametrize("name", BY_NORTH)
def test_value_in_one_territory(name: str) -> None:
    assert KPIS[name].compute(cut(small(), territory="north")) == pytest.approx(BY_NORTH[name])


def test_a_rival_has_shares_but_no_field_of_its_own() -> None:
    seen = cut(small(), company="rival")
    assert KPIS["market_share_units"].compute(seen) == pytest.approx(220 / 300)
    assert KPIS["territories_first"].compute(seen) == 1
    assert KPIS["time_to_first"].compute(seen) == 0
    assert math.isnan(KPIS["numeric_distribution_company"].compute(seen))
    assert math.isnan(KPIS["unvisited_customers"].compute(seen))


def test_products_count_from_their_first_listing() -> None:
    rows = days(4, listed_outlets=5) + [{"day": d, "product": "new", "listed_outlets": 2 * (d >= 2)} for d in range(4)]
    seen = cut(result(market=rows, territory=days(4, open_outlets=10)))
    # 4 days of 5 and 2 days of 2, out of 6 product-days with 10 outlets
    assert KPIS["numeric_distribution"].compute(seen) == pytest.approx(24 / 60)


def test_a_product_nobody_ever_lists_counts_as_zero() -> None:
    seen = cut(result(market=days(2), territory=days(2, open_outlets=10)))
    assert KPIS["numeric_distribution"].compute(seen) == 0


def test_several_products_share_one_shelf() -> None:
    rows = days(1, facings_share=0.2) + days(1, product="other", facings_share=0.3)
    seen = cut(result(market=rows, territory=days(1, open_weight=40.0)))
    assert KPIS["share_of_shelf"].compute(seen) == pytest.approx(0.5)


@pytest.mark.parametrize("name", ["loyalty_outlets", "weighted_distribution_company"])
def test_the_picture_of_outlets_is_of_the_end_of_the_run(name: str) -> None:
    assert math.isnan(KPIS[name].compute(cut(small(), last=0)))
    assert math.isnan(KPIS[name].compute(cut(small(), company="rival")))
