"""Paired comparisons: hand-made numbers, scipy as referee, Holm's method, refusals."""

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
from sim.statistics.paired import holm, paired_table, pairs
from tests.unit.statistics.tables import COST, PROFIT, SPENDING, normals, outcomes

VALUES = arrays(np.float64, (6, 3), elements=st.floats(-1e3, 1e3).map(lambda v: round(v, 2)))


def test_three_pairs_by_hand() -> None:
    row = paired_table(outcomes({"base": [10, 20, 30], "new": [11, 22, 33]}), "base").iloc[0]
    # differences 1, 2, 3: mean 2, deviation 1, standard error 1/√3, t(2) = 4.302653
    assert row["n"] == 3
    assert (row["baseline_mean"], row["mean"], row["difference"]) == (20, 22, 2)
    assert row["high"] - 2 == pytest.approx(4.302652729749462 / math.sqrt(3))
    assert row["low"] == pytest.approx(4 - row["high"])
    assert row["relative_difference"] == pytest.approx(0.1)
    # t = 2√3 with 2 degrees of freedom: p = 1 − t ÷ √(t² + 2) = 1 − √(12 ÷ 14)
    assert row["p"] == pytest.approx(1 - math.sqrt(12 / 14))
    # variances 100 and 121 apart, 1 paired
    assert row["variance_ratio"] == pytest.approx(1 / 221)
    assert row["verdict"] == "no difference seen"


def test_the_same_as_scipy() -> None:
    base, new = 50 + normals("base", 30), 50.4 + normals("new", 30)
    row = paired_table(outcomes({"base": base, "new": new}), "base", level=0.9).iloc[0]
    referee = stats.ttest_rel(new, base)
    interval = referee.confidence_interval(0.9)
    assert row["p"] == pytest.approx(referee.pvalue, rel=1e-12)
    assert (row["low"], row["high"]) == pytest.approx((interval.low, interval.high), rel=1e-12)


def test_a_known_example_of_holm() -> None:
    # 0.005 · 4, 0.01 · 3, 0.03 · 2, then 0.04 · 1 raised to the step before
    found = holm(np.array([0.01, 0.04, 0.03, 0.005]))
    assert found.tolist() == pytest.approx([0.03, 0.06, 0.06, 0.02])
    gaps = holm(np.array([0.01, np.nan, 0.5]))
    assert gaps[[0, 2]].tolist() == pytest.approx([0.02, 0.5])
    assert math.isnan(gaps[1])


@pytest.mark.parametrize(
    ("kpi", "up", "down"), [(PROFIT, "better", "worse"), (COST, "worse", "better"), (SPENDING, "higher", "lower")]
)
def test_words_follow_the_direction_of_the_kpi(kpi: str, up: str, down: str) -> None:
    base = normals("base", 12)
    table = paired_table(
        outcomes({"base": base, "up": base + 5 + normals("u", 12) / 9, "down": base - 5 + normals("d", 12) / 9}, kpi),
        "base",
    )
    assert table.set_index("strategy")["verdict"].to_dict() == {"up": up, "down": down}


def test_a_kpi_of_ones_own() -> None:
    table = outcomes({"base": [1, 2, 4], "new": [11, 12, 14.1]}, "present_value")
    with pytest.raises(InputError, match="present_value"):
        paired_table(table, "base")
    assert paired_table(table, "base", better={"present_value": "higher"})["verdict"].tolist() == ["better"]


def test_identical_strategies() -> None:
    row = paired_table(outcomes({"base": [1.5, 2.5, 7], "same": [1.5, 2.5, 7]}), "base").iloc[0]
    assert row[["difference", "low", "high", "p", "p_holm", "detectable"]].tolist() == [0, 0, 0, 1, 1, 0]
    assert row["identical"]
    assert row["verdict"] == "no difference seen"
    other = paired_table(outcomes({"base": [1, 2, 3], "new": [2, 1, 3]}), "base").iloc[0]
    assert other["difference"] == 0
    assert not other["identical"]


def test_a_difference_without_spread_is_certain() -> None:
    row = paired_table(outcomes({"base": [1, 2, 3], "new": [3, 4, 5]}), "base").iloc[0]
    assert row[["low", "high", "p", "variance_ratio"]].tolist() == [2, 2, 0, 0]
    assert row["verdict"] == "better"


def test_values_that_are_missing_drop_the_pair() -> None:
    row = paired_table(outcomes({"base": [10, math.nan, 30, 7], "new": [11, 5, 33]}), "base").iloc[0]
    assert (row["n"], row["baseline_mean"], row["difference"]) == (2, 20, 2)


def test_too_few_replications() -> None:
    table = paired_table(outcomes({"base": [1, math.nan], "one": [4, 2], "none": [math.nan, 2]}), "base")
    assert table["verdict"].tolist() == ["too few replications"] * 2
    assert table["n"].tolist() == [1, 0]
    assert table["difference"].iloc[0] == 3
    assert table[["low", "high", "p", "p_holm", "detectable"]].isna().all(axis=None)


def test_holm_spans_strategies_and_kpis() -> None:
    base, up = normals("base", 20), normals("up", 20) + 0.7
    one = paired_table(outcomes({"base": base, "up": up}), "base").iloc[0]
    assert 0.0125 < one["p"] < 0.05
    assert one["verdict"] == "better"
    noise = {"base": base, "up": up, "a": normals("a", 20)}
    family = pd.concat([outcomes(noise), outcomes({**noise, "up": normals("b", 20)}, COST)])
    table = paired_table(family, "base")
    row = table[(table["strategy"] == "up") & (table["kpi"] == PROFIT)].iloc[0]
    assert row["p"] == one["p"]
    assert row["p_holm"] == pytest.approx(4 * one["p"])
    assert row["verdict"] == "no difference seen"
    assert paired_table(family, "base", kpis=[COST])["kpi"].unique().tolist() == [COST]


def test_futures_are_never_paired_with_each_other() -> None:
    now = outcomes({"base": [1, 2, 3], "new": [2, 3, 5]}, future="now")
    later = outcomes({"base": [100, 200, 300], "new": [100, 200, 330]}, future="later")
    table = paired_table(pd.concat([now, later]), "base")
    assert table["future"].tolist() == ["now", "later"]
    assert table["difference"].tolist() == pytest.approx([4 / 3, 10])
    alone = paired_table(now.drop(columns="future"), "base").iloc[0]
    assert table["p"].iloc[0] == alone["p"]
    assert table["p_holm"].iloc[0] == pytest.approx(2 * alone["p"])


@pytest.mark.parametrize("n", [3, 8, 30])
def test_detectable_difference_is_seen_in_four_of_five_studies(n: int) -> None:
    level, family = 0.95, 2
    table = paired_table(outcomes({"base": np.zeros(n), "a": normals("a", n), "b": normals("b", n)}), "base")
    row = table.iloc[0]
    deviation = normals("a", n).std(ddof=1)
    studies = normals(f"studies {n}", 20000, n) * deviation + row["detectable"]
    seen = (stats.ttest_1samp(studies, 0, axis=1).pvalue <= (1 - level) / family).mean()
    assert seen == pytest.approx(0.8, abs=3 * math.sqrt(0.16 / 20000))


def test_tables_that_cannot_be_used() -> None:
    good = outcomes({"base": [1, 2], "new": [2, 3]})
    with pytest.raises(InputError, match="did you mean 'base'"):
        paired_table(good, "bas")
    with pytest.raises(InputError, match="occurs twice"):
        paired_table(pd.concat([good, good.iloc[:1]]), "base")
    with pytest.raises(InputError, match="finite"):
        paired_table(good.assign(value=math.inf), "base")
    with pytest.raises(InputError, match="is missing"):
        paired_table(good.drop(columns="kpi"), "base")
    with pytest.raises(InputError, match="needs a name"):
        paired_table(good.assign(strategy=["base", None, "new", "new"]), "base")
    with pytest.raises(InputError, match="a KPI of the outcomes"):
        paired_table(good, "base", kpis=[COST])
    with pytest.raises(InputError, match="level"):
        paired_table(good, "base", level=95)


@given(arrays(np.float64, st.integers(1, 12), elements=st.floats(0, 1)))
def test_holm_is_monotone_and_lies_between_p_and_bonferroni(p: np.ndarray) -> None:
    found = holm(p)
    order = np.argsort(p, kind="stable")
    assert (np.diff(found[order]) >= 0).all()
    assert (found >= p).all()
    assert (found <= np.minimum(p * len(p), 1) + 1e-15).all()


@given(VALUES, st.permutations(["a", "b"]))
def test_order_of_strategies_changes_nothing(values: np.ndarray, order: list[str]) -> None:
    columns = {"base": values[:, 0], "a": values[:, 1], "b": values[:, 2]}
    plain = paired_table(outcomes(columns), "base").set_index("strategy")
    turned = outcomes({name: columns[name] for name in [*order, "base"]}).iloc[::-1]
    pd.testing.assert_frame_equal(plain, paired_table(turned, "base").set_index("strategy").loc[["a", "b"]])


@given(VALUES, arrays(np.float64, 6, elements=st.integers(-1000, 1000).map(float)))
def test_luck_that_all_share_changes_no_difference(values: np.ndarray, shift: np.ndarray) -> None:
    plain, moved = pairs(values, 0), pairs(values + shift[:, None], 0)
    assert moved.difference == pytest.approx(plain.difference, abs=1e-9)
    assert moved.deviation == pytest.approx(plain.deviation, abs=1e-9)


@given(VALUES)
def test_turning_the_pair_round_turns_the_sign(values: np.ndarray) -> None:
    there, back = pairs(values[:, :2], 0), pairs(values[:, :2], 1)
    assert there.difference[1] == -back.difference[0]
    assert there.deviation[1] == pytest.approx(back.deviation[0])
    assert there.identical[1] == back.identical[0]
