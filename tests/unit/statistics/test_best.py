"""The chance to be best."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from sim.errors import InputError
from sim.statistics.selection import chance_best
from tests.unit.statistics.tables import COST, SPENDING, normals, outcomes


def chances(values: dict[str, np.ndarray], kpi: str = "profit_manufacturer") -> dict[str, float]:
    return chance_best(outcomes(values, kpi), kpi).set_index("strategy")["chance"].to_dict()


@pytest.mark.parametrize("n", [3, 10, 40])
def test_of_two_it_is_the_t_distribution_of_the_paired_difference(n: int) -> None:
    base = 5 * normals("luck", n)
    new = base + normals("new", n) + 0.2
    difference = new - base
    t = difference.mean() / (difference.std(ddof=1) / math.sqrt(n))
    found = chances({"base": base, "new": new})
    assert found["new"] == pytest.approx(stats.t.cdf(t, n - 1), abs=0.008)
    assert sum(found.values()) == pytest.approx(1)


def test_lower_is_better_for_a_cost() -> None:
    values = {"dear": 10 + normals("a", 9), "cheap": 5 + normals("b", 9)}
    assert chances(values, COST)["cheap"] > 0.99
    assert chances(values)["dear"] > 0.99


def test_three_alike_in_law_share_alike() -> None:
    # a design in which every pair of columns is orthogonal and all means are equal
    values = {"a": [1, 1, -1, -1], "b": [1, -1, 1, -1], "c": [1, -1, -1, 1]}
    assert list(chances({k: np.array(v, float) for k, v in values.items()}).values()) == pytest.approx(
        [1 / 3] * 3, abs=0.008
    )


def test_identical_strategies_share_equally_and_leave_the_others_alone() -> None:
    a, b = normals("a", 8), normals("b", 8) + 0.3
    two = chances({"a": a, "b": b})
    three = chances({"a": a, "b": b, "copy": b})
    assert three["copy"] == three["b"] == two["b"] / 2
    assert three["a"] == two["a"]
    assert chances({"a": a, "same": a}) == {"a": 0.5, "same": 0.5}


def test_more_strategies_than_replications() -> None:
    found = chances({f"s{k}": normals(f"s{k}", 4) for k in range(9)})
    assert sum(found.values()) == pytest.approx(1)
    assert min(found.values()) >= 0


def test_no_spread_leaves_no_doubt() -> None:
    assert chances({"low": np.ones(3), "high": np.full(3, 2.0)}) == {"low": 0, "high": 1}


def test_one_replication_says_nothing_and_gaps_drop_a_replication() -> None:
    assert all(math.isnan(c) for c in chances({"a": np.array([1.0]), "b": np.array([2.0])}).values())
    table = chance_best(outcomes({"a": [1, 2, math.nan, 4], "b": [1, 3, 5, 7]}), "profit_manufacturer")
    assert table["n"].tolist() == [3, 3]
    assert table["mean"].tolist() == pytest.approx([7 / 3, 11 / 3])


def test_each_future_by_itself() -> None:
    up = outcomes({"a": 3 + normals("a", 9), "b": normals("b", 9)}, future="up")
    down = outcomes({"a": -3 + normals("a", 9), "b": normals("b", 9)}, future="down")
    table = chance_best(pd.concat([up, down]), "profit_manufacturer").set_index(["future", "strategy"])["chance"]
    assert table["up", "a"] > 0.99
    assert table["down", "b"] > 0.99


def test_a_neutral_kpi_has_no_best() -> None:
    with pytest.raises(InputError, match="neutral"):
        chance_best(outcomes({"a": [1, 2], "b": [2, 3]}, SPENDING), SPENDING)


@settings(max_examples=10)
@given(st.permutations(["a", "b", "c", "d"]), st.floats(-100, 100))
def test_neither_the_order_nor_shared_luck_counts(order: list[str], shift: float) -> None:
    values = {name: normals(name, 7) + k / 4 for k, name in enumerate("abcd")}
    moved = chances({name: values[name] + shift for name in order})
    assert moved == pytest.approx(chances(values), abs=1e-4)
