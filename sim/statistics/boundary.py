"""The line between two strategies on two axes: where A − B is 0, found with few runs.

Runs go where a Gaussian process (Rasmussen & Williams 2006; by scikit-learn) is least sure which strategy is better:
the straddle rule of Bryan et al. (2005). Far from the line, where one of them wins by much, hardly any are spent.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.statistics.outcomes import wrong
from sim.statistics.space import DIFFERENCE, Evaluate, Space, need, run

Floats = NDArray[np.float64]

STEPS: Final = 61
"""Steps of the plane to either side on which the line is drawn."""
STRADDLE: Final = 1.96
SAME: Final = 1e-9
"""Two places closer than this are one."""
CALM: Final = 2
"""Looks in a row at which the process must be sure enough."""
FIRST: Final = 16
"""Points before the first look; the process may be wrong about itself on fewer."""
SIGNAL: Final = (np.exp(-4.0), np.exp(4.0))
LENGTH: Final = (np.exp(-3.5), np.exp(2.0))
NOISE: Final = (np.exp(-16.0), np.exp(1.0))
"""Bounds of the variance of the signal and of the noise (of the values' own), and of a length (of the cube)."""
PRIOR: Final = np.array([[0.0, -0.7, -0.7, -6.0], [2.0, 1.0, 1.0, 3.0]])
"""Middles and deviations of normal priors of the logarithms of signal, both lengths and noise: a dozen points alone
would often claim too much."""
STARTS: Final = ((0.0, -0.7, -0.7, -9.0), (0.0, -1.6, -1.6, -3.0))
"""Where the search for the likeliest logarithms begins, besides where the last one ended."""
PLENTY: Final = 40
"""Points beyond which it begins at the last place only."""


@dataclass(frozen=True)
class Boundary:
    """The plane, split.

    Attributes
    ----------
    x, y : names of the axes.
    plane : columns of both axes, mean and deviation (of A − B, from the process), chance (that A is better); a square
        of `STEPS` · `STEPS` rows, x fastest.
    runs : columns of both axes and difference, in the order of the runs.
    unsure : share of the plane that is expected to be called wrongly, from what the process knows.
    settled : whether it was below the tolerance at two looks in a row.
    """

    x: str
    y: str
    plane: pd.DataFrame
    runs: pd.DataFrame
    unsure: float
    settled: bool

    def share(self) -> float:
        """Return the share of the plane in which A is better, by the axes' distributions."""
        return float((self.plane["mean"] > 0).mean())


@dataclass(frozen=True)
class Process:
    """A Gaussian process on the unit square, given values at some places.

    Attributes
    ----------
    unit : the places, shape (n, 2).
    model : of the values as multiples of `scale` around `centre`: Matérn 5/2 with a length for each axis, and noise.
    """

    unit: Floats
    model: Any
    centre: float
    scale: float

    def at(self, places: Floats) -> tuple[Floats, Floats]:
        """Return the mean of the function and its standard deviation, without the noise of a run; shape (m,) each."""
        mean, deviation = self.model.predict(places, return_std=True)
        noise = self.model.kernel_.k2.noise_level
        return self.centre + self.scale * mean, self.scale * np.sqrt(np.maximum(deviation**2 - noise, 0.0))

    def and_also(self, place: Floats) -> Process:
        """Return the process as if it had its own mean at one more place: what a run that is under way will tell."""
        unit = np.vstack([self.unit, place])
        values = np.append(self.model.y_train_, self.model.predict(place[None, :]))
        return replace(self, unit=unit, model=_fitted(unit, values, self.model.kernel_, None))


def fit(unit: Floats, values: Floats, last: Process | None = None) -> Process:
    """Return the process of the most likely parameters.

    Parameters
    ----------
    unit : shape (n, 2), in [0, 1].
    values : shape (n,).
    last : the process before the latest values.
    """
    kernels = need("sklearn.gaussian_process.kernels")
    signal, noise = kernels.ConstantKernel(1.0, SIGNAL), kernels.WhiteKernel(np.exp(STARTS[0][-1]), NOISE)
    kernel = signal * kernels.Matern(np.exp(STARTS[0][1:-1]), LENGTH, nu=2.5) + noise
    centre, scale = float(values.mean()), float(values.std()) or 1.0
    model = _fitted(unit, (values - centre) / scale, last.model.kernel_ if last else kernel, _likeliest(len(values)))
    return Process(unit=unit, model=model, centre=centre, scale=scale)


def _fitted(unit: Floats, values: Floats, kernel: Any, optimizer: Callable[..., Any] | None) -> Any:
    """Return a regression by scikit-learn; without an optimizer the kernel stays as it is."""
    make = need("sklearn.gaussian_process").GaussianProcessRegressor
    with warnings.catch_warnings():
        # of parameters at a bound
        warnings.filterwarnings("ignore", category=need("sklearn.exceptions").ConvergenceWarning)
        return make(kernel, optimizer=optimizer).fit(unit, values)


def _likeliest(n: int) -> Callable[..., tuple[Floats, float]]:
    """Return what finds the likeliest logarithms of the parameters under their priors, given n values."""
    from scipy import optimize

    # the stubs do not know bounds as an array
    minimize: Any = optimize.minimize

    def optimizer(cost: Callable[[Floats], Any], start: Floats, bounds: Floats) -> tuple[Floats, float]:
        def doubtful(logs: Floats) -> tuple[float, Floats]:
            value, slope = cost(logs)
            pull = (logs - PRIOR[0]) / PRIOR[1]
            return value + 0.5 * float(pull @ pull), slope + pull / PRIOR[1]

        starts = [start] if n > PLENTY else [start, *map(np.array, STARTS)]
        found = [minimize(doubtful, each, method="L-BFGS-B", jac=True, bounds=bounds) for each in starts]
        best = min(found, key=lambda f: float(f.fun))
        return np.asarray(best.x), float(best.fun)

    return optimizer


def boundary(
    space: Space,
    evaluate: Evaluate,
    *,
    outcome: str = DIFFERENCE,
    tolerance: float = 0.01,
    budget: int = 80,
    batch: int = 4,
) -> Boundary:
    """Find where the outcome changes its sign.

    The process takes what it can't explain as noise, so few replications a point are enough.

    Parameters
    ----------
    space : two dimensions with numbers; hold others by `fixed`.
    evaluate : what `contrast` returns, or anything with the outcome.
    tolerance : share of the plane that may be called wrongly.
    budget : most points.
    batch : points that are run together.

    Raises
    ------
    InputError : there are not two dimensions of numbers, the budget is below 16, or an outcome is missing.
    """
    if len(space.dimensions) != 2 or any(d.choices for d in space.dimensions):
        raise wrong("dimensions", ", ".join(space.names), "must be two, both numbers")
    if budget < FIRST or batch < 1 or tolerance <= 0:
        raise wrong("budget, batch, tolerance", (budget, batch, tolerance), f"must be at least {FIRST}, 1, above 0")
    plane = _plane(STEPS)
    unit = _first(FIRST)
    values = _run(space, evaluate, unit, outcome)
    process = fit(unit, values)
    calm = 0
    # a process that is sure of itself once may have missed something: it must be so after a further batch, too
    # where nothing differs there is no line to look for
    most = budget if values.any() else 0
    while (calm := calm + 1 if chances(*process.at(plane))[1] <= tolerance else 0) < CALM and len(unit) < most:
        more = _next(process, plane, min(batch, budget - len(unit)))
        unit = np.vstack([unit, more])
        values = np.append(values, _run(space, evaluate, more, outcome))
        process = fit(unit, values, process)
    return _boundary(space, process, plane, values, calm >= CALM)


def _first(n: int) -> Floats:
    """Return the corners and points spread evenly by the plastic number (Roberts 2018), shape (n, 2)."""
    corners = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    plastic = 1.32471795724474602596
    spread = (0.5 + np.arange(1, n - 3)[:, None] * np.array([1 / plastic, 1 / plastic**2])) % 1.0
    return np.vstack([corners, spread])


def _plane(steps: int) -> Floats:
    axis = np.linspace(0.0, 1.0, steps)
    x, y = np.meshgrid(axis, axis)
    return np.column_stack([x.ravel(), y.ravel()])


def _run(space: Space, evaluate: Evaluate, unit: Floats, outcome: str) -> Floats:
    return run(evaluate, space.points(unit), [outcome])[outcome].to_numpy()


def _next(process: Process, plane: Floats, n: int) -> Floats:
    """Return the places where the sign is least sure, one after the other."""
    chosen: list[Floats] = []
    for _ in range(n):
        mean, deviation = process.at(plane)
        # random numbers are common to all runs: the same place again would say the same again
        done = (np.abs(plane[:, None] - process.unit[None]).max(axis=2) < SAME).any(axis=1)
        place = plane[int(np.argmax(np.where(done, -np.inf, STRADDLE * deviation - np.abs(mean))))]
        chosen.append(place)
        process = process.and_also(place)
    return np.array(chosen)


def chances(mean: Floats, deviation: Floats) -> tuple[Floats, float]:
    """Return the chance that the outcome is above 0 at each place, and the share expected to be called wrongly."""
    from scipy.special import ndtr

    chance: Floats = ndtr(mean / np.maximum(deviation, 1e-300))
    return chance, float(np.minimum(chance, 1.0 - chance).mean())


def _boundary(space: Space, process: Process, plane: Floats, values: Floats, settled: bool) -> Boundary:
    mean, deviation = process.at(plane)
    chance, unsure = chances(mean, deviation)
    table = space.points(plane).reset_index(drop=True).assign(mean=mean, deviation=deviation, chance=chance)
    runs = space.points(process.unit).reset_index(drop=True).assign(difference=values)
    x, y = space.names
    return Boundary(x=x, y=y, plane=table, runs=runs, unsure=unsure, settled=settled)
