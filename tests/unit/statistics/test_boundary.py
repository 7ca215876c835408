"""The line between two strategies, found with few runs."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy.interpolate import RegularGridInterpolator

from sim.errors import InputError
from sim.statistics.boundary import PRIOR, Boundary, boundary, fit
from sim.statistics.space import Dimension, Space
from tests.unit.statistics.functions import evaluate, square
from tests.unit.statistics.tables import normals

Function = Callable[[pd.DataFrame], pd.Series]
PLANE = square("x", "y")


def wave(p: pd.DataFrame) -> pd.Series:
    return p["y"] - 0.5 - 0.25 * np.sin(5 * p["x"])


def circle(p: pd.DataFrame) -> pd.Series:
    return 0.09 - (p["x"] - 0.5) ** 2 - (p["y"] - 0.55) ** 2


def wrongly_called(found: Boundary, truth: Function) -> float:
    return float(np.mean((found.plane["mean"] > 0) != (truth(found.plane) > 0)))


def grid_error(truth: Function, steps: int) -> float:
    """What a regular grid of runs with linear interpolation calls wrongly."""
    axis, fine = np.linspace(0, 1, steps), np.linspace(0, 1, 101)
    x, y = np.meshgrid(axis, axis, indexing="ij")
    values = truth(pd.DataFrame({"x": x.ravel(), "y": y.ravel()})).to_numpy().reshape(steps, steps)
    x, y = np.meshgrid(fine, fine, indexing="ij")
    places = pd.DataFrame({"x": x.ravel(), "y": y.ravel()})
    return float(np.mean((RegularGridInterpolator((axis, axis), values)(places) > 0) != (truth(places) > 0)))


@pytest.mark.parametrize("truth", [wave, circle])
def test_a_known_line_with_a_tenth_of_the_runs_of_a_grid(truth: Function) -> None:
    found = boundary(PLANE, evaluate(difference=truth))
    error = wrongly_called(found, truth)
    assert found.settled
    assert found.unsure <= 0.01
    assert error < 0.006
    assert len(found.runs) <= 24
    # ten runs to either side are not as good
    assert min(grid_error(truth, steps) for steps in (8, 9, 10)) > error
    assert found.share() == pytest.approx((truth(found.plane) > 0).mean(), abs=0.006)


def test_runs_go_where_the_sign_is_unsure() -> None:
    found = boundary(PLANE, evaluate(difference=lambda p: 3 * circle(p)), tolerance=0.001, budget=40)
    near = circle(found.runs).abs()
    assert near[16:].mean() < near[:16].mean() / 4


def test_noise_is_seen_through() -> None:
    noise = iter(normals("boundary", 200))

    def noisy(p: pd.DataFrame) -> pd.Series:
        return np.tanh(4 * wave(p)) + 0.1 * np.array([next(noise) for _ in range(len(p))])

    found = boundary(PLANE, evaluate(difference=noisy), budget=48, batch=8)
    assert wrongly_called(found, wave) < 0.03
    assert wrongly_called(found, wave) < 3 * found.unsure + 0.01
    assert len(found.runs) <= 48


def test_axes_in_their_own_units() -> None:
    space = Space((Dimension("price", 10, 30), Dimension("reach", 1, 100, log=True)))
    found = boundary(space, evaluate(difference=lambda p: np.log(p["reach"]) / np.log(100) - (p["price"] - 10) / 20))
    assert found.plane["price"].agg(["min", "max"]).tolist() == [10, 30]
    assert found.plane["reach"].max() == pytest.approx(100)
    assert found.share() == pytest.approx(0.5, abs=0.02)


def test_one_strategy_wins_everywhere() -> None:
    found = boundary(PLANE, evaluate(difference=lambda p: 0 * p["x"] + 5.0))
    assert found.share() == 1
    assert len(found.runs) == 20


def test_the_process_by_hand() -> None:
    places, values = np.array([[0.1, 0.5], [0.5, 0.5], [0.9, 0.5], [0.5, 0.1]]), np.array([1.0, 2.0, 0.0, 1.5])
    elsewhere = np.array([[0.3, 0.4], [0.8, 0.9]])
    process = fit(places, values)
    signal, *lengths, noise = np.exp(process.model.kernel_.theta)

    def covariance(one: np.ndarray, other: np.ndarray) -> np.ndarray:
        r = np.sqrt(5 * (((one[:, None] - other[None]) / lengths) ** 2).sum(axis=2))
        return signal * (1 + r + r**2 / 3) * np.exp(-r)

    y = (values - values.mean()) / values.std()
    own, cross = covariance(places, places) + noise * np.eye(4), covariance(elsewhere, places)
    mean, deviation = process.at(elsewhere)
    assert mean == pytest.approx(values.mean() + values.std() * cross @ np.linalg.solve(own, y), abs=1e-6)
    left = signal - np.einsum("ij,ji->i", cross, np.linalg.solve(own, cross.T))
    assert deviation == pytest.approx(values.std() * np.sqrt(left), abs=1e-4)
    # no other parameters are likelier under the priors
    middle, reach = PRIOR
    doubt = [
        0.5 * (((logs - middle) / reach) ** 2).sum() - process.model.log_marginal_likelihood(logs)
        for logs in process.model.kernel_.theta + 0.05 * np.vstack([np.zeros(4), np.eye(4), -np.eye(4)])
    ]
    assert min(doubt) == doubt[0]
    # a run under way lowers the doubt there and moves no mean
    more = process.and_also(elsewhere[0])
    assert more.at(elsewhere)[0] == pytest.approx(mean, abs=1e-3)
    assert more.at(elsewhere)[1][0] < deviation[0] / 2


def test_what_cannot_be_asked() -> None:
    run = evaluate(difference=wave)
    with pytest.raises(InputError, match="must be two"):
        boundary(square("x", "y", "z"), run)
    with pytest.raises(InputError, match="both numbers"):
        boundary(Space((Dimension("x"), Dimension("y", choices=("a", "b")))), run)
    with pytest.raises(InputError, match="at least 16"):
        boundary(PLANE, run, budget=10)
    with pytest.raises(InputError, match="is missing"):
        boundary(PLANE, run, outcome="gain")


def test_no_place_is_run_twice() -> None:
    """Where the line passes through places that were run, they would be run again and again."""
    found = boundary(PLANE, evaluate(difference=lambda p: p["y"] - p["x"]), tolerance=1e-6, budget=60)
    assert not found.runs.duplicated(["x", "y"]).any()
    assert len(found.runs) == 60
