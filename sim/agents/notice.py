"""What a rival notices: our visible moves, its own loss, and how much hangs on the territory."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.agents.base import Context
from sim.agents.channel import LARGEST_LOG_ODDS
from sim.scenario.schema.rivalry import ConductSpec

Array = NDArray[Any]

FULL_CUT: Final = 0.10
"""A price cut that nobody overlooks, as a mean over our products (assumption)."""


def visible_move(context: Context) -> Array:
    """Return our strongest visible move in each territory, in [0, 1], shape (n_territories,).

    1 is a mean price cut of a tenth, promotions included, or twice the advertising or twice the people of the scenario.
    """
    world = context.world
    ours = (world.product_company == 0) & world.launched
    cut = (world.lever_price_cut + world.price_cut)[:, ours].sum(axis=1) / max(int(ours.sum()), 1) / FULL_CUT
    people = np.bincount(world.advisor_territory[world.is_employed], minlength=world.sizes["territory"])
    advertising = _above(world.lever_advertising_cents, context.baseline["advertising_cents"])
    field = _above(people, context.baseline["advisors"])
    move: Array = np.clip(np.maximum(np.maximum(cut, advertising), field), 0.0, 1.0)
    return move


def _above(now: Array, usual: Array) -> Array:
    """Return by how much something is above the usual, as a share of it; 1 where it is new."""
    rise: Array = np.where(usual > 0, now / np.where(usual > 0, usual, 1) - 1.0, np.where(now > 0, 1.0, 0.0))
    return rise


def notice_chance(conduct: ConductSpec, beyond: Array, move: Array, dependence: Array) -> Array:
    """Return the chance that a rival notices, shape (n_territories,).

    Logistic in the loss of share beyond its threshold over `notice_width`, our visible move and its dependence; a
    width of 0 is the sharp threshold, where nothing but the loss counts. The intercept is −threshold/width, −3 by
    default: most rivals stay passive (Steenkamp, Nijs, Hanssens & Dekimpe 2005).

    Parameters
    ----------
    beyond : share lost against what it is used to, less its threshold.
    move : our strongest visible move, in [0, 1].
    dependence : the territory's share of its revenue above an equal part.
    """
    if conduct.notice_width == 0.0:
        return (beyond > 0.0).astype(np.float64)
    log_odds = beyond / conduct.notice_width + conduct.notice_moves * move + conduct.notice_dependence * dependence
    chance: Array = 1.0 / (1.0 + np.exp(-np.clip(log_odds, -LARGEST_LOG_ODDS, LARGEST_LOG_ODDS)))
    return chance
