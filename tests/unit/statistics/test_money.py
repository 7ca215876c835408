"""Present value, peak cash need and pay-back day."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sim.errors import InputError
from sim.statistics.money import net_present_value, pay_back_day, pay_back_days, peak_cash_need

FLOWS = arrays(np.int64, 12, elements=st.integers(-500, 500))


def flows(first: int = 0, **paths: list[list[int]]) -> pd.DataFrame:
    """Daily flows of each strategy: a list for each replication. [cents]"""
    rows = [
        (strategy, replication, first + day, value)
        for strategy, own in paths.items()
        for replication, path in enumerate(own)
        for day, value in enumerate(path)
    ]
    return pd.DataFrame(rows, columns=["strategy", "replication", "day", "value"])


def test_present_value_by_hand() -> None:
    table = pd.DataFrame(
        [("a", 0, 10, -1000), ("a", 0, 375, 1100), ("b", 0, 10, 50), ("a", 1, 740, 1210)],
        columns=["strategy", "replication", "day", "value"],
    )
    found = net_present_value(table, 0.10)
    assert found[["strategy", "replication"]].to_numpy().tolist() == [["a", 0], ["a", 1], ["b", 0]]
    assert found["value"].tolist() == pytest.approx([0, 1000, 50], abs=1e-9)
    later = net_present_value(table, 0.10, first_day=375)
    assert later["value"].tolist() == pytest.approx([0, 1100, 55], abs=1e-9)


@given(FLOWS)
def test_without_discount_it_is_the_sum(path: np.ndarray) -> None:
    assert net_present_value(flows(a=[list(path)]), 0.0)["value"].tolist() == [path.sum()]


def test_peak_need_by_hand() -> None:
    # gains −30, −50, +10: cumulative −30, −80, −70, then up
    found = peak_cash_need(flows(5, base=[[10, 10, 10, 10]] * 2, new=[[-20, -40, 20, 99], [10, 11, 10, 9]]), "base")
    assert found["strategy"].tolist() == ["new", "new"]
    assert found["value"].tolist() == [80, 0]
    assert found["day"].iloc[0] == 6
    assert found["day"].isna().tolist() == [False, True]


def test_pay_back_by_hand() -> None:
    base = [[0] * 5] * 5
    new = [
        [-5, 3, 2, 0, 0],  # even again on the third day, and stays
        [-5, 9, -9, 9, 0],  # ahead, behind, ahead for good on the fourth
        [1, 0, 0, 0, 0],  # never behind
        [-5, 0, 0, 0, 4],  # not within these days
        [5, 0, 0, 0, -6],  # falls behind on the last day
    ]
    found = pay_back_days(flows(100, base=base, new=new), "base")
    assert found["day"].tolist() == [102, 103, 100, math.inf, math.inf]
    row = pay_back_day(flows(100, base=base, new=new), "base").iloc[0]
    assert (row["n"], row["share_paid_back"], row["median"]) == (5, 0.6, 103)
    assert math.isnan(row["low"])
    assert math.isnan(row["high"])


def test_interval_of_the_median_pay_back() -> None:
    # replication r pays back on day r; with 10 the 2nd and the 9th bound the median: 2 · (1 + 10) ÷ 2^10 = 0.0215
    paths = [[-1] + [0] * (r - 1) + [1] + [0] * (12 - r) for r in range(1, 11)]
    row = pay_back_day(flows(base=[[0] * 13] * 10, new=paths), "base").iloc[0]
    assert (row["median"], row["low"], row["high"]) == (5.5, 2, 9)
    never = [path if r < 7 else [-1] + [0] * 12 for r, path in enumerate(paths)]
    row = pay_back_day(flows(base=[[0] * 13] * 10, new=never), "base").iloc[0]
    assert (row["share_paid_back"], row["median"], row["low"], row["high"]) == (0.7, 5.5, 2, math.inf)
    six = pay_back_day(flows(base=[[0] * 13] * 6, new=paths[:6]), "base").iloc[0]
    assert (six["low"], six["high"]) == (1, 6)


def test_the_baseline_against_itself() -> None:
    table = flows(7, base=[[3, -4]], same=[[3, -4]])
    assert pay_back_days(table, "base")["day"].tolist() == [7]
    assert peak_cash_need(table, "base")["value"].tolist() == [0]


def test_days_without_a_row_have_no_flow_and_replications_without_one_no_path() -> None:
    table = pd.DataFrame(
        [("base", 0, 0, 1), ("base", 0, 3, 1), ("new", 0, 1, 5), ("new", 4, 0, 5)],
        columns=["strategy", "replication", "day", "value"],
    )
    assert peak_cash_need(table, "base")[["replication", "value"]].to_numpy().tolist() == [[0, 1]]
    assert pay_back_days(table, "base")[["replication", "day"]].to_numpy().tolist() == [[0, 1]]


@given(FLOWS, FLOWS, st.integers(-100, 100))
def test_need_and_pay_back_look_at_the_difference_only(base: np.ndarray, new: np.ndarray, shift: int) -> None:
    plain = flows(base=[list(base)], new=[list(new)])
    moved = plain.assign(value=plain["value"] + shift)
    gain = np.cumsum(new - base)
    need = peak_cash_need(moved, "base")
    assert need["value"].tolist() == [max(0, -gain.min())]
    day = pay_back_days(moved, "base")["day"].iloc[0]
    assert day == pay_back_days(plain, "base")["day"].iloc[0]
    if math.isinf(day):
        assert gain[-1] < 0
    else:
        assert (gain[int(day) :] >= 0).all()
        assert day == 0 or gain[int(day) - 1] < 0


def test_flows_that_cannot_be_used() -> None:
    good = flows(base=[[1, 2]], new=[[2, 3]])
    with pytest.raises(InputError, match="did you mean 'base'"):
        peak_cash_need(good, "bas")
    with pytest.raises(InputError, match="occurs twice"):
        net_present_value(pd.concat([good, good.iloc[:1]]), 0.1)
    with pytest.raises(InputError, match="is missing"):
        net_present_value(good.drop(columns="day"), 0.1)
    with pytest.raises(InputError, match="needs a value"):
        net_present_value(good.assign(value=math.nan), 0.1)
    with pytest.raises(InputError, match="at least one"):
        net_present_value(good.iloc[:0], 0.1)
    with pytest.raises(InputError, match="yearly_rate"):
        net_present_value(good, -1.0)
