"""Regret, satisficing and the worst futures, by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from sim.errors import InputError
from sim.metrics.interval import share_interval
from sim.questions.robustness import by_strategy, regrets, robustness, satisficing
from tests.unit.statistics.tables import COST, PROFIT, normals

VALUES = pd.DataFrame({"bold": [10.0, 0.0, 9.0, -4.0], "safe": [6.0, 5.0, 5.0, 4.0]})


def test_regret_at_every_point() -> None:
    table = regrets(VALUES, 1.0)
    assert table["bold"].tolist() == [0, 5, 0, 8]
    assert table["safe"].tolist() == [4, 0, 4, 0]
    assert regrets(VALUES, -1.0)["bold"].tolist() == [4, 0, 4, 0]


def test_views_side_by_side() -> None:
    table = robustness(VALUES, 1.0, 5.0).set_index("strategy")
    assert table.index.tolist() == ["safe", "bold"]
    assert table.loc["bold", ["mean", "worst", "worst_mean", "best_share"]].tolist() == [3.75, -4, -4, 0.5]
    assert table.loc["bold", ["worst_regret", "mean_regret", "met"]].tolist() == [8, 3.25, 0.5]
    assert table.loc["safe", ["worst_regret", "mean_regret", "met"]].tolist() == [4, 2, 0.75]
    assert robustness(VALUES, 1.0)["met"].isna().all()
    cost = robustness(VALUES, -1.0, 5.0).set_index("strategy")
    assert cost.loc["bold", ["worst", "met"]].tolist() == [10, 0.5]


def test_the_worst_twentieth_of_many_points() -> None:
    values = pd.DataFrame({"a": np.arange(1.0, 101), "b": np.full(100, 50.0)})
    table = robustness(values, 1.0).set_index("strategy")
    assert table.loc["a", "worst_mean"] == pytest.approx(3)
    assert table.loc["a", "low"] < 3 < table.loc["a", "high"]


def test_satisficing_on_two_goals() -> None:
    cost = pd.DataFrame({"bold": [1.0, 1.0, 9.0, 1.0], "safe": [2.0, 2.0, 2.0, 2.0]})
    values, signs = {PROFIT: VALUES, COST: cost}, {PROFIT: 1.0, COST: -1.0}
    table = satisficing(values, {PROFIT: 5.0, COST: 2.0}, signs).set_index("strategy")
    assert table["share"].to_dict() == {"safe": 0.75, "bold": 0.25}
    assert table.index[0] == "safe"
    assert table.loc["safe", "low"] == pytest.approx(stats.binomtest(3, 4).proportion_ci(method="wilson").low)


@pytest.mark.parametrize(("hits", "n"), [(0, 7), (7, 7), (3, 10), (250, 1000)])
def test_the_interval_of_a_share_is_that_of_wilson(hits: int, n: int) -> None:
    z = stats.norm.ppf(0.975)
    middle, reach = (hits + z**2 / 2) / (n + z**2), z / (n + z**2) * np.sqrt(hits * (n - hits) / n + z**2 / 4)
    assert share_interval(hits, n) == pytest.approx((max(middle - reach, 0), min(middle + reach, 1)))


def test_the_interval_of_a_share_covers() -> None:
    found = [share_interval(int((row > 0).sum()), len(row)) for row in normals("wins", 200, 40)]
    assert 0.9 <= np.mean([low <= 0.5 <= high for low, high in found]) <= 0.99


def test_results_of_strategies_side_by_side() -> None:
    results = {name: pd.DataFrame({PROFIT: VALUES[name]}) for name in VALUES}
    pd.testing.assert_frame_equal(by_strategy(results, PROFIT), VALUES)
    results["safe"] = results["safe"].iloc[:3]
    with pytest.raises(InputError, match="1 points"):
        by_strategy(results, PROFIT)
