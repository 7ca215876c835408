"""The scenario's coefficients in the form in which the kernels take them."""

from __future__ import annotations

import numpy as np

from sim.kernels.choice import ShelfTerms, Tastes
from sim.scenario.schema import Scenario
from sim.world.world import World


def tastes_of(world: World) -> Tastes:
    """Return the choice coefficients by segment; one average segment when segments are off."""
    consumers, on = world.scenario.consumers, world.scenario.mechanisms
    rows = np.array([[s.share, s.price_coefficient, s.habit_weight, s.quality_taste] for s in consumers.segments])
    if not on.segments:
        rows = np.average(rows, axis=0, weights=rows[:, 0])[None, :]
    habit = rows[:, 2] if on.habit else np.zeros(rows.shape[0])
    return Tastes(
        price=rows[:, 1].copy(),
        habit=habit.copy(),
        taste=rows[:, 3].copy(),
        appeal=world.product_appeal,
        brand=world.product_brand,
        company=world.product_company,
        usual_price_cents=world.usual_price_cents.astype(np.float64),
        shelf=consumers.shelf_coefficient,
        no_purchase=float(np.exp(consumers.no_purchase_utility)),
    )


def shelf_terms(scenario: Scenario) -> ShelfTerms:
    """Return the weights of the share of shelf."""
    shelf = scenario.retail.shelf
    return ShelfTerms(shelf.relation_weight, shelf.display_weight, scenario.mechanisms.shelf)
