"""From an experiment and the table of its sweep to the space, points and outcomes that analyses ask for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.metrics.kpi import Better
from sim.questions.sweeps.load import Experiment
from sim.questions.sweeps.ranges import levels, quantiles
from sim.questions.sweeps.schema import RangeSpec
from sim.statistics.outcomes import require_columns, sign_of
from sim.statistics.space import BEATS, DIFFERENCE, Dimension, Kind, Space, wrong

TAIL: Final = 0.005
"""Where a normal distribution without bounds is cut to either side: designs that reach to its ends need an end."""


def space_of(experiment: Experiment, paths: Iterable[str] | None = None) -> Space:
    """Return the space of an experiment's levers and uncertainties.

    Parameters
    ----------
    paths : those wanted; all when absent. A lever or uncertainty of a single value has no place in a space.
    """
    spec = experiment.spec
    every = {**spec.levers, **spec.uncertainties}
    wanted = list(every) if paths is None else list(paths)
    return Space(
        tuple(
            _dimension(experiment, path, every[path], "lever" if path in spec.levers else "uncertainty")
            for path in wanted
        )
    )


def points_in(table: pd.DataFrame, paths: Sequence[str]) -> pd.DataFrame:
    """Return the points of a sweep's table: index point, one column for each path."""
    require_columns(table, ["point", *paths])
    return table.drop_duplicates("point").set_index("point")[list(paths)]


def means_of(table: pd.DataFrame, strategy: str, kpis: Sequence[str]) -> pd.DataFrame:
    """Return the mean outcomes of a strategy at each point, over the replications that have a value.

    Parameters
    ----------
    table : what a sweep returns: point, strategy, replication and a column for each outcome.
    """
    require_columns(table, ["point", "strategy", "replication", *kpis])
    own = table[table["strategy"] == strategy]
    if own.empty:
        raise wrong("strategy", strategy, "must be one of the sweep")
    return own.groupby("point")[list(kpis)].mean()


def differences(table: pd.DataFrame, a: str, b: str, kpi: str, *, better: Better | None = None) -> pd.DataFrame:
    """Return A − B at each point, replication by replication on common luck, positive where A is better.

    Replications that either strategy lacks are left out.

    Returns
    -------
    Index point; columns difference (mean), beats (1, ½ or 0), deviation (standard error of the difference; NaN with
    one replication), n. A point without a common replication has no row.
    """
    require_columns(table, ["point", "strategy", "replication", kpi])
    wide = table.pivot(index=["point", "replication"], columns="strategy", values=kpi)
    for name in (a, b):
        if name not in wide.columns:
            raise wrong("strategy", name, "must be one of the sweep")
    gap = sign_of(kpi, better) * (wide[a] - wide[b]).dropna()
    found = gap.groupby(level="point").agg(["mean", "sem", "count"])
    return pd.DataFrame({
        DIFFERENCE: found["mean"], BEATS: 0.5 + 0.5 * np.sign(found["mean"]), "deviation": found["sem"],
        "n": found["count"],
    })  # fmt: skip


def _dimension(experiment: Experiment, path: str, spec: RangeSpec, kind: Kind) -> Dimension:
    whole, unit = path in experiment.whole, experiment.targets[path].place.unit
    if spec.is_listed:
        return Dimension(path, choices=tuple(levels(spec, whole)), kind=kind, unit=unit)
    unbounded = spec.distribution == "normal"
    ends = [TAIL, 1.0 - TAIL] if unbounded else [0.0, 1.0]
    values = partial(_values, spec, whole, ends[0])
    low, high = (spec.low, spec.high)
    if unbounded:
        low, high = (float(v) for v in values(np.array([0.0, 1.0])))
    assert low is not None
    assert high is not None
    log = spec.distribution == "loguniform"
    return Dimension(
        path, low, high, kind=kind, whole=whole, distribution="loguniform" if log else "uniform", quantile=values,
        unit=unit,
    )  # fmt: skip


def _values(spec: RangeSpec, whole: bool, tail: float, unit: NDArray[np.float64]) -> list[Any]:
    return quantiles(spec, tail + np.asarray(unit) * (1.0 - 2.0 * tail), whole)
