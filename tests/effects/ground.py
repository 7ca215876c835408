"""Ground: what opening, leaving and the platform of open territories cost, of us and of a rival alike."""

from __future__ import annotations

from typing import Any

from tests.effects.company import each
from tests.effects.market import Row, days, on, starts, stops, times, up
from tests.effects.measures import event, mean, money
from tests.markets import merged

MOVING: dict[str, Any] = {
    **on("ground", "advisors", "rival_field"),
    **days(40),
    "territories": {"generate": {"n": 2}},
    "ours": {"absent_from": ["T02"], "ground": {"opening_days": 5, "notice_days": 5}},
    "rivals": {
        "list": [
            {
                "id": "R1",
                "absent_from": ["T02"],
                "field_calls_per_outlet_month": 30,
                "ground": {"opening_days": 5, "notice_days": 5},
                "campaigns": [
                    {"first_date": "2026-01-07", "duration_days": 12, "instrument": "ground", "territories": ["T02"]}
                ],
            }
        ]
    },
    "pulls": {"open": [{"value": 1, "territory": "T02"}, {"value": 0, "territory": "T01"}]},
}
"""Both companies have one of two territories and open the other; we leave the first, the rival the second again."""


def later(low: float, high: float) -> bool:
    """Whether the high value comes six days later."""
    return high - low == 6


POSTS = ("regional_manager", "planning", "finance", "market", "storage", "delivery")

ROWS = [
    Row("mechanisms.ground", False, True, MOVING, money("platform"), starts),
    Row("ours.absent_from", (), ("T01", "T02"), merged(MOVING, {"pulls": {"open": 0}}), money("advisor_cost"), stops),
    Row("lever:open", 0, 1, merged(MOVING, {"pulls": {"open": 0}}), event("territory_opened", subject="ours"), starts),
    *each("ground.opening_cents", 10**6, 2 * 10**6, MOVING, lambda n, _: money("opening_cost", n), times(2.0)),
    *each(
        "ground.opening_days",
        2,
        8,
        MOVING,
        lambda n, _: mean("events", "day", kind="territory_opened", subject=n),
        later,
    ),
    *each(
        "ground.notice_days",
        2,
        8,
        MOVING,
        lambda n, _: mean("events", "day", kind="territory_closed", subject=n),
        later,
    ),
    *(row for p in POSTS for row in each(f"ground.platform.{p}", 0, 2, MOVING, lambda n, _: money("platform", n), up)),
    *each("ground.platform.post_cents_per_month", 10**5, 10**6, MOVING, lambda n, _: money("platform", n), up),
    *each("ground.span_of_control", 0.1, 1000, MOVING, lambda n, _: money("platform", n), lambda low, high: low > high),
    *each("ground.manager_cents_per_month", 10**5, 10**6, MOVING, lambda n, _: money("platform", n), up),
]
