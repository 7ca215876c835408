"""Which dimensions matter: Morris's screening and Sobol's shares of variance, by SALib.

Both work in the unit cube of the dimensions' distributions, so an effect is that of moving a dimension through its
whole distribution. Handed the difference of two strategies they answer which uncertainties decide the choice between
them: those of `difference` decide how large the gain is, those of `beats` who wins. A dimension may move both
strategies alike, and so matter to the KPI but not to the choice.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd

from sim.metrics.interval import LEVEL
from sim.statistics.outcomes import wrong
from sim.statistics.space import Evaluate, Space, need, run, seed_of

RESAMPLES: Final = 500
CONSTANT: Final = 1e-12
"""An outcome whose spread is below this share of its size does not vary."""


def morris(space: Space, evaluate: Evaluate, *, seed: int, trajectories: int = 20, levels: int = 4) -> pd.DataFrame:
    """Return the elementary effects of every dimension on every outcome (Morris 1991; Campolongo et al. 2007).

    Takes trajectories · (n_dimensions + 1) points: the cheapest way to see which dimensions do nothing.

    Parameters
    ----------
    trajectories : paths through the cube; each changes every dimension once.
    levels : of the grid that the paths walk on; an even number.

    Returns
    -------
    Columns outcome, dimension, mu (mean effect), mu_star (mean of the absolute effects) with low and high (bootstrap
    over trajectories, 95 %), sigma (spread of the effects: curvature or interaction). Effects have the unit of the
    outcome for a move through the whole distribution.

    Raises
    ------
    InputError : SALib is not installed, or the outcomes are not whole.
    """
    if trajectories < 2 or levels < 2 or levels % 2:
        raise wrong("trajectories, levels", (trajectories, levels), "must be at least 2 each, levels even")
    sample, analyze, problem = need("SALib.sample.morris"), need("SALib.analyze.morris"), _problem(space)
    unit = sample.sample(problem, trajectories, num_levels=levels, seed=seed_of(seed, "morris"))
    table, how = run(evaluate, space.points(unit)), _bootstrap(seed, "morris")
    parts = []
    for name in table.columns:
        found = analyze.analyze(problem, unit, table[name].to_numpy(), num_levels=levels, **how)
        star, half = np.asarray(found["mu_star"]), np.asarray(found["mu_star_conf"], dtype=np.float64)
        columns = {"mu": found["mu"], "mu_star": star, "low": np.maximum(star - half, 0.0), "high": star + half}
        parts.append(pd.DataFrame({"outcome": name, "dimension": space.names, **columns, "sigma": found["sigma"]}))
    return pd.concat(parts, ignore_index=True)


def sobol(space: Space, evaluate: Evaluate, *, seed: int, n: int = 256) -> pd.DataFrame:
    """Return the share of each outcome's variance that each dimension makes (Sobol 2001; Saltelli et al. 2010).

    Takes n · (n_dimensions + 2) points.

    Parameters
    ----------
    n : base points, a power of 2.

    Returns
    -------
    Columns outcome, dimension, other (empty), order ("first": alone; "total": alone and with others), index, low, high
    (normal 95 % intervals with the bootstrap's deviation). NaN where an outcome does not vary at all.

    Raises
    ------
    InputError : SALib is not installed, n is not a power of 2, or the outcomes are not whole.
    """
    if n < 2 or n & (n - 1):
        raise wrong("n", n, "must be a power of 2")
    sample, analyze, problem = need("SALib.sample.sobol"), need("SALib.analyze.sobol"), _problem(space)
    unit = sample.sample(problem, n, calc_second_order=False, scramble=True, seed=seed_of(seed, "sobol"))
    table, how = run(evaluate, space.points(unit)), _bootstrap(seed, "sobol")
    none = np.full(len(space.names), np.nan)
    parts = []
    for name in table.columns:
        values = table[name].to_numpy()
        varies = np.ptp(values) > CONSTANT * np.abs(values).max()
        found = analyze.analyze(problem, values, calc_second_order=False, **how) if varies else {}
        for order, key in (("first", "S1"), ("total", "ST")):
            index, half = found.get(key, none), found.get(f"{key}_conf", none)
            own = pd.DataFrame({"outcome": name, "dimension": space.names, "other": "", "order": order})
            parts.append(own.assign(index=index, low=index - half, high=index + half))
    return pd.concat(parts, ignore_index=True)


def _problem(space: Space) -> dict[str, Any]:
    k = len(space.dimensions)
    return {"num_vars": k, "names": space.names, "bounds": [[0.0, 1.0]] * k}


def _bootstrap(seed: int, method: str) -> dict[str, Any]:
    return {"num_resamples": RESAMPLES, "conf_level": LEVEL, "seed": seed_of(seed, f"{method} bootstrap")}


def morris_size(space: Space, trajectories: int = 20) -> int:
    """Return how many points `morris` takes."""
    return trajectories * (len(space.dimensions) + 1)


def sobol_size(space: Space, n: int = 256) -> int:
    """Return how many points `sobol` takes."""
    return n * (len(space.dimensions) + 2)
