"""How large the sales force should be, what a move to the best size pays, and a fair division of outlets among it.

Sales answer to a force with falling gains, so contribution (profit before the force's own cost) is fitted by ADBUDG
(Little 1970) and the cost of the people taken off again; see Zoltners & Lorimer (2000) for the method and its view of
three years. The quadratic and the isotonic curve assume less and know less: they hold between the sizes run only.

Territories are the classic of sales territory design (Hess & Samuels 1971): in turn, outlets are given to centres at
the least work-weighted distance, each centre with its share of the work, and centres move to the middle of their
outlets. The giving is a transportation problem, solved exactly by HiGHS through scipy; it splits fewer outlets than
there are advisors, and each of those goes to the advisor who has most of it. Scipy was chosen over k-means, which knows
no equal work, and over packages for clusters with bounds on counts, which know no work.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.metrics.interval import LEVEL, half_width, t_quantile
from sim.statistics.outcomes import wrong
from sim.statistics.space import draws

Curve = Literal["adbudg", "quadratic", "isotonic"]
Floats = NDArray[np.float64]
Function = Callable[[Floats], Floats]
FEWEST: Final[Mapping[Curve, int]] = {"adbudg": 4, "quadratic": 3, "isotonic": 2}
"""Sizes that a curve needs at least."""
RESAMPLES: Final = 400
STEPS: Final = 201
YEARS: Final = 3
ROUNDS: Final = 25
NEAR: Final = 6
"""Nearest advisors among whom an outlet is given first; more only where equal work needs them."""


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
    three_years : gain of three such years. [currency]
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
    curve: Curve = "adbudg",
    seed: int = 0,
    level: float = LEVEL,
) -> Sizing:
    """Fit the response of profit to the size of the force and find the best size.

    Intervals are percentiles over resampled replications: a replication is drawn with all its sizes, so that what
    is common to all sizes keeps the curve's shape; deviations are stretched as Student's t asks of few replications.

    Parameters
    ----------
    runs : columns size [people], replication, profit [currency/year]; every replication at every size.
    current : today's size, within the sizes run. [people]
    cost_per_person : what a person costs. [currency/year]
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
        return Estimate(value=of(best), low=float(low), high=float(high))

    def size_of(own: Floats) -> float:
        return float(at[int(np.argmax(own))])

    def gain_of(own: Floats) -> float:
        # the size is chosen once; each resample says what that choice is worth
        return float(np.interp(size_of(best), at, own) - np.interp(current, at, own))

    low, high = np.quantile(drawn, tails, axis=0)
    ends = np.isin(np.argmax(drawn, axis=1), (0, len(at) - 1))
    mean, half = profits.mean(axis=1), half_width(profits.T, level)
    gain = estimate(gain_of)
    return Sizing(
        seen=pd.DataFrame({"size": sizes, "mean": mean, "low": mean - half, "high": mean + half}),
        curve=pd.DataFrame({"size": at, "profit": best, "low": low, "high": high}),
        current=current,
        optimum=estimate(size_of),
        gain=gain,
        three_years=Estimate._make(YEARS * value for value in gain),
        at_edge=float(ends.mean()),
    )


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
    stretch = float(t_quantile(n - 1.0) / t_quantile(1e9)) * math.sqrt(n / (n - 1.0))
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


@dataclass(frozen=True)
class Territories:
    """A division of outlets.

    Attributes
    ----------
    outlets : the outlets with a column advisor (0 to n − 1).
    advisors : advisor, x_km, y_km (the middle), outlets, work, distance_km (mean to the middle, by work).
    imbalance : the largest work ÷ the mean − 1.
    distance_km : mean distance to the middle, by work.
    """

    outlets: pd.DataFrame
    advisors: pd.DataFrame
    imbalance: float
    distance_km: float


def divide(outlets: pd.DataFrame, n: int, *, seed: int = 0, tolerance: float = 0.02) -> Territories:
    """Divide outlets among n advisors with equal work and short ways.

    Parameters
    ----------
    outlets : columns x_km, y_km and work (such as visit hours a month, above 0).
    n : advisors.
    tolerance : how far a share of the work may be from equal before outlets are given whole.

    Raises
    ------
    InputError : a column is missing, work is not above 0, or there are more advisors than outlets.
    """
    place, work = _checked(outlets, n)
    centres = _spread(place, work, n, seed)
    given = _give(place, work, centres, tolerance)
    for _ in range(ROUNDS):
        centres = _middles(place, work, given, n)
        again = _give(place, work, centres, tolerance)
        if _way(place, work, centres, again) >= _way(place, work, centres, given) * (1 - 1e-6):
            break
        given = again
    return _described(outlets, place, work, given, _middles(place, work, given, n))


def _give(place: Floats, work: Floats, centres: Floats, tolerance: float) -> NDArray[np.int64]:
    """Return the advisor of each outlet: least distance weighted by work, equal work within the tolerance."""
    away = _distance(place, centres)
    order = np.argsort(away, axis=1, kind="stable")
    reach = min(NEAR, len(centres))
    while (given := _give_near(work, away, order[:, :reach], tolerance)) is None:
        if reach == len(centres):
            allowed = f"cannot be divided into {len(centres)} shares within {tolerance:.0%}"
            raise wrong("work", float(work.max()), allowed)
        reach = min(2 * reach, len(centres))
    return given


def _give_near(work: Floats, away: Floats, near: NDArray[np.int64], tolerance: float) -> NDArray[np.int64] | None:
    """Give outlets to advisors near them; None when that does not reach for equal work.

    Parameters
    ----------
    away : distance of each outlet to each centre, shape (m, n).
    near : advisors that an outlet may get, shape (m, k).
    """
    from scipy.optimize import linprog
    from scipy.sparse import csr_array, vstack

    # the stubs do not know that sparse matrices are taken
    solve: Any = linprog

    (m, n), k = away.shape, near.shape[1]
    cost = (work[:, None] * np.take_along_axis(away, near, axis=1)).ravel()
    cell, outlet, advisor = np.arange(m * k), np.repeat(np.arange(m), k), near.ravel()
    whole = csr_array((np.ones(m * k), (outlet, cell)), shape=(m, m * k))
    load = csr_array((work[outlet], (advisor, cell)), shape=(n, m * k))
    share = work.sum() / n
    bounds = np.concatenate([np.full(n, share * (1 + tolerance)), np.full(n, -share * (1 - tolerance))])
    found = solve(cost, A_ub=vstack([load, -load]), b_ub=bounds, A_eq=whole, b_eq=np.ones(m), method="highs")
    if found.x is None:
        return None
    most = np.argmax(found.x.reshape(m, k), axis=1)
    return np.asarray(near[np.arange(m), most], dtype=np.int64)


def _spread(place: Floats, work: Floats, n: int, seed: int) -> Floats:
    """Return first centres far from each other (k-means++: Arthur & Vassilvitskii 2007)."""
    u = draws(seed, "territories", n)
    chosen: list[int] = []
    weight = work
    for i in range(n):
        total = np.cumsum(weight)
        chosen.append(int(np.searchsorted(total, u[i] * total[-1], side="right")))
        near = _distance(place, place[chosen]).min(axis=1)
        weight = work * near**2 if near.any() else work
    return place[chosen]


def _middles(place: Floats, work: Floats, given: NDArray[np.int64], n: int) -> Floats:
    load = np.bincount(given, work, n)
    x, y = (np.bincount(given, work * place[:, i], n) for i in (0, 1))
    return np.column_stack([x, y]) / np.maximum(load, 1e-300)[:, None]


def _distance(place: Floats, centres: Floats) -> Floats:
    gap = place[:, None, :] - centres[None, :, :]
    return np.asarray(np.hypot(gap[..., 0], gap[..., 1]), dtype=np.float64)


def _way(place: Floats, work: Floats, centres: Floats, given: NDArray[np.int64]) -> float:
    return float((work * np.hypot(*(place - centres[given]).T)).sum() / work.sum())


def _checked(outlets: pd.DataFrame, n: int) -> tuple[Floats, Floats]:
    missing = {"x_km", "y_km", "work"} - set(outlets.columns)
    if missing:
        raise wrong("outlets", ", ".join(sorted(missing)), "is missing")
    place = outlets[["x_km", "y_km"]].to_numpy(dtype=np.float64)
    work = outlets["work"].to_numpy(dtype=np.float64)
    if not (np.isfinite(place).all() and np.isfinite(work).all() and (work > 0).all()):
        raise wrong("outlets", "x_km, y_km, work", "must be finite, work above 0")
    if not 1 <= n <= len(outlets):
        raise wrong("n", n, f"must be 1 to {len(outlets)}")
    return place, work


def _described(
    outlets: pd.DataFrame, place: Floats, work: Floats, given: NDArray[np.int64], centres: Floats
) -> Territories:
    n = len(centres)
    load = np.bincount(given, work, n)
    way = np.bincount(given, work * np.hypot(*(place - centres[given]).T), n) / np.maximum(load, 1e-300)
    table = pd.DataFrame({"advisor": np.arange(n), "x_km": centres[:, 0], "y_km": centres[:, 1]})
    table = table.assign(outlets=np.bincount(given, minlength=n), work=load, distance_km=way)
    imbalance = float(load.max()) / float(load.mean()) - 1
    way_km = _way(place, work, centres, given)
    return Territories(outlets=outlets.assign(advisor=given), advisors=table, imbalance=imbalance, distance_km=way_km)
