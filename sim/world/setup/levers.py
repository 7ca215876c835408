"""Levers at their baseline: what the scenario itself says."""

from __future__ import annotations

import numpy as np

from sim.world.shares import whole_shares
from sim.world.world import World

SHOP_POLICIES = ("order_up_to", "s_S", "r_Q")
VISIT_PLANS = ("class", "need", "coverage", "habit")


def fill_levers(world: World) -> None:
    """Write every lever column from the scenario (distributors' own policies are already there)."""
    scenario = world.scenario
    visit, learning, ours = scenario.team.visit, scenario.team.learning, scenario.ours
    world.fill(
        "lever_visit_every_days",
        np.tile([visit.every_days_a, visit.every_days_b, visit.every_days_c], (world.sizes["territory"], 1)),
    )
    world.fill("lever_outlet_interval", 1.0)
    posts = np.bincount(world.advisor_territory[world.is_post], minlength=world.sizes["territory"])
    world.fill("lever_advisors", posts)
    share = world.territory_population / world.territory_population.sum()
    world.fill("lever_advertising_cents", np.floor(ours.budget.advertising_cents * share).astype(np.int64))
    world.fill("lever_display_cents", np.floor(ours.budget.display_cents * share).astype(np.int64))
    world.fill("lever_promoters", whole_shares(ours.budget.promoters, world.territory_population))
    world.fill("lever_census_outlets", scenario.database.census_outlets_per_month * share)
    world.fill("lever_courses_per_year", learning.courses_per_year)
    world.fill("lever_incentive_farmer", learning.incentive_farmer)
    world.fill("lever_sharing_per_week", learning.sharing_per_week)
    world.fill("lever_penalty_cents", scenario.diversion.penalty_cents_per_unit)
    world.fill("lever_visit_plan", VISIT_PLANS.index(visit.plan))
    world.fill("lever_improve_route", visit.improve_route)
    world.fill("lever_suggested_orders", True)
    world.fill("lever_handover", scenario.team.turnover.handover)
    world.fill("lever_hire_farmer", scenario.team.turnover.hire_farmer)
    world.fill("lever_promotion_every_days", ours.promotion.every_days)
    world.fill("lever_promotion_length_days", ours.promotion.length_days)
    world.fill("lever_promotion_cut", ours.promotion.price_cut)
    world.fill("lever_promotion_on", True)
    _shop_levers(world)
    world.fill("lever_factory_stock_days", ours.factory.stock_days)
    world.fill("lever_focus", 1.0)
    world.fill("lever_launch_day", world.launch_day)
    world.fill("lever_rebate_rate", scenario.distributors.push.rebate_rate)
    world.fill("lever_overstock_days", scenario.distributors.push.overstock_days)
    world.fill("lever_markdown_rate", scenario.distributors.push.markdown_rate)
    world.fill("lever_target_growth", scenario.distributors.push.target_growth)
    world.fill("lever_terms_days", scenario.distributors.payment_terms_days)


def _shop_levers(world: World) -> None:
    """Shops order our products as they order all others."""
    ordering = world.scenario.retail.ordering
    world.fill("lever_shop_policy", SHOP_POLICIES.index(ordering.policy))
    world.fill("lever_shop_safety_factor", ordering.safety_factor)
    world.fill("lever_shop_cover_days", 0.0 if ordering.policy == "order_up_to" else ordering.s_S_cover_days)
