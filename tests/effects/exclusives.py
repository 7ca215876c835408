"""Exclusive agreements in degrees: what they keep from the others and what they cost, for each company."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.effects.company import COMPANIES, each
from tests.effects.field import KNOWN
from tests.effects.market import Measure, Row, on, starts, stops, times, up
from tests.effects.measures import left, money, total
from tests.markets import merged

P = "relations.exclusive."
BOTH: dict[str, Any] = {
    **on("exclusive_degrees"),
    **KNOWN,
    "pulls": {"exclusive_outlets": 10},
    "ours": {"relation": 0.9, "budget": {"exclusive_most_cents": 10**9}},
    "rivals": {
        "list": [{"id": "R1", "relation": 0.9, "exclusive_per_month": 10, "budget": {"exclusive_most_cents": 10**9}}]
    },
}
"""We and a rival bind ten shops a month each, whatever they ask."""


def by_degree(degree: str) -> dict[str, Any]:
    """The same, where both ask for one degree."""
    budget = {"budget": {"exclusive_degree": degree}}
    rival = {**BOTH["rivals"]["list"][0], "budget": {**budget["budget"], "exclusive_most_cents": 10**9}}
    return merged(BOTH, {"ours": budget, "rivals": {"list": [rival]}})


SHOPS = by_degree("shop")


def delisted(_: str, c: int) -> Measure:
    """Products that had to leave the lists of the shops bound to a company."""
    return left(lambda w: w.set_aside[w.exclusive_company == c].sum())


def fees(party: str, _: int = 0) -> Measure:
    return money("exclusive_cost", party=party)


def exclusive_rows() -> Iterator[Row]:
    for _, party, c in COMPANIES:
        yield Row(
            "mechanisms.exclusive_degrees", False, True, by_degree("shop"), delisted(party, c), starts, note=party
        )
        yield Row(P + "premium", 1.0, 2.0, BOTH, fees(party), times(2.0, 1e-3), note=party)
        yield Row(P + "cooler_facings", 0.01, 1.0, BOTH, fees(party), stops, note=party)
        yield Row(P + "shelf_products", 0, 1000, by_degree("shelf"), delisted(party, c), stops, note=party)
    yield from each("budget.exclusive_degree", "cooler", "shop", BOTH, delisted, starts)
    yield from each("budget.exclusive_most_cents", 0, 10**9, SHOPS, fees, starts)
    yield Row("lever:exclusive_degree", 0, 2, BOTH, delisted("ours", 0), starts)
    yield Row("lever:exclusive_most_cents", 0, 10**9, SHOPS, fees("ours"), starts)
    ours = total("market", "facings_share", company="ours", day=lambda d: d > 1)
    alone = merged(BOTH, {"rivals": {"list": [{"id": "R1", "relation": 0.9}]}})
    yield Row("mechanisms.exclusive_degrees", False, True, alone, ours, up, note="more facings")


ROWS = list(exclusive_rows())
