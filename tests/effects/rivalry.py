"""Companies against each other: products displaced at calls, empty shelves taken over."""

from __future__ import annotations

from typing import Any

from tests.effects.field import EVERY_DAY, KNOWN
from tests.effects.market import Row, days, down, on, starts, up, up_by
from tests.effects.measures import event, mean, state, total
from tests.markets import merged

PUSHING: dict[str, Any] = merged(
    on("displacement", "advisors", "shelf"), KNOWN, {"team": {"visit": EVERY_DAY}, "pulls": {"displace": 1}}
)
"""We call every day on shops that list a rival's product, and try to displace it."""
PUSHED = total("market", "displaced", company="R1")
DRY: dict[str, Any] = merged(
    on("displacement", "advisors", "shelf", "stock_outs", "factory_limits"),
    KNOWN,
    days(40),
    {
        "team": {"visit": EVERY_DAY},
        "distributors": {"opening_stock_days": 3.0},
        "rivals": {"list": [{"id": "R1", "factory": {"capacity_factor": 0.0}}]},
    },
)
"""The rival's goods run out for good."""
NEW: dict[str, Any] = merged(
    DRY,
    on("listing_changes"),
    {
        "ours": {"listing_bonus": -20.0},
        "retail": {
            "listing": {"initial_intercept": 8.0, "intercept": -6.0, "unprompted_per_month": 0.0, "delist_weeks": 100}
        },
    },
)
"""Nobody lists us yet."""

ROWS = [
    Row("mechanisms.displacement", False, True, PUSHING, PUSHED, starts),
    Row("lever:displace", 0, 1, {**PUSHING, "pulls": {}}, PUSHED, starts),
    Row("retail.displacement.intercept", -5.0, 1.0, PUSHING, PUSHED, up),
    Row(
        "retail.displacement.relation",
        0.0,
        8.0,
        merged(PUSHING, {"ours": {"relation": 0.9}, "rivals": {"list": [{"id": "R1", "relation": 0.1}]}}),
        PUSHED,
        up,
    ),
    Row("retail.displacement.skill", 0.0, 8.0, PUSHING, PUSHED, up),
    Row(
        "retail.displacement.sales",
        0.0,
        9.0,
        merged(PUSHING, {"ours": {"appeal": -3.0}, "retail": {"displacement": {"intercept": 0.0}}}),
        PUSHED,
        down,
    ),
    Row("retail.displacement.facings_taken", 0.01, 5.0, PUSHING, state("is_listed", slice(None), 1), down),
    Row("retail.displacement.empty_shelf", 0.0, 20.0, NEW, event("listing_won"), up_by(5)),
    Row("retail.displacement.empty_facings", 0.0, 10.0, DRY, mean("market", "facings_share", company="ours"), up),
]
