"""Functions with known answers, in place of runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from sim.metrics.kpi import Better
from sim.questions.optimise import Optimum, finalists_of, judged, search
from sim.statistics.space import Dimension, Evaluate, Space, run


def evaluate(**functions: Callable[[pd.DataFrame], object]) -> Evaluate:
    """Points to outcomes, one function each."""
    return lambda points: pd.DataFrame({k: f(points) for k, f in functions.items()}, index=points.index)


def square(*names: str) -> Space:
    """A space of uniform dimensions from 0 to 1."""
    return Space(tuple(Dimension(name) for name in names))


ISHIGAMI = Space(tuple(Dimension(f"x{i}", -np.pi, np.pi) for i in (1, 2, 3)))
# Ishigami & Homma 1990 with a = 7, b = 0.1: first and total order, and the pair of x1 and x3
ISHIGAMI_FIRST = {"x1": 0.3139, "x2": 0.4424, "x3": 0.0}
ISHIGAMI_TOTAL = {"x1": 0.5576, "x2": 0.4424, "x3": 0.2437}


def ishigami(p: pd.DataFrame) -> pd.Series:
    return np.sin(p["x1"]) + 7 * np.sin(p["x2"]) ** 2 + 0.1 * p["x3"] ** 4 * np.sin(p["x1"])


def contrast(a: Evaluate, b: Evaluate, kpi: str) -> Evaluate:
    """The choice between two strategies of which higher is better: difference, and who wins."""

    def both(points: pd.DataFrame) -> pd.DataFrame:
        gap = run(a, points, [kpi])[kpi] - run(b, points, [kpi])[kpi]
        return pd.DataFrame({"difference": gap, "beats": 0.5 + 0.5 * np.sign(gap)})

    return both


def searched(
    space: Space,
    evaluate: Evaluate,
    fresh: Evaluate,
    goals: Mapping[str, Better],
    budget: int,
    finalists: int = 20,
    **how: object,
) -> Optimum:
    """A search, and its finalists on fresh luck."""
    trials = search(space, evaluate, goals, budget, **how)  # type: ignore[arg-type]
    chosen = finalists_of(trials, goals, space.names, finalists)
    return judged(trials, chosen, run(fresh, chosen[space.names], goals), goals)
