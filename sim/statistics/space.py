"""The space that is explored, its points, and what runs them.

A point is a row of a table with one column for each dimension. An `Evaluate` takes such a table and returns outcomes
with the same index: means over replications, the same ones for every point (common random numbers).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.errors import nearest_name
from sim.statistics.outcomes import wrong

Evaluate = Callable[[pd.DataFrame], pd.DataFrame]
"""Runs points; returns outcomes, one row for each point under the same index."""

DIFFERENCE: Final = "difference"
BEATS: Final = "beats"


@dataclass(frozen=True)
class Dimension:
    """Something that differs between points.

    Attributes
    ----------
    name : the column of the points.
    low, high : bounds of a number, which is uniform between them unless `log` or `quantile` says otherwise.
    choices : what a categorical dimension may be; then there are no bounds.
    whole : whether only whole numbers count.
    log : whether the logarithm is uniform.
    quantile : places in [0, 1] → values, of any other distribution within the bounds.

    Raises
    ------
    InputError : bounds or choices cannot be used.
    """

    name: str
    low: float = 0.0
    high: float = 1.0
    choices: tuple[Any, ...] = ()
    whole: bool = False
    log: bool = False
    quantile: Callable[[NDArray[np.float64]], Sequence[Any]] | None = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.choices:
            if len(set(self.choices)) < max(len(self.choices), 2):
                raise wrong(self.name, self.choices, "must be two choices at least, none of them twice")
            return
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low < self.high):
            raise wrong(self.name, f"{self.low} to {self.high}", "must go from a lower to a higher number")
        if self.log and self.low <= 0:
            raise wrong(self.name, self.low, "must be above 0 on a logarithmic scale")
        if self.whole and math.ceil(self.low) > math.floor(self.high):
            raise wrong(self.name, f"{self.low} to {self.high}", "must hold a whole number")

    def values(self, unit: NDArray[np.float64]) -> NDArray[Any]:
        """Return the values at places in [0, 1] of the distribution (its quantiles), shape of `unit`."""
        if self.choices:
            place = np.minimum((unit * len(self.choices)).astype(np.int64), len(self.choices) - 1)
            return np.array([*self.choices, None], dtype=object)[place]
        if self.quantile is not None:
            return np.asarray(self.quantile(unit))
        if self.whole:
            first, steps = math.ceil(self.low), math.floor(self.high) - math.ceil(self.low) + 1
            return first + np.minimum(np.floor(unit * steps), steps - 1.0)
        if self.log:
            return np.asarray(self.low * np.exp(unit * math.log(self.high / self.low)))
        return self.low + unit * (self.high - self.low)


@dataclass(frozen=True)
class Space:
    """Dimensions by name, each once.

    Raises
    ------
    InputError : there is no dimension, or two have one name.
    """

    dimensions: tuple[Dimension, ...]

    def __post_init__(self) -> None:
        if not self.dimensions or len(set(self.names)) < len(self.names):
            raise wrong("dimensions", ", ".join(self.names), "must be one at least, each name once")

    @property
    def names(self) -> list[str]:
        """Names in order."""
        return [d.name for d in self.dimensions]

    def points(self, unit: NDArray[np.float64]) -> pd.DataFrame:
        """Return the points at places in the unit cube.

        Parameters
        ----------
        unit : shape (n, n_dimensions), in [0, 1].
        """
        columns = {d.name: d.values(unit[:, i]) for i, d in enumerate(self.dimensions)}
        return pd.DataFrame(columns, index=pd.RangeIndex(len(unit), name="point"))


def draws(seed: int, label: str, *shape: int) -> NDArray[np.float64]:
    """Return uniforms in (0, 1) that depend on the seed, the label and their place only."""
    # numba loads slowly
    from sim.streams import slot_of, stream, uniforms

    key = np.uint64(stream(slot_of(label), np.uint64(seed)))
    drawn: NDArray[np.float64] = uniforms(key, np.arange(int(np.prod(shape)), dtype=np.uint64), 0)
    return drawn.reshape(shape)


def seed_of(seed: int, label: str) -> int:
    """Return a seed below 2**31 for a package that draws by itself."""
    return int(draws(seed, label, 1)[0] * 2**31)


def run(evaluate: Evaluate, points: pd.DataFrame, outcomes: Iterable[str] | None = None) -> pd.DataFrame:
    """Run points and return the outcomes wanted, all of them numbers.

    Raises
    ------
    InputError : a point or an outcome is missing, or an outcome is not finite.
    """
    found = evaluate(points)
    wanted = [str(c) for c in found.columns] if outcomes is None else list(outcomes)
    for name in wanted:
        if name not in found.columns:
            raise wrong("outcome", name, "is missing", nearest_name(name, [str(c) for c in found.columns]))
    if not points.index.difference(found.index).empty or found.index.has_duplicates:
        raise wrong("points", len(found), f"must be one row of outcomes for each of {len(points)} points")
    table = found.loc[points.index, wanted].astype(np.float64)
    bad = ~np.isfinite(table.to_numpy())
    if bad.any():
        name = wanted[int(np.flatnonzero(bad.any(axis=0))[0])]
        raise wrong(name, f"{int(bad.any(axis=1).sum())} of {len(points)} points", "have no finite value")
    return table


def need(module: str) -> Any:
    """Return a module of the extra `analysis`.

    Raises
    ------
    InputError : its package is not installed.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        package = module.partition(".")[0]
        # a defect inside an installed package must show itself as it is
        if (error.name or "").partition(".")[0] != package:
            raise
        raise wrong("package", package, 'is not installed; run: pip install "arsim[analysis]"') from None
