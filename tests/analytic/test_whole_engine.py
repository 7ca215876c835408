"""Exact results through the whole engine: a shop's base stock, diversion's threshold, two identical firms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.stats import poisson

from sim.agents.diversion import Diversion, diversion_threshold, diverted_units
from sim.engine import Session
from sim.ledger.closing import check_ledger
from sim.world.accounts import Account
from tests.markets import ALL_OFF, assert_same, books_digest, finished, market, merged, ran

Check = Callable[..., None]
REPLICATIONS = 20

# --- cases 9 to 14 in the engine: a shop's base stock -------------------------------------------------------------
SHOPPERS = 4.0
PLAIN: dict[str, Any] = {
    "mechanisms": ALL_OFF | {"stock_outs": True},
    "calendar": {"burn_in_days": 20, "duration_days": 150},
    "territories": {"generate": {"n": 1}},
    "outlets": {
        "generate": None,
        "list": [
            {"outlet_id": f"S{k}", "x_km": k * 0.1, "y_km": 0.0, "size": SHOPPERS, "channel": "plain"}
            for k in range(40)
        ],
    },
    "products": {"generate": None, "list": [{"id": "p", "brand": "ours", "case_units": 1}]},
    "rivals": {"generate": None, "list": []},
    "team": {"generate": {"n": 0}},
    "consumers": {
        "no_purchase_utility": -50.0,
        "promotion_utility": 0.0,
        "stock_out": {"other_store": 0.0, "other_brand": 0.0, "same_brand": 0.0, "later": 0.0, "nothing": 1.0},
    },
    "retail": {
        "channels": {"plain": {"review_days": 1, "storage_days": 700.0}},
        "listing": {"initial_intercept": 20.0},
        "ordering": {
            "expected_lead_days": 0.0,
            "smoothing": 1e-12,
            "late_share": 0.0,
            "over_share": 0.0,
            "under_share": 0.0,
        },
    },
    "distributors": {"opening_stock_days": 700.0, "shelf_life_days": 36500},
    "recording": {"outlet_panel": False},
}


def shop_fill_rate(level: int) -> float:
    """Long-run share of Poisson demand that is sold, by the chain of morning stocks.

    A shop looks at its shelf in the afternoon, before the evening's shoppers come (phases ORDER and SHOP), and what it
    orders arrives next morning. With x units on the shelf it orders level − x; the next morning it has what is left
    plus that order, x − sold + level − x = level − sold, and sold = min(x, demand).
    """
    step = np.zeros((level + 1, level + 1))
    for x in range(level + 1):
        for sold in range(x):
            step[x, level - sold] += poisson.pmf(sold, SHOPPERS)
        step[x, level - x] += poisson.sf(x - 1, SHOPPERS)
    morning = np.linalg.matrix_power(step, 4096)[0]
    mean_sold = sum(morning[x] * sum(poisson.sf(k, SHOPPERS) for k in range(x)) for x in range(level + 1))
    return float(mean_sold / SHOPPERS)


@pytest.mark.parametrize(("safety", "level"), [(-1.3, 1), (0.0, 4), (1.0, 7), (2.2, 10)])
def test_case11_a_shops_base_stock_through_the_engine(safety: float, level: int, assert_reproduced: Check) -> None:
    """Forty equal shops with Poisson demand of 4 a day, lost sales, one day's lead time and an endless warehouse.

    Every mechanism but stock-outs is off; the shop's estimate stays at the true rate (smoothing 1e-12), so its target
    is 4 + safety·√(4·1.8), rounded to whole units by the order. Everybody wants the one product (no-purchase −50) and
    who does not find it buys nothing. Cap: ±.3 percentage points, as for base stock in the table of cases.
    """
    scenario = market(PLAIN, {"retail": {"ordering": {"safety_factor": safety}}})
    n = 4 if level != 7 else REPLICATIONS

    def fill(replication: int) -> float:
        daily = ran(scenario, replication=replication)["market"].query("day >= 0")
        lost = daily[["lost_ordering", "lost_delivery", "lost_supply"]].to_numpy().sum()
        assert daily["sell_out_units"].sum() + lost == daily["shoppers_first_choice"].sum()
        return float(daily["sell_out_units"].sum() / daily["shoppers_first_choice"].sum())

    values = np.array([fill(r) for r in range(n)])
    exact = shop_fill_rate(level)
    if n == REPLICATIONS:
        assert_reproduced(values, exact=exact, table=exact, cap=0.003)
    else:
        assert values.mean() == pytest.approx(exact, abs=0.006)


# --- case 19: diversion ---------------------------------------------------------------------------------------------
OVERSTOCKED: dict[str, Any] = {
    "distributors": {"opening_stock_days": 120.0, "push": {"overstock_days": 10.0}},
    "database": {"known_share": 0.0},
}


def at_the_border(relative_penalty: float) -> tuple[Session, Diversion, Any]:
    """A market whose price gap is the threshold divided by `relative_penalty`, for our first product, first border."""
    session = Session(market(OVERSTOCKED))
    world, spec = session.world, session.scenario.diversion
    agent = next(a for a in session.agents if isinstance(a, Diversion))
    freight = spec.freight_cents_per_unit_km * float(world.distance_km[0, 1])
    gap = float(world.trade_price_cents[0] - world.list_price_cents[0])
    assert gap > freight
    # The penalty at which nothing is left to earn; detection is the same in both territories as nobody was visited.
    world.lever_penalty_cents[:] = relative_penalty * (gap - freight) / agent.detection(0, 0)
    return session, agent, session._today()


def look_across_the_border(relative_penalty: float) -> tuple[Session, dict[str, np.ndarray]]:
    session, agent, today = at_the_border(relative_penalty)
    before = {name: column.copy() for name, column in session.world.columns.items()}
    agent._flow(today)
    return session, before


def test_case19_nothing_flows_below_the_threshold() -> None:
    """The gap of the first product is the narrowest, so the others may flow; only ours, the first, is looked at."""
    session, before = look_across_the_border(1.0 + 1e-9)
    for name in ("distributor_stock_units", "outlet_stock_units"):
        np.testing.assert_array_equal(session.world.columns[name][:, 0], before[name][:, 0])


def test_case19_some_flows_above_it_and_every_unit_and_cent_is_kept() -> None:
    session, before = look_across_the_border(1.0 - 1e-9)
    w = session.world
    gone = before["distributor_stock_units"] - w.distributor_stock_units
    come = w.outlet_stock_units.astype(np.int64) - before["outlet_stock_units"]
    ours = w.distributor_company == 0
    assert gone[ours, 0].sum() > 0
    assert (gone >= 0).all()
    assert (come >= 0).all()
    np.testing.assert_array_equal(gone.sum(axis=0), come.sum(axis=0))
    # It never sells at home: the goods of one territory's distributor arrive in the other.
    for k in np.flatnonzero(ours):
        abroad = w.outlet_territory != w.distributor_territory[k]
        assert gone[k, 0] == come[abroad, 0].sum()
    check_ledger(w)
    # At the threshold the diverter has nothing to pass on: it asks the usual trade price.
    paid = before["outlet_books"][:, Account.CASH].sum() - w.outlet_books[:, Account.CASH].sum()
    assert paid > 0
    assert (w.price_disorder[:, 0] > before["price_disorder"][:, 0]).all()


def test_case19_the_flow_is_its_share_of_the_overstock() -> None:
    threshold = diversion_threshold(2.0, 0.2, 50.0)
    assert threshold == 12.0
    assert diverted_units(threshold, threshold, 1000.0, 0.15) == 0
    assert diverted_units(np.nextafter(threshold, 99.0), threshold, 1000.0, 0.15) == 150
    assert diverted_units(20.0, threshold, 0.0, 0.15) == 0


# --- case 20: symmetry ----------------------------------------------------------------------------------------------
TWINS: dict[str, Any] = {
    "calendar": {"burn_in_days": 10, "duration_days": 30},
    "products": {"generate": None, "list": [{"id": "a", "brand": "ours"}, {"id": "b", "brand": "R1"}]},
    "rivals": {"generate": None, "list": [{"id": "R1", "field_calls_per_outlet_month": 0.0}]},
    "mechanisms": {
        "advisors": False,
        "promotions": False,
        "rival_answers": False,
        "database_limits": False,
        "promoters": False,
    },
    "consumers": {"no_purchase_utility": -1.0},
}


def test_case20_identical_firms_have_exactly_equal_weights() -> None:
    scenario = market(TWINS, {"mechanisms": {"shelf": False, "habit": False, "goodwill": False}})
    world = finished(scenario).world
    both = world.is_listed.all(axis=1)
    assert both.sum() > 5
    np.testing.assert_array_equal(world.choice_weight[both, :, 0], world.choice_weight[both, :, 1])


def test_case20_identical_firms_share_the_market(assert_reproduced: Check) -> None:
    """Everything else on: listings, relations, trucks and stocks are drawn for each firm, from the same laws."""
    scenario = market(TWINS)

    def share(replication: int) -> float:
        daily = ran(scenario, replication=replication)["market"].query("day >= 0")
        sold = daily.groupby("company")["sell_out_units"].sum()
        return float(sold["ours"] / sold.sum())

    assert_reproduced(np.array([share(r) for r in range(40)]), exact=0.5, table=0.5, cap=0.03)


INERT_LEVERS = {
    "penalty_cents": ({"mechanisms": {"diversion": False}}, 777.0),
    "courses_per_year": ({"mechanisms": {"advisors": False}}, 50.0),
    "rebate_rate": ({"mechanisms": {"push": False, "diversion": False}}, 0.4),
    "visit_every_days": ({"mechanisms": {"advisors": False}}, 1.0),
}


@pytest.mark.parametrize("lever", INERT_LEVERS)
def test_case20_an_inert_lever_makes_exactly_no_difference(lever: str) -> None:
    setting, value = INERT_LEVERS[lever]
    plain, pulled = Session(market(merged(setting))), Session(market(merged(setting)))
    for session in (plain, pulled):
        session.step(6)
    pulled.pull(lever, value)
    assert books_digest(plain) != books_digest(pulled), "the lever has moved"
    for session in (plain, pulled):
        session.step(session.calendar.n_days)
    assert_same(plain.observe(), pulled.observe())
