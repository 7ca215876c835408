"""The points of an experiment: which values stand together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.questions.sweeps.ranges import levels, quantiles

if TYPE_CHECKING:
    # the schema asks which studies there are, and these ask here
    from sim.questions.sweeps.schema import ExperimentSpec, RangeSpec

Point = dict[str, Any]
"""Path → value."""


def points_of(spec: ExperimentSpec, seed: int, whole: frozenset[str]) -> list[Point]:
    """Return the points in their order; levers first in each.

    Parameters
    ----------
    seed : of the draws; the design has luck of its own.
    whole : paths whose fields are whole numbers.
    """
    every = {**spec.levers, **spec.uncertainties}
    if spec.design == "grid":
        return _combinations(every, whole)
    if not spec.cross_levers:
        return _drawn(spec, every, seed, whole)
    settings = _combinations(spec.levers, whole)
    return [{**own, **world} for world in _drawn(spec, spec.uncertainties, seed, whole) for own in settings]


def _combinations(ranges: Mapping[str, RangeSpec], whole: frozenset[str]) -> list[Point]:
    values = [levels(spec, path in whole) for path, spec in ranges.items()]
    return [dict(zip(ranges, chosen, strict=True)) for chosen in product(*values)]


def _drawn(spec: ExperimentSpec, ranges: Mapping[str, RangeSpec], seed: int, whole: frozenset[str]) -> list[Point]:
    unit = unit_points(spec.design, len(ranges), spec.samples or 1, seed)
    columns = [quantiles(own, unit[:, k], path in whole) for k, (path, own) in enumerate(ranges.items())]
    return [dict(zip(ranges, values, strict=True)) for values in zip(*columns, strict=True)]


def unit_points(design: str, n_dimensions: int, samples: int, seed: int) -> NDArray[np.float64]:
    """Return points of the unit cube, shape (samples, n_dimensions)."""
    from scipy.stats import qmc

    sampler = qmc.Sobol if design == "sobol" else qmc.LatinHypercube
    return np.asarray(sampler(n_dimensions, rng=seed).random(samples), dtype=np.float64)


def n_points(spec: ExperimentSpec) -> int:
    """Return how many points there will be, without making them."""

    def combinations(ranges: Sequence[RangeSpec]) -> int:
        return int(np.prod([len(r.list or ()) or (r.grid.n if r.grid else 1) for r in ranges], dtype=object))

    if spec.design == "grid":
        return combinations([*spec.levers.values(), *spec.uncertainties.values()])
    return (spec.samples or 1) * (combinations(list(spec.levers.values())) if spec.cross_levers else 1)
