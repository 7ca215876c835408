"""The line between two strategies on two axes: where A − B is 0, found with few runs.

Runs go where a Gaussian process is least sure which strategy is better: the straddle rule of Bryan et al. (2005). Far
from the line, where one of them wins by much, hardly any are spent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.statistics.outcomes import wrong
from sim.statistics.space import DIFFERENCE, Evaluate, Space, run
from sim.statistics.surrogate import Floats, Process, fit

STEPS: Final = 61
"""Steps of the plane to either side on which the line is drawn."""
STRADDLE: Final = 1.96
SAME: Final = 1e-9
"""Two places closer than this are one."""
CALM: Final = 2
"""Looks in a row at which the process must be sure enough."""
FIRST: Final = 16
"""Points before the first look; the process may be wrong about itself on fewer."""


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
    while (calm := calm + 1 if _unsure(process, plane) <= tolerance else 0) < CALM and len(unit) < most:
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
        # the luck is common to all runs: the same place again would say the same again
        done = (np.abs(plane[:, None] - process.unit[None]).max(axis=2) < SAME).any(axis=1)
        place = plane[int(np.argmax(np.where(done, -np.inf, STRADDLE * deviation - np.abs(mean))))]
        chosen.append(place)
        process = process.and_also(place)
    return np.array(chosen)


def _chance(mean: Floats, deviation: Floats) -> NDArray[np.float64]:
    from scipy.special import ndtr

    chance: NDArray[np.float64] = ndtr(mean / np.maximum(deviation, 1e-300))
    return chance


def _unsure(process: Process, plane: Floats) -> float:
    chance = _chance(*process.at(plane))
    return float(np.minimum(chance, 1.0 - chance).mean())


def _boundary(space: Space, process: Process, plane: Floats, values: Floats, settled: bool) -> Boundary:
    mean, deviation = process.at(plane)
    table = space.points(plane).reset_index(drop=True)
    table = table.assign(mean=mean, deviation=deviation, chance=_chance(mean, deviation))
    runs = space.points(process.unit).reset_index(drop=True).assign(difference=values)
    return Boundary(space.names[0], space.names[1], table, runs, _unsure(process, plane), settled)
