"""How large the force should be: profit by the number of advisors or promoters, and what a move to the best pays.

Sales answer to a force with falling gains, so contribution (profit before the force's own cost) is fitted by ADBUDG
(Little 1970) and the cost of the people taken off again; see Zoltners & Lorimer (2000) for the method and its view of
three years. The quadratic and the isotonic curve assume less and know less: they hold between the sizes run only.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.metrics.interval import LEVEL, t_quantile
from sim.statistics.space import draws, wrong

Curve = Literal["adbudg", "quadratic", "isotonic"]
Floats = NDArray[np.float64]
Function = Callable[[Floats], Floats]
FEWEST: Final[Mapping[Curve, int]] = {"adbudg": 4, "quadratic": 3, "isotonic": 2}
"""Sizes that a curve needs at least."""
RESAMPLES: Final = 400
STEPS: Final = 201


class Estimate(NamedTuple):
    """A number with its bootstrap interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Sizing:
    """A response curve and what follows from it.

    Attributes
    ----------
    seen : columns size, mean, low, high: profit in the runs, a year. [currency/year]
    curve : columns size, profit, low, high: the fit. [currency/year]
    current : today's size. [people]
    optimum : size of the highest profit. [people]
    gain : profit a year at the optimum less profit today. [currency/year]
    three_years : gain of three years less the one-off cost of the move. [currency]
    at_edge : share of the resamples whose optimum is the smallest or largest size run: then run more sizes.
    """

    seen: pd.DataFrame
    curve: pd.DataFrame
    current: float
    optimum: Estimate
    gain: Estimate
    three_years: Estimate
    at_edge: float


def size_force(
    runs: pd.DataFrame,
    current: float,
    *,
    cost_per_person: float,
    move_cost_per_person: float = 0.0,
    ramp: tuple[float, float, float] = (1.0, 1.0, 1.0),
    curve: Curve = "adbudg",
    seed: int = 0,
    level: float = LEVEL,
) -> Sizing:
    """Fit the response of profit to the size of the force and find the best size.

    Intervals are percentiles over resampled replications: a replication is drawn with all its sizes, so that common
    luck keeps the curve's shape; deviations are stretched as Student's t asks of few replications.

    Parameters
    ----------
    runs : columns size [people], replication, profit [currency/year]; every replication at every size.
    current : today's size, within the sizes run. [people]
    cost_per_person : what a person costs. [currency/year]
    move_cost_per_person : of hiring and training one more, or of letting one go. [currency]
    ramp : share of the yearly gain that each of the three years brings; the runs should tell.
    curve : "adbudg" (four sizes at least), "quadratic" (three) or "isotonic" (contribution that never falls, no form).

    Raises
    ------
    InputError : runs are missing, the current size was not within them, or there are too few sizes.
    """
    table = _complete(runs, curve, current)
    sizes, profits = table.index.to_numpy(dtype=np.float64), table.to_numpy(dtype=np.float64)
    at = np.unique(np.concatenate([np.linspace(sizes[0], sizes[-1], STEPS), sizes]))

    def fitted(means: Floats) -> Floats:
        return _fit(curve, sizes, means + cost_per_person * sizes)(at) - cost_per_person * at

    best = fitted(profits.mean(axis=1))
    drawn = np.array([fitted(means) for means in _resampled(profits, seed)])
    tails = ((1 - level) / 2, (1 + level) / 2)

    def estimate(of: Callable[[Floats], float]) -> Estimate:
        low, high = np.quantile([of(own) for own in drawn], tails)
        return Estimate(of(best), float(low), float(high))

    def size_of(own: Floats) -> float:
        return float(at[int(np.argmax(own))])

    def gain_of(own: Floats) -> float:
        # the size is chosen once; each resample says what that choice is worth
        return float(np.interp(size_of(best), at, own) - np.interp(current, at, own))

    def three_of(own: Floats) -> float:
        return sum(ramp) * gain_of(own) - move_cost_per_person * abs(size_of(best) - current)

    low, high = np.quantile(drawn, tails, axis=0)
    ends = np.isin(np.argmax(drawn, axis=1), (0, len(at) - 1))
    line = pd.DataFrame({"size": at, "profit": best, "low": low, "high": high})
    return Sizing(
        _seen(sizes, profits, level), line, current, estimate(size_of), estimate(gain_of), estimate(three_of),
        float(ends.mean()),
    )  # fmt: skip


def adbudg(size: Any, floor: float, rise: float, half: float, shape: float) -> Any:
    """Return floor + rise · size^shape ÷ (half^shape + size^shape) (Little 1970).

    Parameters
    ----------
    floor, rise : at size 0, and from there to an endless force.
    half : size at which half of the rise is had; above 0.
    shape : above 1 the curve is S-shaped.
    """
    power = (np.asarray(size, dtype=np.float64) / half) ** shape
    return floor + rise * power / (1.0 + power)


def _resampled(profits: Floats, seed: int) -> Floats:
    """Return means over resampled replications, shape (RESAMPLES, n_sizes)."""
    n = profits.shape[1]
    chosen = (draws(seed, "sizing", RESAMPLES, n) * n).astype(np.int64)
    mean = profits.mean(axis=1)
    # of n replications a bootstrap sees the variance of n − 1 and takes it as known (Hesterberg 2015)
    stretch = float(t_quantile(np.array([n - 1.0]))[0] / t_quantile(np.array([1e9]))[0]) * math.sqrt(n / (n - 1.0))
    return np.asarray(mean + stretch * (profits[:, chosen].mean(axis=2).T - mean), dtype=np.float64)


def _fit(curve: Curve, sizes: Floats, values: Floats) -> Function:
    """Return the fitted contribution as a function of the size."""
    if curve == "quadratic":
        coefficients = np.polyfit(sizes, values, 2)
        return lambda x: np.asarray(np.polyval(coefficients, x), dtype=np.float64)
    if curve == "isotonic":
        from scipy.optimize import isotonic_regression

        steps = np.asarray(isotonic_regression(values).x, dtype=np.float64)
        return lambda x: np.interp(x, sizes, steps)
    return _fit_adbudg(sizes, values)


def _fit_adbudg(sizes: Floats, values: Floats) -> Function:
    """Fit by variable projection: for each half and shape, floor and rise are a line; only those two are searched."""
    from scipy.optimize import minimize

    def line(logs: Floats) -> tuple[Floats, float]:
        share = adbudg(sizes, 0.0, 1.0, *np.exp(logs))
        design = np.column_stack([np.ones_like(share), share])
        found = np.linalg.lstsq(design, values, rcond=None)[0]
        # more people never bring less
        found = found if found[1] >= 0 else np.array([values.mean(), 0.0])
        return found, float(((values - design @ found) ** 2).sum())

    bounds = [(np.log(sizes[-1] / 50), np.log(sizes[-1] * 5)), (np.log(0.5), np.log(5.0))]
    scale = float(values.var()) * len(values) or 1.0

    def misfit(logs: Floats) -> float:
        return line(logs)[1] / scale

    starts = [np.log([np.median(sizes), shape]) for shape in (1.0, 2.0)]
    tried = [minimize(misfit, s, method="Nelder-Mead", bounds=bounds) for s in starts]
    logs = np.asarray(min(tried, key=lambda t: float(t.fun)).x)
    floor, rise = line(logs)[0]
    half, shape = np.exp(logs)
    return lambda x: np.asarray(adbudg(x, floor, rise, half, shape), dtype=np.float64)


def _complete(runs: pd.DataFrame, curve: Curve, current: float) -> pd.DataFrame:
    """Return profit by size × replication, sizes ascending."""
    table = runs.pivot(index="size", columns="replication", values="profit").sort_index()
    fewest = FEWEST[curve]
    if len(table) < fewest or table.shape[1] < 2 or (table.index < 0).any():
        raise wrong("runs", f"{table.shape}", f"must be {fewest} sizes and 2 replications at least, no size below 0")
    if not np.isfinite(table.to_numpy(dtype=np.float64)).all():
        raise wrong("runs", f"{int(table.isna().sum().sum())} values", "are missing: every replication at every size")
    if not table.index[0] <= current <= table.index[-1]:
        raise wrong("current", current, f"must lie within the sizes run, {table.index[0]} to {table.index[-1]}")
    return table


def _seen(sizes: Floats, profits: Floats, level: float) -> pd.DataFrame:
    n = profits.shape[1]
    mean = profits.mean(axis=1)
    half = t_quantile(np.array([n - 1.0]), level)[0] * profits.std(axis=1, ddof=1) / np.sqrt(n)
    return pd.DataFrame({"size": sizes, "mean": mean, "low": mean - half, "high": mean + half})
