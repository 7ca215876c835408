"""An experiment for the functions of `sim.experiment.analysis`: its dimensions, and what runs points of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.experiment.analysis.space import Dimension, Evaluate, Kind, Space, wrong
from sim.experiment.store import Store
from sim.experiment.sweeps.load import Experiment
from sim.experiment.sweeps.plan import Plan
from sim.experiment.sweeps.ranges import levels, plain, quantiles
from sim.experiment.sweeps.schema import RangeSpec
from sim.experiment.sweeps.sweep import How, run_plan


@dataclass(frozen=True)
class Swept(Dimension):
    """A dimension whose values are those that the experiment says, triangular distributions included.

    Attributes
    ----------
    spec : as the experiment states it.
    """

    spec: RangeSpec | None = None

    def values(self, unit: NDArray[np.float64]) -> NDArray[Any]:
        """Return the values at places in [0, 1] of the distribution (its quantiles), shape of `unit`."""
        assert self.spec is not None
        found = quantiles(self.spec, np.ravel(unit), self.whole)
        return np.array(found, dtype=object if self.choices else np.float64).reshape(np.shape(unit))


def space_of(experiment: Experiment) -> Space:
    """Return the levers and uncertainties of an experiment as dimensions; listed values are choices."""
    spec = experiment.spec
    return Space(
        tuple(_dimension(experiment, path, own) for path, own in {**spec.levers, **spec.uncertainties}.items())
    )


def _dimension(experiment: Experiment, path: str, own: RangeSpec) -> Dimension:
    kind: Kind = "lever" if path in experiment.spec.levers else "uncertainty"
    target = experiment.targets[path]
    if own.list is not None:
        return Swept(path, choices=tuple(levels(own, target.whole)), kind=kind, unit=target.place.unit, spec=own)
    low, high = (own.grid.low, own.grid.high) if own.grid is not None else _bounds(own)
    return Swept(path, low, high, kind=kind, whole=target.whole, unit=target.place.unit, spec=own)


def _bounds(own: RangeSpec) -> tuple[float, float]:
    """Return the bounds of a distribution; of a normal one without them, where a thousandth lies beyond."""
    ends = quantiles(own, np.array([0.001, 0.999]), False)
    return (ends[0] if own.low is None else own.low), (ends[1] if own.high is None else own.high)


def evaluator(experiment: Experiment, strategy: str, store: Store, how: How | None = None) -> Evaluate:
    """Return what runs points of an experiment under one of its strategies: means over the replications.

    Parameters
    ----------
    store : where finished runs are looked up and kept.

    Raises
    ------
    InputError
        When the experiment has no such strategy; later, when a point does not fit the schema or a run of it failed.
    """
    if strategy not in experiment.strategies:
        raise wrong("strategy", strategy, f"must be one of {', '.join(experiment.strategies)}")

    def evaluate(points: pd.DataFrame) -> pd.DataFrame:
        rows = [_point(experiment, row) for row in points[experiment.paths].to_dict("records")]
        found = run_plan(Plan(experiment, rows, (strategy,)), store, how)
        if len(found.failures):
            raise wrong("points", f"{len(found.failures)} runs", f"failed, such as: {found.failures['error'].iloc[0]}")
        means = found.table.groupby("point")[list(experiment.spec.outcomes)].mean()
        return means.set_axis(points.index, axis=0)

    return evaluate


def _point(experiment: Experiment, row: Mapping[Any, Any]) -> dict[str, Any]:
    """Return a row as plain values, whole numbers where the field wants them."""
    found: dict[str, Any] = {}
    for path in experiment.paths:
        value = row[path].item() if hasattr(row[path], "item") else row[path]
        is_number = isinstance(value, float)
        found[path] = plain(value, experiment.targets[path].whole) if is_number else value
    return found
