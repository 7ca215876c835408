"""Outlets divided among advisors: equal work, short ways.

The classic of sales territory design (Hess & Samuels 1971): in turn, outlets are given to centres at the least
work-weighted distance, each centre with its share of the work, and centres move to the middle of their outlets. The
giving is a transportation problem, solved exactly by HiGHS through scipy; it splits fewer outlets than there are
advisors, and each of those goes to the advisor who has most of it. Scipy was chosen over k-means, which knows no equal
work, and over packages for clusters with bounds on counts, which know no work.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.statistics.space import draws, wrong

Floats = NDArray[np.float64]
ROUNDS: Final = 25
NEAR: Final = 6
"""Nearest advisors among whom an outlet is given first; more only where equal work needs them."""


@dataclass(frozen=True)
class Territories:
    """A division of outlets.

    Attributes
    ----------
    outlets : the outlets with a column advisor (0 to n − 1).
    advisors : advisor, x_km, y_km (the middle, or the home), outlets, work, distance_km (mean to the middle, by work).
    imbalance : the largest work ÷ the mean − 1.
    distance_km : mean distance to the middle, by work.
    """

    outlets: pd.DataFrame
    advisors: pd.DataFrame
    imbalance: float
    distance_km: float


def divide(
    outlets: pd.DataFrame, n: int, *, seed: int = 0, homes: pd.DataFrame | None = None, tolerance: float = 0.02
) -> Territories:
    """Divide outlets among n advisors with equal work and short ways.

    Parameters
    ----------
    outlets : columns x_km, y_km and work (such as visit hours a month, above 0).
    n : advisors.
    homes : x_km and y_km of each advisor, where they are fixed; else the best places are sought.
    tolerance : how far a share of the work may be from equal before outlets are given whole.

    Raises
    ------
    InputError : a column is missing, work is not above 0, or there are more advisors than outlets.
    """
    place, work = _checked(outlets, n, homes)
    centres = _spread(place, work, n, seed) if homes is None else homes[["x_km", "y_km"]].to_numpy(dtype=np.float64)
    given = _give(place, work, centres, tolerance)
    for _ in range(ROUNDS if homes is None else 0):
        centres = _middles(place, work, given, n)
        again = _give(place, work, centres, tolerance)
        if _way(place, work, centres, again) >= _way(place, work, centres, given) * (1 - 1e-6):
            break
        given = again
    return _described(outlets, place, work, given, _middles(place, work, given, n) if homes is None else centres)


def _give(place: Floats, work: Floats, centres: Floats, tolerance: float) -> NDArray[np.int64]:
    """Return the advisor of each outlet: least distance weighted by work, equal work within the tolerance."""
    away = _distance(place, centres)
    order = np.argsort(away, axis=1, kind="stable")
    reach = min(NEAR, len(centres))
    while (given := _give_near(work, away, order[:, :reach], tolerance)) is None:
        if reach == len(centres):
            raise wrong(
                "work", float(work.max()), f"cannot be divided into {len(centres)} shares within {tolerance:.0%}"
            )
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


def _checked(outlets: pd.DataFrame, n: int, homes: pd.DataFrame | None) -> tuple[Floats, Floats]:
    missing = {"x_km", "y_km", "work"} - set(outlets.columns)
    if missing:
        raise wrong("outlets", ", ".join(sorted(missing)), "is missing")
    place = outlets[["x_km", "y_km"]].to_numpy(dtype=np.float64)
    work = outlets["work"].to_numpy(dtype=np.float64)
    if not (np.isfinite(place).all() and np.isfinite(work).all() and (work > 0).all()):
        raise wrong("outlets", "x_km, y_km, work", "must be finite, work above 0")
    if not 1 <= n <= len(outlets) or (homes is not None and len(homes) != n):
        raise wrong("n", n, f"must be 1 to {len(outlets)}, with as many homes where these are given")
    return place, work


def _described(
    outlets: pd.DataFrame, place: Floats, work: Floats, given: NDArray[np.int64], centres: Floats
) -> Territories:
    n = len(centres)
    load = np.bincount(given, work, n)
    way = np.bincount(given, work * np.hypot(*(place - centres[given]).T), n) / np.maximum(load, 1e-300)
    table = pd.DataFrame({
        "advisor": np.arange(n), "x_km": centres[:, 0], "y_km": centres[:, 1],
        "outlets": np.bincount(given, minlength=n), "work": load, "distance_km": way,
    })  # fmt: skip
    mean = float(load.mean())
    return Territories(
        outlets.assign(advisor=given), table, float(load.max()) / mean - 1, _way(place, work, centres, given)
    )
