"""The naive program of demand and ordering, and the model with everything else off, tell the same of one market.

Both start from the same shops (sizes, tastes, lists, neighbours, review days) and meet with luck of their own. Shops of
different territories do not touch each other, so that territories and replications are independent: the standard error
of a total comes from the differences between the two programs there. The breaks below show that the comparison is
sharp: they change the model alone, and it must notice.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from sim.engine import Session
from sim.scenario.schema import Scenario
from tests.benchmark.naive import COUNTERS, NaiveMarket
from tests.benchmark.naive_start import naive_market
from tests.markets import ALL_OFF, merged

Totals = dict[str, np.ndarray]

TERRITORIES = 40
OUTLETS = 600
SETTLE = 21
DAYS = 35
REPLICATIONS = 12
N_PRODUCTS = 6
WITHIN = 3.5
BROKEN_REPLICATIONS, NOTICED = 6, 4.5

MARKET: dict[str, Any] = {
    "name": "peer",
    "calendar": {
        "start_date": "2026-02-23",
        "burn_in_days": SETTLE,
        "duration_days": DAYS,
        "holidays": [{"first_date": "2026-03-09", "duration_days": 5, "demand_multiplier": 1.4, "field_works": True}],
    },
    "category": {"season": [0.7, 0.9, 1.2, 0.9, *[1.0] * 8]},
    "territories": {"generate": {"n": TERRITORIES}},
    "outlets": {
        "generate": {
            "n": OUTLETS,
            "size_sigma": 0.5,
            "channel_mix": {"supermarket": 0.1, "convenience": 0.4, "traditional": 0.5},
        }
    },
    "products": {"generate": {"per_brand": 2}},
    "ours": {"appeal": 0.6, "price_factor": 1.15},
    "rivals": {"generate": {"n": 2}},
    "team": {"generate": {"n": 0}},
    # Supply is ample: warehouses and vans never fall short, and no shop lacks money.
    "distributors": {"opening_stock_days": 700.0, "shelf_life_days": 36500, "delivery": {"spare_capacity": 100.0}},
    "retail": {
        "channels": {
            "supermarket": {"size_multiplier": 3.0, "review_days": 2, "price_factor": 0.96},
            "convenience": {"size_multiplier": 1.6, "review_days": 3, "price_factor": 1.05, "storage_days": 7.0},
            "traditional": {"review_days": 7},
        },
        # Shops that soon forget how they judged the first morning.
        "ordering": {"smoothing": 0.2},
        "payment": {"opening_cash_days": 365.0, "credit_limit_days": 365.0},
    },
    "mechanisms": {
        **ALL_OFF,
        "season": True,
        "overdispersion": True,
        "segments": True,
        "habit": True,
        "stock_outs": True,
        "other_store": True,
        "delivery_limits": True,
    },
    "recording": {"outlet_panel": True},
}

BREAKS: dict[str, dict[str, Any]] = {
    "no habit": {"mechanisms": {"habit": False}},
    "no segments": {"mechanisms": {"segments": False}},
    "no season": {"mechanisms": {"season": False}},
    "Poisson shoppers": {"mechanisms": {"overdispersion": False}},
    "no other store": {"mechanisms": {"other_store": False}},
    "nobody returns": {"consumers": {"stock_out": {"later": 0.0, "nothing": 0.24}}},
    "the brand's products for other brands": {"consumers": {"stock_out": {"other_brand": 0.19, "same_brand": 0.26}}},
    "traditional shops look a day sooner": {"retail": {"channels": {"traditional": {"review_days": 6}}}},
    "nobody forgets a review": {"retail": {"ordering": {"late_probability": 0.0}}},
    "twice the room": {"retail": {"channels": {"convenience": {"storage_days": 14.0}}}},
    "trucks on Sundays": {"distributors": {"delivery": {"works_on": [0, 1, 2, 3, 4, 5, 6]}}},
}

FIELDS = {
    "first_choice": ("shoppers_first_choice",),
    "sold": ("sell_out_units",),
    "moved": ("moved_store",),
    "deferred": ("deferred",),
    "substituted_brand": ("substituted_brand",),
    "substituted_product": ("substituted_product",),
    "lost": ("lost_ordering", "lost_delivery"),
    "stock": ("outlet_stock_units",),
}
QUANTITIES = ("shoppers", "shoppers_squared", *COUNTERS, "stock")


def scenario(*changes: Mapping[str, Any]) -> Scenario:
    return Scenario.model_validate(merged(MARKET, *changes))


def of_the_model(market: Scenario, replication: int) -> Totals:
    """Totals of the measured days by quantity, shape (n_territories, n_products or 1)."""
    session = Session(market, replication=replication)
    session.step(session.calendar.n_days)
    everything = session.recorder.panels
    assert everything["market"].lost_supply.sum() == 0
    assert everything["delivery"].late_drops.sum() == 0
    market = everything["market"]
    totals = {k: sum(getattr(market, f)[SETTLE:].sum(axis=0) for f in fields) for k, fields in FIELDS.items()}
    totals["shoppers"] = everything["territory"].shoppers[SETTLE:].sum(axis=0)[:, None]
    totals["ordered"] = np.zeros_like(totals["sold"])
    ordered = everything["distributor"].ordered_by_outlets[SETTLE:].sum(axis=0)
    np.add.at(totals["ordered"], session.world.distributor_territory, ordered)
    squares = (session.recorder.shopper_panel[SETTLE:].astype(np.float64) ** 2).sum(axis=0)
    totals["shoppers_squared"] = np.zeros((TERRITORIES, 1))
    np.add.at(totals["shoppers_squared"][:, 0], session.world.outlet_territory, squares)
    return totals


def of_the_naive(replication: int) -> Totals:
    """The same totals from the naive program."""
    market = naive_market(scenario(), seed=replication, replication=replication)
    market.run(SETTLE)
    before = counted(market)
    stock = np.zeros((TERRITORIES, N_PRODUCTS))
    squares = np.zeros((TERRITORIES, 1))
    for _ in range(DAYS):
        already = [outlet.shoppers for outlet in market.outlets]
        market.run(1)
        for outlet, shoppers in zip(market.outlets, already, strict=True):
            stock[outlet.territory] += outlet.stock
            squares[outlet.territory] += (outlet.shoppers - shoppers) ** 2
    after = counted(market)
    return {name: after[name] - before[name] for name in before} | {"stock": stock, "shoppers_squared": squares}


def counted(market: NaiveMarket) -> Totals:
    """Counters from the beginning."""
    totals = {name: np.zeros((TERRITORIES, N_PRODUCTS)) for name in COUNTERS} | {"shoppers": np.zeros((TERRITORIES, 1))}
    for outlet in market.outlets:
        for name, total in totals.items():
            total[outlet.territory] += getattr(outlet, name)
    return totals


def in_errors(model: list[Totals], naive: list[Totals], quantity: str) -> np.ndarray:
    """Differences of the totals in standard errors: by product, and last of all products together."""
    difference = np.concatenate([m[quantity] - n[quantity] for m, n in zip(model, naive, strict=True)])
    difference = np.column_stack([difference, difference.sum(axis=1)])
    return difference.sum(axis=0) / np.sqrt((difference**2).sum(axis=0))


@pytest.fixture(scope="module")
def naive() -> list[Totals]:
    return [of_the_naive(r) for r in range(REPLICATIONS)]


@pytest.fixture(scope="module")
def model() -> list[Totals]:
    return [of_the_model(scenario(), r) for r in range(REPLICATIONS)]


def test_shops_are_the_same_on_the_first_morning() -> None:
    market, session = naive_market(scenario(), seed=0), Session(scenario())
    world = session.world
    np.testing.assert_array_equal([outlet.stock for outlet in market.outlets], world.outlet_stock_units)
    session.step()
    goodwill = np.exp(world.goodwill[world.outlet_territory][:, world.product_brand])
    weight = world.choice_weight * goodwill[:, None, :]
    chance = weight / (market.rules.no_purchase + weight.sum(axis=2, keepdims=True))
    expected = (world.outlet_mix[:, :, None] * chance).sum(axis=1)
    found = np.zeros_like(expected)
    for row, outlet in zip(found, market.outlets, strict=True):
        for product, probability in zip(outlet.wishes, np.diff(outlet.cumulative, prepend=0.0), strict=True):
            if product is not None:
                row[product] += probability
    np.testing.assert_allclose(found, expected, rtol=1e-9)


@pytest.mark.parametrize("quantity", QUANTITIES)
def test_means_agree(model: list[Totals], naive: list[Totals], quantity: str) -> None:
    z = in_errors(model, naive, quantity)
    assert np.abs(z).max() <= WITHIN, np.round(z, 2)


def test_every_mechanism_is_at_work(naive: list[Totals]) -> None:
    total = {name: sum(one[name].sum() for one in naive) for name in QUANTITIES}
    assert all(total[name] > 10_000 for name in QUANTITIES)
    assert total["sold"] < total["first_choice"] < total["shoppers"]


@pytest.mark.parametrize("change", BREAKS.values(), ids=BREAKS)
def test_a_break_is_seen(naive: list[Totals], change: Mapping[str, Any]) -> None:
    broken = scenario(change)
    model = [of_the_model(broken, r) for r in range(BROKEN_REPLICATIONS)]
    z = {q: np.abs(in_errors(model, naive[:BROKEN_REPLICATIONS], q)).max() for q in QUANTITIES}
    assert max(z.values()) > NOTICED, z
