"""Ground that a company opens and closes, and the platform that an open territory pays."""

from __future__ import annotations

from sim.scenario.schema.common import Spec, quantity


class PlatformSpec(Spec):
    """Posts behind the field people of one open territory, whatever is sold there; parts of persons are allowed."""

    regional_manager: float = quantity(1.0, "Regional managers.", "[0, 1000] persons")
    planning: float = quantity(0.5, "Planners.", "[0, 1000] persons")
    finance: float = quantity(0.5, "Bookkeepers.", "[0, 1000] persons")
    market: float = quantity(0.5, "Market staff: brand, promotions, the market database.", "[0, 1000] persons")
    storage: float = quantity(0.5, "Storekeepers.", "[0, 1000] persons")
    delivery: float = quantity(0.5, "Dispatchers.", "[0, 1000] persons")
    post_cents_per_month: int = quantity(900_000, "Cost of one of these posts, its room included.", "[0, 1e9] cents")


class GroundSpec(Spec):
    """What it takes a company to work in a territory; counts with `mechanisms.ground`."""

    opening_cents: int = quantity(5_000_000, "Cost of opening a territory, once.", "[0, 1e12] cents/territory")
    opening_days: int = quantity(60, "Days from the decision to the first working day.", "[0, 1000] days")
    notice_days: int = quantity(90, "Days from the decision to leave until the territory closes.", "[0, 1000] days")
    platform: PlatformSpec = quantity(text="Posts of each open territory.", domain="-", factory=PlatformSpec)
    span_of_control: float = quantity(
        9.0, "Field people that one area manager leads.", "[0.1, 1000] persons", source="8–10 usual in field forces"
    )
    manager_cents_per_month: int = quantity(1_200_000, "Pay of an area manager.", "[0, 1e9] cents/month")
