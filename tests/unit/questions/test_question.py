"""From a sweep's table to what analyses ask for."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from sim.errors import InputError
from sim.questions.question import differences, means_of, space_of
from sim.questions.sweeps.schema import RangeSpec

COST = "cost_per_unit"
PROFIT = "profit_manufacturer"


def table() -> pd.DataFrame:
    rows = [
        (point, 10.0 * point, s, r, value + r)
        for point, values in enumerate(((1.0, 3.0), (5.0, 5.0), (9.0, 2.0)))
        for s, value in zip(("a", "b"), values, strict=True)
        for r in range(3)
    ]
    return pd.DataFrame(rows, columns=["point", "rivals.price", "strategy", "replication", PROFIT])


def experiment(**ranges: dict[str, object]) -> SimpleNamespace:
    uncertainties = {k: RangeSpec.model_validate(v) for k, v in ranges.items() if k != "lever"}
    levers = {k: RangeSpec.model_validate(v) for k, v in ranges.items() if k == "lever"}
    targets = {path: SimpleNamespace(place=SimpleNamespace(unit="km/h")) for path in ranges}
    spec = SimpleNamespace(levers=levers, uncertainties=uncertainties)
    return SimpleNamespace(spec=spec, targets=targets, whole=frozenset({"n"}))


def test_means_at_points() -> None:
    assert means_of(table(), "a", [PROFIT])[PROFIT].tolist() == [2, 6, 10]
    with pytest.raises(InputError, match="one of the sweep"):
        means_of(table(), "c", [PROFIT])


def test_differences_are_taken_on_common_luck() -> None:
    found = differences(table(), "a", "b", PROFIT)
    assert found["difference"].tolist() == [-2, 0, 7]
    assert found["beats"].tolist() == [0, 0.5, 1]
    assert found["deviation"].tolist() == [0, 0, 0]
    cost = differences(table().rename(columns={PROFIT: COST}), "a", "b", COST)
    assert cost["difference"].tolist() == [2, 0, -7]
    # a run that failed takes its partner with it
    failed = table()
    failed.loc[2, PROFIT] = np.nan
    assert differences(failed, "a", "b", PROFIT)["difference"].tolist() == [-2, 0, 7]
    assert differences(failed, "a", "b", PROFIT)["n"].tolist() == [2, 3, 3]


def test_the_space_of_an_experiment() -> None:
    space = space_of(
        experiment(
            lever={"list": ["x", "y"]},
            n={"distribution": "uniform", "low": 1, "high": 4},
            t={"distribution": "triangular", "low": 0, "mode": 1, "high": 2},
            g={"distribution": "normal", "mean": 5, "sd": 1},
        )
    )  # type: ignore[arg-type]
    assert space.names == ["lever", "n", "t", "g"]
    points = space.points(np.array([[0.0] * 4, [0.5] * 4, [1.0] * 4]))
    assert points["lever"].tolist() == ["x", "y", "y"]
    assert points["n"].tolist() == [1, 3, 4]
    assert points["t"].tolist() == [0, 1, 2]
    assert points["g"].tolist() == pytest.approx([5 - 2.576, 5, 5 + 2.576], abs=1e-3)
    normal = space.dimensions[-1]
    assert (normal.low, normal.high) == pytest.approx((2.424, 7.576), abs=1e-3)
