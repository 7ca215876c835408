"""When to stop: the rule by hand, and the false alarms of whole comparisons that it decided."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from sim.errors import InputError
from sim.metrics.interval import t_quantile
from sim.statistics.paired import holm, paired_table, pairs
from sim.statistics.stopping import NOMINAL_LEVEL, Stopping, needed
from tests.unit.statistics.tables import COST, PROFIT, normals, outcomes

Draw = Callable[[NDArray[np.float64]], NDArray[np.float64]]


def alternating(n: int, step: float = 1.0) -> pd.DataFrame:
    """A baseline of 100 and a strategy that is `step` above and below it in turn."""
    return outcomes({"base": np.full(n, 100.0), "new": 100 + step * (-1.0) ** np.arange(n)})


def test_the_first_look_needs_eight() -> None:
    rule = Stopping(0.5, (PROFIT,))
    assert rule.next_size(outcomes({}), "base") == 8
    assert rule.next_size(alternating(5), "base") == 3


def test_a_wide_goal_is_confirmed_by_one_more_batch() -> None:
    rule = Stopping(0.5, (PROFIT,), batch=4)
    assert rule.next_size(alternating(8), "base") == 4
    assert rule.next_size(alternating(11), "base") > 0
    assert rule.next_size(alternating(12), "base") == 0


def test_a_lucky_last_batch_does_not_stop() -> None:
    # wide until the eighth; then far more of the same without any spread
    values = np.concatenate([10 * (-1.0) ** np.arange(8), np.zeros(8)])
    table = outcomes({"base": np.full(16, 100.0), "new": 100 + values})
    n_before, n_now = (
        t_quantile(np.array([n - 1.0]), NOMINAL_LEVEL)[0] * values[:n].std(ddof=1) / math.sqrt(n) for n in (12, 16)
    )
    between = Stopping((n_before + n_now) / 2 / 100, (PROFIT,), batch=4)
    assert between.next_size(table, "base") == 4
    assert Stopping(n_before / 100, (PROFIT,), batch=4).next_size(table, "base") == 0


def test_projection_by_hand() -> None:
    # deviation of ±1 in 20 replications is √(20 ÷ 19); a half-width of 0.5 needs the smallest n below
    s = math.sqrt(20 / 19)
    need = next(n for n in range(2, 99) if t_quantile(np.array([n - 1.0]), NOMINAL_LEVEL)[0] * s / math.sqrt(n) <= 0.5)
    assert math.ceil(needed(np.array([s]), np.array([0.5]))[0]) in (need, need - 1)
    assert Stopping(0.005, (PROFIT,), batch=3).next_size(alternating(20), "base") % 3 == 0


def test_a_batch_at_most_doubles_and_never_passes_the_most() -> None:
    assert Stopping(1e-6, (PROFIT,), max_replications=1000).next_size(alternating(20), "base") == 20
    assert Stopping(1e-6, (PROFIT,), max_replications=27).next_size(alternating(20), "base") == 7
    assert Stopping(1e-6, (PROFIT,), max_replications=20).next_size(alternating(20), "base") == 0


def test_it_does_not_look_at_who_is_ahead() -> None:
    for step in (0.2, 1.0, 3.0):
        even, ahead = alternating(16, step), alternating(16, step)
        ahead.loc[ahead["strategy"] == "new", "value"] += 50
        rule = Stopping(0.01, (PROFIT,))
        assert rule.next_size(even, "base") == rule.next_size(ahead, "base")


def test_identical_strategies_and_a_baseline_of_zero() -> None:
    zero = outcomes({"base": np.zeros(12), "new": np.zeros(12)})
    assert Stopping(0.05, (PROFIT,)).next_size(zero, "base") == 0
    assert needed(np.zeros(1), np.zeros(1)).tolist() == [2]
    spread = outcomes({"base": np.zeros(12), "new": normals("x", 12)})
    assert Stopping(0.05, (PROFIT,)).next_size(spread, "base") == 12
    assert needed(np.ones(1), np.zeros(1)).tolist() == [math.inf]


def test_every_kpi_asked_for_counts_and_no_other() -> None:
    both = pd.concat([alternating(12, 0.1), alternating(12, 60).assign(kpi=COST)])
    assert Stopping(0.05, (PROFIT,)).next_size(both, "base") == 0
    assert Stopping(0.05, (PROFIT, COST)).next_size(both, "base") > 0


def test_a_kpi_without_any_value_does_not_run_for_ever() -> None:
    both = pd.concat([alternating(12, 0.1), alternating(12).assign(kpi=COST, value=math.nan)])
    assert Stopping(0.05, (PROFIT, COST)).next_size(both, "base") == 0


def test_bounds() -> None:
    for wrong in (
        {"halfwidth_relative": 0.0},
        {"kpis": ()},
        {"min_replications": 7},
        {"max_replications": 7},
        {"batch": 1},
    ):
        with pytest.raises(InputError, match=next(iter(wrong))):
            Stopping(**{"halfwidth_relative": 0.1, "kpis": (PROFIT,), **wrong})


def test_the_table_and_the_array_agree() -> None:
    luck = normals("table", 2, 20, 3)
    table = pd.concat(
        outcomes({name: 100 + 10 * luck[k, :, s] for s, name in enumerate("abc")}, kpi)
        for k, kpi in enumerate((PROFIT, COST))
    )
    rule = Stopping(0.04, (PROFIT, COST))
    assert rule.next_size(table, "b") == rule.further(100 + 10 * luck, 1) > 0
    array = holm(pairs(100 + 10 * luck, 1).p_value()[:, [0, 2]].reshape(-1))
    assert paired_table(table, "b")["p_holm"].tolist() == pytest.approx(array.tolist())


def decided(name: str, rule: Stopping, law: Draw, shape: tuple[int, int, int]) -> NDArray[np.float64]:
    """Values of one comparison that the rule stopped; luck is independent, all true means are equal."""
    kpis, most, strategies = shape
    luck = law(normals(name, most, kpis, strategies)).swapaxes(0, 1)
    n = 0
    while more := rule.further(luck[:, :n], 0):
        n += more
    assert n < most
    return luck[:, :n]


LAWS: dict[str, Draw] = {"normal": lambda z: 100 + 10 * z, "lognormal": lambda z: 100 * np.exp(0.5 * z)}


@pytest.mark.parametrize(
    ("law", "goal", "kpis", "strategies"),
    [("normal", 0.1, 2, 4), ("lognormal", 0.5, 2, 4), ("normal", 0.08, 1, 2), ("lognormal", 0.4, 1, 2)],
)
def test_false_alarms_of_whole_comparisons(law: str, goal: float, kpis: int, strategies: int) -> None:
    studies = 1000
    rule = Stopping(goal, (PROFIT,), max_replications=200)
    alarms = 0
    for study in range(studies):
        found = pairs(decided(f"{law} {study}", rule, LAWS[law], (kpis, 200, strategies)), 0)
        alarms += bool((holm(found.p_value()[:, 1:].reshape(-1)) <= 1 - NOMINAL_LEVEL).any())
    print(f"{law}, {strategies - 1} strategies × {kpis} KPIs: {alarms / studies:.4f} of {studies} comparisons")
    assert alarms / studies <= 0.05 + 2 * math.sqrt(0.05 * 0.95 / studies)
