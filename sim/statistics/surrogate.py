"""A Gaussian process over the unit cube (Rasmussen & Williams 2006, algorithm 2.1), for few points in few dimensions.

Matérn 5/2 covariance with a length for each dimension; lengths, scale and noise are the most likely ones under weak
priors.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

BOUNDS: Final = ((-3.5, 2.0), (-4.0, 4.0), (-16.0, 1.0))
"""Logarithms of a length (of the cube), of the signal's and of the noise's variance (of the values')."""
PRIOR: Final = ((-0.7, 1.0), (0.0, 2.0), (-6.0, 3.0))
"""Mean and deviation of the normal priors of these logarithms: a dozen points alone would often claim too much."""
PLENTY: Final = 40
"""Points beyond which the climb begins at one place only, where the last one ended."""


@dataclass(frozen=True)
class Process:
    """A Gaussian process given values at some places.

    Attributes
    ----------
    unit : the places, shape (n, n_dimensions), in [0, 1].
    logs : logarithms of the lengths, the signal's variance and the noise's variance, shape (n_dimensions + 2,).
    centre, scale : mean and deviation of the values.
    factor : Cholesky factor of the covariance, shape (n, n).
    weights : covariance⁻¹ · values, shape (n,).
    """

    unit: Floats
    logs: Floats
    centre: float
    scale: float
    factor: Floats
    weights: Floats

    def at(self, places: Floats) -> tuple[Floats, Floats]:
        """Return the mean of the function and its standard deviation, without the noise of a run; shape (m,) each."""
        from scipy.linalg import solve_triangular

        cross = _kernel(places, self.unit, self.logs)
        mean = self.centre + self.scale * (cross @ self.weights)
        explained = (solve_triangular(self.factor, cross.T, lower=True) ** 2).sum(axis=0)
        variance = np.maximum(np.exp(self.logs[-2]) - explained, 0.0)
        return mean, self.scale * np.sqrt(variance)

    def and_also(self, place: Floats) -> Process:
        """Return the process as if it had its own mean at one more place: what a run that is under way will tell."""
        mean, _ = self.at(place[None, :])
        values = np.append(self.values(), mean)
        return _given(np.vstack([self.unit, place]), values, self.logs, self.centre, self.scale)

    def values(self) -> Floats:
        """Return the values that the process was given, shape (n,)."""
        return self.centre + self.scale * (self.factor @ (self.factor.T @ self.weights))


def fit(unit: Floats, values: Floats, last: Process | None = None) -> Process:
    """Return the process of the most likely parameters.

    Parameters
    ----------
    unit : shape (n, n_dimensions), in [0, 1].
    values : shape (n,).
    last : the process before the latest values, from which the climb begins, too.
    """
    from scipy.optimize import minimize

    k = unit.shape[1]
    centre, scale = float(values.mean()), float(values.std()) or 1.0
    y = (values - centre) / scale
    starts = [np.array([*[length] * k, 0.0, noise]) for length, noise in ((-0.7, -9.0), (-1.6, -3.0))]
    if last is not None:
        starts = [last.logs] if len(values) > PLENTY else [last.logs, *starts]
    bounds = [*[BOUNDS[0]] * k, BOUNDS[1], BOUNDS[2]]
    found = [minimize(_cost, start, (unit, y), method="L-BFGS-B", bounds=bounds) for start in starts]
    return _given(unit, values, np.asarray(min(found, key=lambda f: float(f.fun)).x), centre, scale)


def _given(unit: Floats, values: Floats, logs: Floats, centre: float, scale: float) -> Process:
    factor, weights = _solve(unit, (values - centre) / scale, logs)
    return Process(unit, logs, centre, scale, factor, weights)


def _solve(unit: Floats, y: Floats, logs: Floats) -> tuple[Floats, Floats]:
    from scipy.linalg import cho_solve

    covariance = _kernel(unit, unit, logs)
    covariance[np.diag_indices_from(covariance)] += np.exp(logs[-1]) + 1e-9 * np.exp(logs[-2])
    factor = np.asarray(np.linalg.cholesky(covariance), dtype=np.float64)
    return factor, np.asarray(cho_solve((factor, True), y), dtype=np.float64)


def _kernel(one: Floats, other: Floats, logs: Floats) -> Floats:
    lengths = np.exp(logs[:-2])
    square = (((one[:, None, :] - other[None, :, :]) / lengths) ** 2).sum(axis=2)
    r = np.sqrt(5.0 * square)
    kernel: Floats = np.exp(logs[-2]) * (1.0 + r + r**2 / 3.0) * np.exp(-r)
    return kernel


def _cost(logs: Floats, unit: Floats, y: Floats) -> float:
    """Return the negative logarithm of likelihood times prior."""
    middle, reach = np.array([*[PRIOR[0]] * (len(logs) - 2), *PRIOR[1:]]).T
    try:
        factor, weights = _solve(unit, y, logs)
    except np.linalg.LinAlgError:
        return 1e10
    doubt = 0.5 * (((logs - middle) / reach) ** 2).sum()
    return float(0.5 * y @ weights + np.log(np.diag(factor)).sum() + doubt)
