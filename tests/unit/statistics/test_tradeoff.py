"""The efficient set, the worst replications and regret."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from sim.errors import InputError
from sim.statistics.tradeoff import efficient_set, least_worst_regret, regret, worst_mean
from tests.unit.statistics.tables import COST, PROFIT, SPENDING, normals, outcomes

SMALL = st.integers(-5, 5).map(float)


def means(rows: dict[str, tuple[float, float]]) -> pd.DataFrame:
    return pd.DataFrame.from_dict(rows, orient="index", columns=[PROFIT, COST])


def test_efficient_set_by_hand() -> None:
    # profit up, cost down: c has less profit at the cost of b, d costs more than a for the same profit
    table = efficient_set(means({"a": (9, 5), "b": (5, 2), "c": (4, 2), "d": (9, 6), "e": (7, 4)}), [PROFIT, COST])
    assert table["strategy"].tolist() == ["a", "b", "c", "d", "e"]
    assert table["efficient"].tolist() == [True, True, False, False, True]
    assert table["dominated_by"].tolist() == ["", "", "b", "a", ""]


def test_equals_do_not_dominate_and_a_gap_is_not_judged() -> None:
    table = efficient_set(means({"a": (9, 5), "twin": (9, 5), "gap": (99, math.nan)}), [PROFIT, COST])
    assert table["efficient"].tolist() == [True, True, False]
    assert table["dominated_by"].tolist() == ["", "", ""]


def test_objectives_with_directions() -> None:
    table = means({"a": (9, 5), "b": (5, 2)})
    assert efficient_set(table, {PROFIT: "lower", COST: "lower"})["efficient"].tolist() == [False, True]
    assert efficient_set(table, [PROFIT])["efficient"].tolist() == [True, False]
    with pytest.raises(InputError, match="is missing"):
        efficient_set(table, ["spending"])
    with pytest.raises(InputError, match="neutral"):
        efficient_set(table.assign(spending=1), [SPENDING])
    with pytest.raises(InputError, match="at least one"):
        efficient_set(table, [])


@given(arrays(np.float64, (7, 2), elements=SMALL))
def test_no_efficient_strategy_is_dominated_and_every_other_one_is(score: np.ndarray) -> None:
    table = efficient_set(pd.DataFrame(score, index=list("abcdefg"), columns=[PROFIT, COST]), [PROFIT, COST])
    utility = dict(zip("abcdefg", score * [1, -1], strict=True))
    good = set(table.loc[table["efficient"], "strategy"])
    assert good

    def beats(one: str, other: str) -> bool:
        return bool((utility[one] >= utility[other]).all() and (utility[one] > utility[other]).any())

    for row in table.itertuples():
        dominated = any(beats(name, row.strategy) for name in utility)
        assert row.efficient == (not dominated)
        assert row.efficient or (row.dominated_by in good and beats(row.dominated_by, row.strategy))


def test_worst_mean_by_hand() -> None:
    values = [*range(1, 101)]
    worst = worst_mean(values, 0.05)
    assert (worst.mean, worst.n, worst.n_tail) == (pytest.approx(3), 100, 5)
    assert worst_mean(values, 0.05, better="lower").mean == pytest.approx(98)
    # 2.5 replications: 1, 2 and half of 3
    assert worst_mean(values[:50], 0.05).mean == pytest.approx((1 + 2 + 1.5) / 2.5)
    assert worst_mean(values, 0.07).n_tail == pytest.approx(7)
    assert worst_mean(values, 0.07).mean == pytest.approx(4)


def test_interval_of_the_worst_mean_by_hand() -> None:
    values = np.arange(1.0, 101)
    # influence: 6 everywhere but in the tail, where it is 6 + (x − 6) ÷ 0.05
    influence = np.concatenate([[-94, -74, -54, -34, -14], np.full(95, 6.0)])
    half = stats.t.ppf(0.975, 4) * influence.std(ddof=1) / 10
    worst = worst_mean(values)
    assert (worst.low, worst.high) == pytest.approx((3 - half, 3 + half))
    turned = worst_mean(-values, better="lower")
    assert (turned.low, turned.high) == pytest.approx((-3 - half, -3 + half))


def test_the_whole_share_is_the_ordinary_mean() -> None:
    x = normals("x", 25)
    whole = worst_mean(x, 1.0)
    assert whole.mean == pytest.approx(x.mean())
    assert whole.high - whole.mean == pytest.approx(stats.t.ppf(0.975, 24) * x.std(ddof=1) / 5)


def test_few_replications_say_so() -> None:
    worst = worst_mean([3.0, math.nan, 1.0, 2.0])
    assert worst[:1] + worst[3:] == (1.0, 3, pytest.approx(0.15))
    assert math.isnan(worst.low)
    assert math.isnan(worst.high)
    assert math.isnan(worst_mean([math.nan]).mean)
    with pytest.raises(InputError, match="share"):
        worst_mean([1.0], 0)
    with pytest.raises(InputError, match="neutral"):
        worst_mean([1.0], better="neutral")


def test_coverage_of_the_interval_of_the_worst_mean() -> None:
    z = normals("tails", 600, 100)
    truth = -stats.norm.pdf(stats.norm.ppf(0.05)) / 0.05
    covered = np.mean([w.low <= truth <= w.high for w in map(worst_mean, z)])
    assert 0.89 <= covered <= 0.99


def futures(**values: dict[str, list[float]]) -> pd.DataFrame:
    return pd.concat([outcomes(own, future=name) for name, own in values.items()])


def test_regret_by_hand() -> None:
    table = regret(
        futures(calm={"a": [10, 20, 30], "b": [11, 22, 33]}, war={"a": [5, 5, 5], "b": [1, 2, 3]}), PROFIT
    ).set_index(["future", "strategy"])
    assert table["best"].tolist() == ["b", "b", "a", "a"]
    assert table["regret"].tolist() == [2, 0, 0, 3]
    assert table["mean"].tolist() == [20, 22, 5, 2]
    half = stats.t.ppf(0.975, 2) / math.sqrt(3)
    assert table.loc[("calm", "a"), ["low", "high"]].tolist() == [0, pytest.approx(2 + half)]
    assert table.loc[("war", "b"), ["low", "high"]].tolist() == pytest.approx([3 - half, 3 + half])
    assert table.loc[("war", "a"), ["low", "high"]].tolist() == [0, 0]
    worst = least_worst_regret(table.reset_index())
    assert worst["strategy"].tolist() == ["a", "b"]
    assert worst["worst_regret"].tolist() == [2, 3]
    assert worst["future"].tolist() == ["calm", "war"]
    assert worst["mean_regret"].tolist() == [1, 1.5]


def test_regret_on_a_cost_and_with_gaps() -> None:
    table = regret(outcomes({"a": [10, 20, math.nan], "b": [11, 23, 1]}, COST, "now"), COST)
    assert table["best"].tolist() == ["a", "a"]
    assert table["regret"].tolist() == [0, 2]
    assert table["n"].tolist() == [2, 2]
    assert table["mean"].tolist() == [15, 17]


def test_a_future_without_common_replications_leaves_no_answer() -> None:
    table = regret(futures(now={"a": [1, 2], "b": [2, 3]}, never={"a": [1, math.nan], "b": [math.nan, 1]}), PROFIT)
    assert table["regret"].isna().tolist() == [False, False, True, True]
    assert least_worst_regret(table)["worst_regret"].isna().all()


def test_regret_needs_futures_and_a_direction() -> None:
    with pytest.raises(InputError, match="future"):
        regret(outcomes({"a": [1, 2], "b": [2, 3]}), PROFIT)
    with pytest.raises(InputError, match="neutral"):
        regret(outcomes({"a": [1, 2], "b": [2, 3]}, SPENDING, "now"), SPENDING)


@given(arrays(np.float64, (2, 4, 3), elements=SMALL), st.permutations(["a", "b", "c"]))
def test_regret_is_never_negative_and_someone_has_none(values: np.ndarray, order: list[str]) -> None:
    def table(names: list[str]) -> pd.DataFrame:
        worlds = {f"f{f}": {name: list(values[f, :, "abc".index(name)]) for name in names} for f in range(2)}
        return regret(futures(**worlds), PROFIT)

    found = table(["a", "b", "c"])
    assert (found["regret"] >= 0).all()
    assert (found["low"] >= 0).all()
    assert (found["low"] <= found["regret"]).all()
    assert (found.groupby("future")["regret"].min() == 0).all()
    turned = table(order).set_index(["future", "strategy"])["regret"]
    assert found.set_index(["future", "strategy"])["regret"].to_dict() == pytest.approx(turned.to_dict())
    assert least_worst_regret(found)["worst_regret"].iloc[0] == found.groupby("strategy")["regret"].max().min()
