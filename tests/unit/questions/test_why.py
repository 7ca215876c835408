"""The parts of a gain are what they claim, on tiny markets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.engine import Session, burn_in
from sim.questions.compare import compare, verdicts
from sim.questions.why import MECHANISMS, STOCK_OUTS, TRAVEL, _equalise_driving, explain_gain
from sim.runs.store import Store
from tests.markets import ALL_OFF, assert_same, market

KPI = "sell_out_units"
CUT = {
    "who": "given",
    "rival": "R1",
    "territories": 2,
    "advisors": 0,
    "promoters": 0,
    "display_cents": 0,
    "outlet_factor": 1.0,
    "price_cut": 0.2,
}
STRATEGIES = {
    "strategies": {
        "cheaper": ({"attack": CUT},),
        "nothing": ({"people": {}},),
        "louder": ({"calendar": {"advertising_by_month": (3.0,) * 12}},),
        "keener": ({"people": {"visit_every_days_a": 2.0, "visit_every_days_b": 2.0, "visit_every_days_c": 2.0}},),
    },
    "direction": {"budget": {"on_excess": "allow"}},
}
STILL = {"mechanisms": ALL_OFF}
"""Nothing that carries an effect on from one day to the next; shelves never run empty."""


def explained(strategy: str, *changes: Any, mechanisms: tuple[str, ...] | None = None) -> pd.DataFrame:
    scenario = market(STRATEGIES, *changes)
    table = explain_gain(scenario, strategy, baseline="baseline", kpi=KPI, replications=2, mechanisms=mechanisms)
    return table.set_index("part")


@pytest.fixture(scope="module")
def cheaper() -> pd.DataFrame:
    return explained("cheaper", STILL)


def test_a_gain_through_one_mechanism_is_all_in_its_part(cheaper: pd.DataFrame) -> None:
    """Every other way is off, so that with prices held nothing is left but the first day, before the first midnight."""
    total, price = cheaper.loc["total", "mean"], cheaper.loc["price", "mean"]
    assert total > 0
    assert abs(total - price) <= 0.1 * total
    assert abs(cheaper.loc["interaction", "mean"]) <= 0.1 * total


def test_parts_that_a_strategy_can_not_touch_are_exactly_nothing(cheaper: pd.DataFrame) -> None:
    others = cheaper.drop(index=["total", "price", "interaction"])
    assert set(others.index) == {TRAVEL, STOCK_OUTS, *MECHANISMS} - {"price"}
    untouched = others.loc[others.index.difference(["shop ordering"])]
    assert (untouched[["mean", "low", "high"]] == 0.0).all(axis=None)


def test_total_parts_and_interaction_add_up(cheaper: pd.DataFrame) -> None:
    parts = cheaper.drop(index=["total", "interaction"])["mean"].sum()
    assert cheaper.loc["total", "mean"] == pytest.approx(parts + cheaper.loc["interaction", "mean"])


def test_a_strategy_that_does_nothing_has_nothing_to_explain() -> None:
    table = explained("nothing")
    assert (table[["mean", "low", "high"]] == 0.0).all(axis=None)


def test_the_total_is_the_paired_difference_of_the_comparison() -> None:
    scenario = market(STRATEGIES)
    table = explained("louder", mechanisms=("advertising",))
    compared = verdicts(compare(scenario, ("louder",), kpis=[KPI], max_replications=2, details=False)).iloc[0]
    assert table.loc["total", "mean"] == pytest.approx(compared["difference"], abs=1e-9)
    assert table.loc["total", ["low", "high"]].to_numpy(float) == pytest.approx([compared["low"], compared["high"]])
    assert compared["difference"] != 0.0


def test_runs_are_shared_with_a_comparison_and_nothing_is_computed_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario, store = market(STRATEGIES), Store(tmp_path)
    ask = {"baseline": "baseline", "kpi": KPI, "replications": 2, "mechanisms": ("advertising", STOCK_OUTS)}
    alone = explain_gain(scenario, "louder", **ask)
    compare(scenario, ("louder",), kpis=[KPI], max_replications=2, store=store)
    before = {row.key for row in store.ls()}
    pd.testing.assert_frame_equal(explain_gain(scenario, "louder", store=store, **ask), alone, check_exact=True)
    added = [row for row in store.rows() if row.key not in before]
    # Both strategies with full shelves, and what advertising carries, in each replication.
    assert sorted(row.kind for row in added) == ["runs"] * 4 + ["values"] * 2
    monkeypatch.setattr(Session, "step", None)
    pd.testing.assert_frame_equal(explain_gain(scenario, "louder", store=store, **ask), alone, check_exact=True)


def test_advertising_works_through_goodwill_alone() -> None:
    """Goodwill is written after the last shopper, so that holding it at midnight leaves no day on which it differs."""
    table = explained("louder", mechanisms=("advertising", "learning"))
    assert table.loc["advertising", "mean"] == table.loc["total", "mean"] != 0.0
    # With everything else as it is, learning moves only because goodwill does.
    assert abs(table.loc["learning", "mean"]) < abs(table.loc["total", "mean"])


# --- travel -----------------------------------------------------------------------------------------------------------
FAR = {"team": {"visit": {"speed_km_per_hour": 12.0, "every_days_a": 3.0, "every_days_b": 3.0, "every_days_c": 3.0}}}


def test_driving_takes_the_time_that_the_world_says() -> None:
    """The default is the scenario's speed to the last bit; halving the pace in the world halves the minutes."""
    scenario = market({"team": {"visit": {"speed_km_per_hour": 37.0}}})
    session = Session(scenario)
    assert session.world.minutes_per_km.tolist() == [60.0 / 37.0]
    slow = Session(market({"team": {"visit": {"speed_km_per_hour": 18.5}}}))
    session.world.minutes_per_km[...] *= 2.0
    for each in (session, slow):
        each.step(each.calendar.n_days)
    tables, expected = session.observe(), slow.observe()
    assert tables["advisor"]["driving_minutes"].sum() > 0
    assert_same(tables, expected)


def test_travel_is_held_at_the_baselines_minutes_a_call() -> None:
    scenario = market(STRATEGIES, FAR, {"calendar": {"duration_days": 40}})
    start = burn_in(scenario)
    base, other = (Session.restore(scenario, start, strategy=name) for name in ("baseline", "keener"))
    while not base.finished:
        base.step()
        other.step()
        _equalise_driving(base, other)
    minutes = [driving_per_call(session, 20) for session in (base, other)]
    free = Session.restore(scenario, start, strategy="keener")
    free.step(free.calendar.n_days)
    assert abs(minutes[1] - minutes[0]) < abs(driving_per_call(free, 20) - minutes[0])
    assert minutes[1] == pytest.approx(minutes[0], rel=0.15)


def driving_per_call(session: Session, from_day: int) -> float:
    rows = session.observe()["advisor"].query(f"day >= {from_day}")
    return float(rows["driving_minutes"].sum() / rows["calls"].sum())


def test_every_frozen_column_is_one_of_the_world() -> None:
    world = Session(market()).world
    names = [name for columns in MECHANISMS.values() for name in columns]
    assert set(names) <= set(world.columns)
    assert len(names) == len(set(names))
    assert np.issubdtype(world.minutes_per_km.dtype, np.floating)
