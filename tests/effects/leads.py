"""Leads that last and spread: brand capital, space by sales, shops that follow shops, and what crosses borders."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.effects.market import Row, days, down, on, starts, up
from tests.effects.measures import built, left, minus, state
from tests.markets import merged

LOVED: dict[str, Any] = merged(
    on("lasting_leads"), {"ours": {"goodwill": 2.0}, "rivals": {"list": [{"id": "R1", "goodwill": 0.0}]}}
)
FORGOTTEN: dict[str, Any] = merged(LOVED, on("goodwill"), {"consumers": {"goodwill": {"decay_per_day": 1.0}}}, days(20))
"""Our goodwill, and with it most of our share, is gone after some days; capital follows."""
ASKED_FOR: dict[str, Any] = merged(
    on("lasting_leads", "listing_changes"),
    {
        "outlets": {"generate": {"n": 50}},
        "ours": {"listing_bonus": -20.0},
        "retail": {"listing": {"initial_intercept": 10.0, "unprompted_per_month": 1.0, "pull": 0.0}},
    },
)
"""No shop lists us at the beginning, and all list the rival; some ask for us."""
BESIDE: dict[str, Any] = merged(LOVED, {"territories": {"generate": {"n": 2, "spacing_km": 10.0}}})

ROWS = [
    Row("mechanisms.lasting_leads", False, True, LOVED, left(lambda w: np.abs(w.standing - w.goodwill).sum()), starts),
    Row(
        "leads.capital_weight",
        0.0,
        1.0,
        LOVED,
        minus(built("standing", 0, 0), built("standing", 0, 1)),
        # 2 of goodwill, and with capital twice our share beyond a half, of which goodwill alone makes .88 − ½.
        lambda low, high: low > 1.99 and high > low + 2 * (0.88 - 0.5),
    ),
    Row(
        "leads.capital_half_life_days",
        5.0,
        500.0,
        FORGOTTEN,
        minus(built("brand_capital", 0, 0), state("brand_capital", 0, 0)),
        down,
    ),
    Row(
        "leads.space_by_sales",
        0.0,
        1.0,
        merged(LOVED, on("shelf")),
        minus(state("shelf_space", slice(None), 0), state("shelf_space", slice(None), 1)),
        starts,
    ),
    Row("leads.follow_neighbours", 0.0, 8.0, ASKED_FOR, state("is_listed", slice(None), 0), down),
    Row("leads.spill_over", 0.0, 0.2, BESIDE, built("standing", slice(None), 0), up),
]
