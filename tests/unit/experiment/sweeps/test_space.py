"""An experiment as the analyses see it."""

from __future__ import annotations

import numpy as np
import pytest

from sim.errors import InputError
from sim.experiment.store import Store
from sim.experiment.sweeps.load import load_experiment
from sim.experiment.sweeps.space import evaluator, space_of
from sim.experiment.sweeps.sweep import sweep
from tests.sweeps import SHARE, SPEED, base, experiment


def test_dimensions_are_those_of_the_experiment() -> None:
    space = space_of(load_experiment(experiment(), base()))
    assert space.names == [SHARE, SPEED]
    assert (space[SHARE].kind, space[SHARE].choices) == ("lever", (0.3, 0.6))
    assert (space[SPEED].low, space[SPEED].high, space[SPEED].unit) == (10, 40, "km/h")
    assert space[SPEED].values(np.array([0.0, 1.0])).tolist() == [10.0, 40.0]
    assert space[SPEED].values(np.array([1 / 3]))[0] == pytest.approx(20.0, rel=1e-5), "the mode of the triangle"


def test_an_evaluator_gives_the_means_of_the_sweep(tmp_path) -> None:
    own = load_experiment(experiment(), base())
    table = sweep(experiment(), base(), store=tmp_path)
    means = table[table["strategy"] == "focus"].groupby("point")["sell_out_units"].mean()
    points = table.groupby("point")[[SHARE, SPEED]].first().iloc[[2, 0]]
    found = evaluator(own, "focus", Store(tmp_path))(points)
    assert found["sell_out_units"].tolist() == means.loc[[2, 0]].tolist()
    assert list(found.index) == [2, 0]


def test_a_strategy_must_be_one_of_the_experiment(tmp_path) -> None:
    with pytest.raises(InputError, match="must be one of baseline, focus"):
        evaluator(load_experiment(experiment(), base()), "nobody", Store(tmp_path))
