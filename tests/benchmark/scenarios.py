"""The markets that are timed: the full model, four brands of one product, everything in proportion to outlets."""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path

from sim.scenario.load import load_scenario
from sim.scenario.schema import Scenario
from sim.scenario.schema.field import MechanismsSpec
from tests.benchmark.naive_lean import BRANDS, LEAD_DAYS, Outlet

OUTLETS_PER_TERRITORY = 2500
OUTLETS_PER_ADVISOR = 200
COVER_DAYS = 10.0
REGION = Path(__file__).parents[2] / "scenarios" / "questions" / "region.yaml"


def full_market(outlets: int, burn_in_days: int, days: int) -> Scenario:
    """Return a market with every mechanism on, one advisor for 200 outlets, and at least four territories."""
    return Scenario.model_validate(
        {
            "name": f"bench_{outlets}",
            "calendar": {"burn_in_days": burn_in_days, "duration_days": days},
            "territories": {"generate": {"n": max(4, outlets // OUTLETS_PER_TERRITORY)}},
            "outlets": {"generate": {"n": outlets}},
            "products": {"generate": {"per_brand": 1}},
            "rivals": {"generate": {"n": BRANDS - 1}},
            "team": {"generate": {"n": max(1, outlets // OUTLETS_PER_ADVISOR)}},
        }
    )


def later_switches() -> list[str]:
    """Return the mechanisms that are off by default and on in the region of the questions."""
    on = load_scenario(REGION).mechanisms
    return [name for name, field in MechanismsSpec.model_fields.items() if not field.default and getattr(on, name)]


def switched_market(outlets: int, days: int, switches: Iterable[str] = ()) -> Scenario:
    """Return a market of the region's shape: twelve territories, four companies of two products, some switches on."""
    return Scenario.model_validate(
        {
            "name": f"switched_{outlets}",
            "calendar": {"burn_in_days": 0, "duration_days": days},
            "territories": {"generate": {"n": 12}},
            "outlets": {"generate": {"n": outlets}},
            "team": {"generate": {"n": max(1, round(outlets * 45 / 10_000))}},
            "mechanisms": dict.fromkeys(switches, True),
        }
    )


def naive_outlets(scenario: Scenario) -> list[Outlet]:
    """Return the shops of the same market for the lean program: same sizes and lists, no memory of the past."""
    from sim.world.setup import build_world

    world, _ = build_world(scenario)
    shops = []
    for i in range(world.n_outlets):
        if not world.is_open[i]:
            continue
        weights = [
            math.exp(world.product_appeal[p] + world.goodwill[0, world.product_brand[p]])
            if world.is_listed[i, p]
            else 0.0
            for p in range(BRANDS)
        ]
        total = sum(weights) + math.exp(scenario.consumers.no_purchase_utility)
        rate = [world.outlet_size[i] * w / total for w in weights]
        # Bare demand over the lead time: shelves run empty now and then, as in the full model.
        reorder = [math.ceil(r * LEAD_DAYS) for r in rate]
        target = [s + math.ceil(r * COVER_DAYS) for s, r in zip(reorder, rate, strict=True)]
        shops.append(Outlet(float(world.outlet_size[i]), weights, reorder, target, list(target)))
    return shops
