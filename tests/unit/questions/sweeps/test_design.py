"""Points of designs and quantiles of distributions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from sim.questions.sweeps.points import n_points, points_of, quantiles
from sim.questions.sweeps.schema import ExperimentSpec, RangeSpec

EVEN = (np.arange(10_000) + 0.5) / 10_000


def spec(**fields: Any) -> ExperimentSpec:
    return ExperimentSpec.model_validate({"name": "x", "scenario": "x.yaml", **fields})


@pytest.mark.parametrize(
    ("own", "law"),
    [
        ({"distribution": "uniform", "low": 2.0, "high": 5.0}, stats.uniform(2, 3)),
        ({"distribution": "loguniform", "low": 2.0, "high": 50.0}, stats.loguniform(2, 50)),
        ({"distribution": "normal", "mean": 3.0, "sd": 2.0}, stats.norm(3, 2)),
        ({"distribution": "normal", "mean": 3.0, "sd": 2.0, "low": 2.0, "high": 4.0}, stats.truncnorm(-0.5, 0.5, 3, 2)),
        ({"distribution": "triangular", "low": 1.0, "mode": 2.0, "high": 5.0}, stats.triang(0.25, 1, 4)),
        ({"distribution": "triangular", "low": 1.0, "mode": 1.0, "high": 5.0}, stats.triang(0.0, 1, 4)),
    ],
)
def test_quantiles_are_those_of_scipy(own: dict[str, Any], law: Any) -> None:
    np.testing.assert_allclose(quantiles(RangeSpec(**own), EVEN, False), law.ppf(EVEN), rtol=1e-5)


def test_whole_numbers_and_choices_are_equally_likely() -> None:
    whole = quantiles(RangeSpec(distribution="uniform", low=1, high=4), EVEN, True)
    assert np.unique(whole, return_counts=True)[1].tolist() == [2500] * 4
    assert all(isinstance(v, int) for v in whole)
    chosen = quantiles(RangeSpec(list=("a", "b")), EVEN, False)
    assert chosen.count("a") == chosen.count("b") == 5000


def test_a_grid_holds_every_combination_once() -> None:
    own = spec(levers={"a": {"list": (1, 2)}}, uncertainties={"b": {"grid": {"low": 0.0, "high": 1.0, "n": 3}}})
    points = points_of(own, 1, frozenset())
    assert n_points(own) == len(points) == 6
    assert {tuple(p.values()) for p in points} == {(a, b) for a in (1, 2) for b in (0.0, 0.5, 1.0)}


@pytest.mark.parametrize("design", ["latin_hypercube", "sobol"])
def test_drawn_designs_are_seeded_and_even(design: str) -> None:
    drawn = {"distribution": "uniform", "low": 0.0, "high": 1.0}
    own = spec(uncertainties={"a": drawn, "b": drawn}, design=design, samples=16)
    points = points_of(own, 3, frozenset())
    assert points == points_of(own, 3, frozenset())
    assert points != points_of(own, 4, frozenset())
    for name in "ab":
        assert sorted(int(p[name] * 16) for p in points) == list(range(16)), "one point in every sixteenth"


def test_crossed_levers_meet_every_world() -> None:
    own = spec(
        levers={"a": {"list": (1, 2, 3)}},
        uncertainties={"b": {"distribution": "uniform", "low": 0.0, "high": 1.0}},
        design="latin_hypercube",
        samples=4,
        cross_levers=True,
    )
    points = points_of(own, 1, frozenset())
    assert n_points(own) == len(points) == 12
    assert [p["a"] for p in points] == [1, 2, 3] * 4
    assert len({p["b"] for p in points}) == 4
