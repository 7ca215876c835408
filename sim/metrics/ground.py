"""KPIs of ground: what platforms cost, for a unit sold too, how many territories are open, how long opening takes."""

from __future__ import annotations

from typing import Final

import pandas as pd

from sim.metrics.cut import Cut
from sim.metrics.kpi import Kpi, Measure, Parts, days_of, from_parts, nothing, ours, own

_PLATFORM: Final = ours("territory", "platform_cents")


def _openings(column: str) -> Measure:
    """A number for every territory that our company has opened: its days from decision to work, or 1."""

    def measure(cut: Cut) -> pd.DataFrame:
        events = cut.rows("events")
        opened = events if events.empty else events[events["kind"] == "territory_opened"]
        opened = opened if opened.empty else opened[opened["subject"] == cut.company]
        if opened.empty:
            return nothing()
        return pd.DataFrame({"day": opened["day"], "value": opened["value"] if column else 1})

    return measure


KPIS: Final[tuple[Kpi, ...]] = (
    from_parts(
        "platform_cost",
        "money",
        Parts(_PLATFORM, in_cents=True),
        formula="Σ platform_cents ÷ 100",
        unit="currency",
        better="lower",
        description="Cost of the posts behind the field people of our open territories.",
    ),
    from_parts(
        "platform_cost_per_unit",
        "money",
        Parts(_PLATFORM, own("market", "sell_out_units"), in_cents=True),
        formula="Σ platform_cents ÷ 100 ÷ Σ sell_out_units of ours",
        unit="currency/unit",
        better="lower",
        description="The platform's cost for one unit that a consumer buys: high where sales are thin.",
    ),
    from_parts(
        "open_territories",
        "field",
        Parts(ours("territory", "open_ground"), days_of("territory")),
        formula="Σ open_ground ÷ days",
        unit="territories",
        better="neutral",
        description="Territories in which our company works, mean over the days.",
    ),
    from_parts(
        "days_until_opened",
        "field",
        Parts(_openings("value"), _openings("")),
        formula="mean value of our territory_opened events",
        unit="days",
        better="lower",
        description="Days from the decision to open a territory to its first working day.",
    ),
)
