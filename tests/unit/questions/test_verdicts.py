"""One function decides what a comparison says: its level, its family, and who asks it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.metrics.interval import LEVEL
from sim.questions.compare import Comparison, compare, level_of, verdicts
from sim.runs.arms import Arms
from sim.scenario.futures import PRESENT
from sim.statistics.paired import paired_table
from sim.statistics.stopping import NOMINAL_LEVEL, Stopping
from tests.markets import market

KPIS = ("sell_out_units", "profit_manufacturer")
RULE = Stopping(0.1, KPIS)
CASES = [("baseline", 10.0), ("other", 11.0)]


def comparison(rule: Stopping | None, spread: float = 1.0) -> Comparison:
    """Two strategies, twelve replications; differences of 1 with a chosen spread on the first KPI, none elsewhere."""
    noise = spread * np.tile([-1.0, 1.0], 6)
    rows = [
        (future, strategy, r, kpi, mean + (noise[r] if strategy == "other" else 0.0))
        for future in (PRESENT, "dark")
        for kpi in (*KPIS, "spending")
        for strategy, mean in (CASES if kpi == KPIS[0] else [("baseline", 10.0), ("other", 10.0)])
        for r in range(12)
    ]
    outcomes = pd.DataFrame(rows, columns=["future", "strategy", "replication", "kpi", "value"])
    arms = Arms(outcomes, pd.DataFrame(), pd.DataFrame(), pd.DataFrame())
    return Comparison(market(), "baseline", ("baseline", "other"), KPIS, arms, 12, rule)


def test_intervals_claim_more_after_optional_stopping() -> None:
    assert level_of(comparison(None)) == LEVEL
    assert level_of(comparison(RULE)) == NOMINAL_LEVEL
    fixed, stopped = verdicts(comparison(None)).iloc[0], verdicts(comparison(RULE)).iloc[0]
    assert stopped["high"] - stopped["low"] > fixed["high"] - fixed["low"]


def test_a_difference_between_both_levels_counts_for_a_fixed_number_only() -> None:
    # p of the one difference times two rows lies between 4 and 5 %.
    spread = 1.25
    assert 0.041 < verdicts(comparison(None, spread))["p_holm"].min() < 0.05
    assert verdicts(comparison(None, spread))["verdict"].tolist() == ["better", "no difference seen"]
    assert verdicts(comparison(RULE, spread))["verdict"].tolist() == ["no difference seen"] * 2


def test_the_family_is_what_was_asked_for_in_the_stated_world() -> None:
    table = verdicts(comparison(None))
    assert table["kpi"].tolist() == list(KPIS)
    everything = comparison(None).arms.outcomes
    own = paired_table(everything[everything["future"] == PRESENT].drop(columns="future"), "baseline", kpis=KPIS)
    pd.testing.assert_frame_equal(table, own)
    assert verdicts(comparison(None), kpis=["spending"])["kpi"].tolist() == ["spending"]
    assert len(verdicts(comparison(None), future="dark")) == 2


@pytest.mark.parametrize("luck", ["common", "independent"])
def test_without_details_the_outcomes_are_the_same(luck: str) -> None:
    scenario = market({"strategies": {"other": ({"people": {"visit_every_days_a": 3.0}},)}})
    long, short = (compare(scenario, kpis=KPIS, max_replications=2, luck=luck, details=d) for d in (True, False))
    pd.testing.assert_frame_equal(long.outcomes().reset_index(drop=True), short.outcomes().reset_index(drop=True))
    assert not long.arms.daily.empty
    assert short.arms.daily.empty
    assert set(short.arms.outcomes["kpi"]) == set(KPIS)
