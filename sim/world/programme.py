"""The programme that a company learns: an exact Gaussian belief of the best values of its choices, common and local.

The best value of choice k in territory t is the sum of two parts, θ*_k + δ_tk. Each choice has the same structure and
is looked at by the same work, so that one covariance of the parts (row 0 the common one) serves all of them. What the
company does in t is the mean m_t of its belief; its efficiency is e_t = exp(−κ·|m_t − θ*_t|²).

Forgetting and bad copying are written as moves of the best values, not of the mean: only the distance counts, and it
grows alike whether people lose the way or the way changes; so the belief stays exact. A month's arithmetic, in NumPy.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


class Programme(NamedTuple):
    """One company's programme, written in place.

    Attributes
    ----------
    best, mean : shape (n_parts, n_choices). True best values, and what is believed of them.
    covariance : shape (n_parts, n_parts). Of the belief, for each choice.
    """

    best: Array
    mean: Array
    covariance: Array


def learn(programme: Programme, t: int, variance: float, error: Array) -> None:
    """Look at the best values of territory t: a Kalman step with h = common + local.

    Parameters
    ----------
    variance : of what the look shows around the best value.
    error : shape (n_choices,). Standard normal draws.
    """
    best, mean, covariance = programme
    seen = best[0] + best[t + 1] + np.sqrt(variance) * error
    covers = covariance[0] + covariance[t + 1]
    total = covers[0] + covers[t + 1] + variance
    mean += np.outer(covers / total, seen - mean[0] - mean[t + 1])
    covariance -= np.outer(covers, covers) / total


def fade(programme: Programme, keep: Array, prior: Array, draws: Array) -> None:
    """Let part of the knowledge fade: each part returns toward its prior, an Ornstein–Uhlenbeck step.

    Parameters
    ----------
    keep : shape (n_parts,). Share of the mean that is kept.
    prior : shape (n_parts,). Variance of each part before anything was known.
    draws : shape (n_parts, n_choices). Standard normal.
    """
    best, mean, covariance = programme
    fresh = (1.0 - keep**2) * prior
    best[:] = keep[:, None] * best + np.sqrt(fresh)[:, None] * draws
    mean *= keep[:, None]
    covariance *= np.outer(keep, keep)
    _add_to_diagonal(covariance, fresh)


def lose_in_telling(programme: Programme, lost: Array, draws: Array) -> None:
    """Add what did not reach each territory to its local part, where it must be learned again.

    Parameters
    ----------
    lost : shape (n_territories,). Variance.
    draws : shape (n_territories, n_choices). Standard normal.
    """
    programme.best[1:] += np.sqrt(lost)[:, None] * draws
    _add_to_diagonal(programme.covariance, np.concatenate([[0.0], lost]))


def _add_to_diagonal(covariance: Array, more: Array) -> None:
    covariance[np.diag_indices_from(covariance)] += more


def uncertainty(covariance: Array) -> Array:
    """Return the variance of a territory's best value as believed, shape (n_territories,)."""
    variance: Array = covariance[0, 0] + 2.0 * covariance[0, 1:] + np.diagonal(covariance)[1:]
    return variance


def expected_efficiency(covariance: Array, sharpness: float, choices: int) -> Array:
    """Return E[e] = (1 + 2κv)^(−K/2) by territory: the mean of exp(−κ|x|²) over x ~ N(0, v·I)."""
    expected: Array = (1.0 + 2.0 * sharpness * uncertainty(covariance)) ** (-choices / 2.0)
    return expected


def true_efficiency(programme: Programme, sharpness: float) -> Array:
    """Return e by territory."""
    wrong = programme.best - programme.mean
    efficiency: Array = np.exp(-sharpness * ((wrong[0] + wrong[1:]) ** 2).sum(axis=1))
    return efficiency
