"""Morris and Sobol against functions with known answers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import truncnorm

from sim.errors import InputError
from sim.statistics import sensitivity
from sim.statistics.sensitivity import morris, morris_size, sobol, sobol_size
from sim.statistics.space import Dimension, Space
from tests.unit.statistics.functions import (
    ISHIGAMI,
    ISHIGAMI_FIRST,
    ISHIGAMI_TOTAL,
    contrast,
    evaluate,
    ishigami,
    square,
)


@pytest.fixture(autouse=True)
def few_resamples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sensitivity, "RESAMPLES", 100)


def of(table: pd.DataFrame, order: str, outcome: str = "y") -> pd.DataFrame:
    return table[(table["order"] == order) & (table["outcome"] == outcome)].set_index("dimension")


def test_sobol_on_ishigami() -> None:
    table = sobol(ISHIGAMI, evaluate(y=ishigami), seed=1, n=1024)
    first, total = of(table, "first"), of(table, "total")
    assert first["index"].to_dict() == pytest.approx(ISHIGAMI_FIRST, abs=0.03)
    assert total["index"].to_dict() == pytest.approx(ISHIGAMI_TOTAL, abs=0.03)
    for found, exact in ((first, ISHIGAMI_FIRST), (total, ISHIGAMI_TOTAL)):
        assert all(found.loc[k, "low"] <= v <= found.loc[k, "high"] for k, v in exact.items())


def test_sobol_on_a_line_and_through_the_distributions() -> None:
    # variances 16/12 · 1, 1/12 · 4 and that of a cut normal: shares follow from them
    normal = truncnorm(-2, 2).ppf
    space = Space((Dimension("a", 0, 4), Dimension("b"), Dimension("c", -2, 2, quantile=normal)))
    table = sobol(space, evaluate(y=lambda p: p["a"] + 2 * p["b"] + p["c"], z=lambda p: p["b"]), seed=3, n=512)
    cut = 0.773741  # variance of a standard normal cut at 2
    variance = {"a": 16 / 12, "b": 4 / 12, "c": cut}
    shares = {k: v / sum(variance.values()) for k, v in variance.items()}
    assert of(table, "first")["index"].to_dict() == pytest.approx(shares, abs=0.02)
    assert of(table, "total")["index"].to_dict() == pytest.approx(shares, abs=0.02)
    assert of(table, "total", "z")["index"].to_dict() == pytest.approx({"a": 0, "b": 1, "c": 0}, abs=1e-3)


def test_the_same_seed_gives_the_same_numbers() -> None:
    one, two, other = (sobol(ISHIGAMI, evaluate(y=ishigami), seed=s, n=32) for s in (1, 1, 2))
    pd.testing.assert_frame_equal(one, two)
    assert not one.equals(other)


def test_an_outcome_that_does_not_vary_has_no_shares() -> None:
    table = sobol(square("x"), evaluate(y=lambda p: 0 * p["x"] + 5.0), seed=1, n=8)
    assert table["index"].isna().all()


def test_what_decides_the_choice_is_not_what_moves_the_kpi() -> None:
    # demand moves both strategies alike; only the rival's price tells them apart
    a = evaluate(profit=lambda p: 10 * p["demand"] + p["price"])
    b = evaluate(profit=lambda p: 10 * p["demand"] + 0.7)
    space = square("demand", "price")
    kpi = sobol(space, a, seed=1, n=256)
    assert of(kpi, "total", "profit").loc["demand", "index"] > 0.95
    choice = sobol(space, contrast(a, b, "profit"), seed=1, n=256)
    for outcome in ("difference", "beats"):
        assert of(choice, "total", outcome)["index"].to_dict() == pytest.approx({"demand": 0, "price": 1}, abs=0.05)


def test_morris_on_a_line() -> None:
    space = Space((Dimension("a", 0, 10), Dimension("b"), Dimension("idle")))
    table = morris(space, evaluate(y=lambda p: 3 * p["a"] - 2 * p["b"]), seed=1).set_index("dimension")
    assert table["mu"].to_dict() == pytest.approx({"a": 30, "b": -2, "idle": 0})
    assert table["mu_star"].to_dict() == pytest.approx({"a": 30, "b": 2, "idle": 0})
    assert table["sigma"].to_list() == pytest.approx([0, 0, 0], abs=1e-9)
    assert (table["high"] - table["low"]).to_list() == pytest.approx([0, 0, 0], abs=1e-9)


def test_morris_on_ishigami() -> None:
    table = morris(ISHIGAMI, evaluate(y=ishigami), seed=1, trajectories=50).set_index("dimension")
    # x3 acts only through x1: no mean effect, much spread
    assert abs(table.loc["x3", "mu"]) < table.loc["x3", "sigma"] / 2
    assert (table["low"] <= table["mu_star"]).all()
    assert (table["high"] > table["mu_star"]).all()


def test_sizes_are_what_is_run() -> None:
    sizes = []

    def spy(points: pd.DataFrame) -> pd.DataFrame:
        sizes.append(len(points))
        return pd.DataFrame({"y": points.sum(axis=1)})

    morris(ISHIGAMI, spy, seed=1, trajectories=3)
    sobol(ISHIGAMI, spy, seed=1, n=8)
    assert sizes == [morris_size(ISHIGAMI, 3), sobol_size(ISHIGAMI, 8)]


def test_what_cannot_be_asked() -> None:
    run = evaluate(y=ishigami)
    with pytest.raises(InputError, match="power of 2"):
        sobol(ISHIGAMI, run, seed=1, n=100)
    with pytest.raises(InputError, match="even"):
        morris(ISHIGAMI, run, seed=1, levels=3)
    with pytest.raises(InputError, match="no finite value"):
        sobol(ISHIGAMI, evaluate(y=lambda p: np.where(p["x1"] > 0, np.nan, 1.0)), seed=1, n=8)
