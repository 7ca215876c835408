"""Advisors' posts: listed ones, generated ones shared by demand, and spare posts for later hiring."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.sampling import normal_quantile
from sim.scenario.schema import Scenario
from sim.scenario.schema.field import AdvisorSpec
from sim.streams import DecisionPoint, key_of, slot_of, uniform
from sim.world.setup.places import Territory
from sim.world.shares import whole_shares
from sim.world.world import World


def advisors_of(scenario: Scenario, territories: Sequence[Territory]) -> list[AdvisorSpec]:
    """Return the posts; names of spare posts begin with '+'."""
    posts = list(scenario.team.list)
    generator = scenario.team.generate
    if generator is not None:
        posts += _generated(scenario, territories, generator.n)
    spare = scenario.team.spare_posts
    if spare is None:
        spare = max(4, len(posts))
    return posts + [AdvisorSpec(id=f"+{k + 1}", territory=territories[k % len(territories)].id) for k in range(spare)]


def _generated(scenario: Scenario, territories: Sequence[Territory], n: int) -> list[AdvisorSpec]:
    generator = scenario.team.generate
    assert generator is not None
    weight = np.array([t.spec.population * t.spec.spending_index for t in territories])
    count = whole_shares(n, weight)
    specs = []
    for territory, posts in zip(territories, count, strict=True):
        for k in range(posts):
            identifier = f"A-{territory.id}-{k + 1}"
            key = key_of(scenario.seed, 0, DecisionPoint.BUILD_ADVISOR, 0)
            z = [float(normal_quantile(uniform(key, slot_of(identifier), m))) for m in range(4)]
            skill = [float(np.clip(generator.skill_mean + generator.skill_sd * v, 0.02, 0.98)) for v in z[:3]]
            specs.append(
                AdvisorSpec(
                    id=identifier,
                    territory=territory.id,
                    selling=skill[0],
                    service=skill[1],
                    coaching=skill[2],
                    farmer=float(np.clip(generator.farmer_mean + 0.15 * z[3], 0.0, 1.0)),
                )
            )
    return specs


def fill_team(world: World, advisors: Sequence[AdvisorSpec]) -> None:
    """Write the posts; spare ones stay empty until hiring fills them."""
    row = {t: k for k, t in enumerate(world.names.territories)}
    territory = np.array([row[a.territory] for a in advisors])
    world.fill("advisor_slot", np.array([slot_of(a.id) for a in advisors], dtype=np.uint64))
    world.fill("advisor_territory", territory)
    world.fill("advisor_x_km", world.territory_x_km[territory])
    world.fill("advisor_y_km", world.territory_y_km[territory])
    filled = np.array([not a.id.startswith("+") for a in advisors])
    world.fill("is_post", filled)
    world.fill("is_employed", filled)
    world.fill("occupant", filled.astype(int))
    for name in ("selling", "service", "coaching", "farmer"):
        world.fill(name, [getattr(a, name) for a in advisors])
    world.fill("visits_made", [a.past_visits for a in advisors])
    world.fill("minutes_per_km", 60.0 / world.scenario.team.visit.speed_km_per_hour)
    # Last courses lie back by up to a year, so that the team does not leave for training all at once.
    world.fill("training_until", -1 - (world.advisor_slot % np.uint64(365)).astype(np.int64))
