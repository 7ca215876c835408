"""The companies' ways of working at the beginning: what would be best is drawn, and nothing of it is known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.sampling import normal_quantiles
from sim.scenario.schema.company import CompanySpec
from sim.scenario.schema.programme import ProgrammeSpec
from sim.streams import DecisionPoint, key_of, uniforms
from sim.world.programme import Programme, expected_efficiency, true_efficiency
from sim.world.world import World

Array = NDArray[Any]


def programme_of(world: World, c: int, spec: ProgrammeSpec) -> Programme:
    """Return company c's programme, to be written in place."""
    k = spec.choices
    return Programme(world.programme_best[c, :, :k], world.programme_mean[c, :, :k], world.programme_covariance[c])


def prior_variance(world: World, spec: ProgrammeSpec) -> Array:
    """Return the variance of each part before anything is known, shape (n_parts,): σ0² and τ² of each territory."""
    variance = np.full(world.sizes["part"], (spec.novelty * spec.unlikeness) ** 2)
    variance[0] = spec.novelty**2
    return variance


def part_draws(world: World, key: np.uint64, c: int, choices: int) -> Array:
    """Return standard normal draws for each part and choice of company c, shape (n_parts, n_choices)."""
    slots = world.company_slot[c] ^ np.concatenate([np.zeros(1, dtype=np.uint64), world.territory_slot])
    return np.column_stack([normal_quantiles(uniforms(np.uint64(key), slots, k)) for k in range(choices)])


def write_efficiency(world: World, c: int, spec: ProgrammeSpec) -> None:
    """Write what company c's work achieves in every territory, and what it believes of that."""
    programme = programme_of(world, c, spec)
    world.efficiency[c] = true_efficiency(programme, spec.sharpness)
    world.programme_knowledge[c] = expected_efficiency(programme.covariance, spec.sharpness, spec.choices)


def fill_programmes(world: World, companies: Sequence[CompanySpec], replication: int) -> None:
    """Draw the best values of every company whose programme is new; they differ between replications."""
    world.fill("efficiency", 1.0)
    world.fill("programme_knowledge", 1.0)
    if not world.scenario.mechanisms.programme:
        return
    key = key_of(world.scenario.seed, replication, DecisionPoint.PROGRAMME_BEST, 0)
    for c, spec in enumerate(company.programme for company in companies):
        if spec.novelty > 0.0:
            variance = prior_variance(world, spec)
            programme_of(world, c, spec).best[:] = np.sqrt(variance)[:, None] * part_draws(world, key, c, spec.choices)
            np.fill_diagonal(world.programme_covariance[c], variance)
            write_efficiency(world, c, spec)
