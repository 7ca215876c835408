"""Common random numbers by identity, on whole markets: what is not touched does not move, by a single bit."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.agents.clock import Clock
from sim.calendar import Rank, tick_of_day
from sim.engine import Session
from sim.scenario.schema import Scenario
from sim.streams import DecisionPoint, key_of, stream, uniform
from tests.market_process import in_new_process
from tests.markets import ALL_OFF, ALONE, STRESSED, Tables, assert_same, finished, market, merged, ran, wakes

NEWCOMER: dict[str, Any] = {
    "outlets": {"list": [{"outlet_id": "X1", "x_km": 0.4, "y_km": 0.3, "size": 60.0, "channel": "supermarket"}]}
}


def old_outlets(tables: Tables, columns: list[str]) -> pd.DataFrame:
    """The outlet panel without the newcomer and its heirs, in an order that does not depend on rows."""
    panel = tables["outlet_panel"]
    panel = panel[~panel["outlet"].str.startswith("X1")]
    keys = ["day", "outlet", "product"]
    return panel.sort_values(keys)[[*keys, *columns]].reset_index(drop=True)


@pytest.mark.parametrize("changes", [{}, STRESSED], ids=["default", "stressed"])
def test_a_new_outlet_changes_nobody_elses_shoppers(changes: dict[str, Any]) -> None:
    before, after = ran(market(changes)), ran(market(changes, NEWCOMER))
    pd.testing.assert_frame_equal(old_outlets(before, ["shoppers"]), old_outlets(after, ["shoppers"]), check_exact=True)
    newcomer = after["outlet_panel"].query("outlet == 'X1'")
    assert newcomer["shoppers"].sum() > 0
    if not changes:
        # The markets do touch each other otherwise, so that the test below has something to show.
        assert not old_outlets(before, ["stock_units"]).equals(old_outlets(after, ["stock_units"]))


def test_a_new_outlet_changes_nothing_at_all_elsewhere_when_outlets_cannot_touch() -> None:
    before, after = ran(market(ALONE)), ran(market(ALONE, NEWCOMER))
    columns = ["shoppers", "sold_units", "stock_units"]
    pd.testing.assert_frame_equal(old_outlets(before, columns), old_outlets(after, columns), check_exact=True)
    lost = ["lost_ordering", "lost_delivery", "substituted_brand", "substituted_product", "deferred"]
    assert (before["market"][lost].sum() > 0).all(), "shelves must run empty, or nothing is tested"
    assert after["outlet_panel"].query("outlet == 'X1'")["sold_units"].sum() > 0


INERT: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "description": ({}, {"description": "another question"}),
    "name": ({}, {"name": "another"}),
    "training cost without advisors": (
        {"mechanisms": {"advisors": False}, "team": {"learning": {"courses_per_year": 50.0}}},
        {"team": {"learning": {"training_cost_cents": 999_999}}},
    ),
    "wages without anybody in the field": (
        {"mechanisms": {"advisors": False, "rival_field": False}},
        {"team": {"wage_cents_per_month": 1}},
    ),
    "temperament without answers": (
        {"mechanisms": {"rival_answers": False}, "rivals": {"generate": None, "list": [{"id": "R1"}, {"id": "R2"}]}},
        {"rivals": {"list": [{"id": "R1", "temperament": "aggressor"}, {"id": "R2", "temperament": "defender"}]}},
    ),
    "exclusive fee with nobody signing": ({}, {"relations": {"exclusive_fee_cents": 77}}),
    "census cost without a census": ({}, {"database": {"census_cost_cents": 1}}),
    "penalty without diversion": ({"mechanisms": {"diversion": False}}, {"diversion": {"penalty_cents_per_unit": 1.0}}),
    "rebate without push": (
        {"mechanisms": {"push": False, "diversion": False}},
        {"distributors": {"push": {"rebate_rate": 0.2}}},
    ),
    "reactions when shoppers choose again": (
        {"consumers": {"stock_out_rule": "choose_again"}},
        {
            "consumers": {
                "stock_out": {"other_store": 0.2, "other_brand": 0.2, "same_brand": 0.2, "later": 0.2, "nothing": 0.2}
            }
        },
    ),
    "purchase rate without a panel": ({}, {"consumers": {"panel": {"trips_per_week": 7.0}}}),
    "campaign after the end": (
        {"rivals": {"generate": None, "list": [{"id": "R1"}]}},
        {"rivals": {"list": [{"id": "R1", "campaigns": [{"first_date": "2027-01-01"}]}]}},
    ),
}


@pytest.mark.parametrize("name", INERT)
def test_an_inert_setting_changes_no_bit_of_any_table(name: str) -> None:
    setting, change = INERT[name]
    # The head office writes down what its plan costs by the price list; that is a record, and nobody acts on it.
    assert_same(ran(market(setting)), ran(market(merged(setting, change))), leave_out=["decisions"])


def test_watching_changes_no_bit_of_what_is_watched() -> None:
    """The panel, the record of visits and the panel of outlets only look."""
    plain = market({"recording": {"visits": False, "outlet_panel": False}})
    watched = market({"consumers": {"panel": {"households": 200}}})
    a, b = ran(plain), ran(watched)
    assert len(b["households"])
    assert_same(a, {name: b[name] for name in a}, leave_out=["visits"])


def share(replication: int, pulls: dict[str, float], luck: int = 0) -> float:
    """Our share of the units sold in the measured days.

    Levers are pulled before the first day. `luck` other than 0 keeps the opening market (its listings, relations and
    knowledge differ between replications and would make any pair alike) and changes every later draw.
    """
    session = Session(market(), replication=replication)
    session._context.replication += luck
    for lever, value in pulls.items():
        session.pull(lever, value)
    session.step(session.calendar.n_days)
    sold = session.observe()["market"].query("day >= 0").groupby("company")["sell_out_units"].sum()
    return float(sold["ours"] / sold.sum())


N_PAIRS = 20
PAIRS: dict[str, dict[str, float]] = {"price": {"price_cut": 0.05}, "visits": {"visit_every_days": 2.0}}


@pytest.fixture(scope="module")
def baseline_shares() -> tuple[np.ndarray, np.ndarray]:
    """Baseline shares of 20 opening markets, each with its own luck and with other luck."""
    return (
        np.array([share(r, {}) for r in range(N_PAIRS)]),
        np.array([share(r, {}, luck=1000) for r in range(N_PAIRS)]),
    )


@pytest.mark.parametrize("name", PAIRS)
def test_common_luck_narrows_the_difference(name: str, baseline_shares: tuple[np.ndarray, np.ndarray]) -> None:
    """If common luck did not help, the ratio of the two variances would follow F(n − 1, n − 1)."""
    from scipy.stats import f

    common, other = baseline_shares
    n = N_PAIRS
    changed = np.array([share(r, PAIRS[name]) for r in range(n)])
    paired, independent = (changed - common).var(ddof=1), (changed - other).var(ddof=1)
    ratio = paired / independent
    bound = float(f.ppf(0.001, n - 1, n - 1))
    print(f"{name}: paired variance / independent variance = {ratio:.4f} over {n} replications; bound {bound:.3f}")
    assert (changed != common).any(), "the change must do something"
    assert ratio < bound


def the_other_way_round(scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> Session:
    """A finished market whose actors began their lives, and of one tick went first, in the opposite order."""
    session = Session(scenario)
    assert len(session.agents) > 10
    session.agents.reverse()
    plain = Clock.__init__

    def backwards(clock: Clock, *args: Any) -> None:
        plain(clock, *args)
        # SimPy lets events of one time happen in the order of these numbers, which it gives at their creation.
        clock._eid = itertools.count(0, -1)

    with monkeypatch.context() as patch:
        patch.setattr(Clock, "__init__", backwards)
        session.step(session.calendar.n_days)
    return session


def test_the_order_in_which_agents_begin_and_fall_asleep_changes_no_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = market(STRESSED)
    assert_same(the_other_way_round(scenario, monkeypatch).observe(), finished(scenario).observe())


def test_without_the_rank_in_the_tick_that_order_would_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test above can fail: it does when a tick no longer says who comes first within a phase."""
    scenario = market(STRESSED)
    for moment in {wake.moment for wake in wakes(Session(scenario))}:
        # What our advisors saw is still written down after they have been out.
        slot = moment.slot + (moment.rank == Rank.OBSERVATION)
        monkeypatch.setitem(moment.__dict__, "tick", tick_of_day(moment.phase, Rank.CALENDAR, slot))
    with pytest.raises(AssertionError):
        assert_same(the_other_way_round(scenario, monkeypatch).observe(), finished(scenario).observe())


def test_no_two_acts_happen_at_one_tick() -> None:
    """Otherwise their order would be that in which they began to wait."""
    ticks = [(wake.day, wake.moment.tick + wake.row) for wake in wakes(Session(market(STRESSED)))]
    assert len(ticks) > 20 * 30
    assert len(set(ticks)) == len(ticks), [t for t in ticks if ticks.count(t) > 1]
    assert sorted(ticks) == ticks


def test_the_same_bytes_in_any_process_under_any_hash_seed() -> None:
    tasks = [{"changes": {}}, {"changes": STRESSED, "seed": 5}, {"changes": {"mechanisms": ALL_OFF}}]
    zero, one = (in_new_process(tasks, seed) for seed in ("0", "1"))
    assert zero == one
    assert zero[0] != zero[1]


def test_replications_and_seeds_differ() -> None:
    scenario = market()
    runs = [finished(scenario, seed=s, replication=r).observe() for s, r in ((1, 0), (1, 1), (2, 0))]
    assert len({int(run["market"]["sell_out_units"].sum()) for run in runs}) == 3


# --- keys -------------------------------------------------------------------------------------------------------------
def test_keys_differ_by_seed_replication_decision_point_and_period() -> None:
    keys = [
        key_of(seed, replication, int(point), period)
        for seed in (0, 1, 2**63 - 1)
        for replication in range(5)
        for point in DecisionPoint
        for period in range(-20, 60)
    ]
    assert len(set(keys)) == len(keys)


def test_no_two_entities_share_a_draw() -> None:
    """Across all kinds of entities, decision points and days of a market: every start of a sequence is its own."""
    world = Session(market(STRESSED)).world
    slots = {
        name: getattr(world, f"{name}_slot") for name in ("outlet", "territory", "company", "distributor", "advisor")
    }
    every = np.concatenate(list(slots.values()))
    assert np.unique(every).size == every.size
    pairs = np.concatenate([(world.outlet_slot[:, None] ^ world.company_slot).ravel(), every])
    assert np.unique(pairs).size == pairs.size
    starts = [
        stream(np.uint64(key_of(1, 0, int(point), day)), slot)
        for point in DecisionPoint
        for day in range(10)
        for slot in every
    ]
    assert len(set(starts)) == len(starts)


def test_sequences_of_shoppers_do_not_overlap() -> None:
    """Two hundred shoppers of each outlet at every decision point of the day: no uniform comes twice."""
    world = Session(market()).world
    points = (DecisionPoint.SHOPPERS, DecisionPoint.CHOICE, DecisionPoint.REACTION, DecisionPoint.SECOND_CHOICE)
    drawn = [
        uniform(np.uint64(key_of(1, 0, int(point), 7)), slot, j)
        for point in points
        for slot in world.outlet_slot
        for j in range(200)
    ]
    assert len(set(drawn)) == len(drawn)
