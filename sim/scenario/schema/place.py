"""Calendar, territories and outlets: when and where the market is."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from sim.scenario.schema.common import IDENTIFIER, Placed, Spec, quantity

Share = Annotated[float, Field(ge=0.0, le=1.0)]
Multiplier = Annotated[float, Field(gt=0.0, le=20.0)]
Season = Annotated[tuple[Multiplier, ...], Field(min_length=12, max_length=12)]
Weekdays = Annotated[tuple[Multiplier, ...], Field(min_length=7, max_length=7)]
Point = Annotated[tuple[float, ...], Field(min_length=2, max_length=2)]

WARM_UP = "assumption; check it with the warm-up figure of the report"
STORE_SETS = "seven store sets: 0.9–1.0 over whole markets; channels add to it, so that the whole is near 1.0"


class HolidaySpec(Spec):
    """A run of days on which demand differs or nobody works."""

    first_date: date = quantity(..., "First day of the holiday.", "date", source="user")
    duration_days: int = quantity(1, "Length.", "[1, 60] days")
    demand_multiplier: float = quantity(1.0, "Category demand on these days, times the normal.", "[0, 20]")
    field_works: bool = quantity(False, "Whether advisors, promoters and delivery crews work on these days.", "-")


class CalendarSpec(Spec):
    """Real dates of the run."""

    start_date: date = quantity(date(2026, 1, 5), "First measured day; the burn-in comes before it.", "date")
    duration_days: int = quantity(365, "Measured days.", "[1, 3660] days")
    burn_in_days: int = quantity(
        90, "Days of baseline conduct before the start date, trimmed from metrics.", "[0, 1460] days", source=WARM_UP
    )
    rest_weekdays: tuple[Annotated[int, Field(ge=0, le=6)], ...] = quantity(
        (5, 6), "Weekdays on which field people rest (0 Monday … 6 Sunday).", "weekday"
    )
    holidays: tuple[HolidaySpec, ...] = quantity((), "Holidays and demand events.", "list")


class TerritorySpec(Placed):
    """One territory: a disc or a polygon, with its people."""

    id: str = quantity(..., "Territory identifier.", "-", source="user", pattern=IDENTIFIER)
    name: str = quantity("", "Name shown in tables and figures; the identifier when empty.", "-")
    radius_km: float = quantity(12.0, "Radius of the worked area around the centre.", "(0, 2000] km")
    polygon: tuple[Point, ...] | None = quantity(
        None, "Border as [x_km, y_km] (or [lon, lat]) points; replaces the radius.", "km or degrees", min_length=3
    )
    population: float = quantity(300_000.0, "Residents.", "(0, 1e10] persons")
    spending_index: float = quantity(1.0, "Category spending per head against the market's average.", "(0, 20]")
    annual_growth: float = quantity(0.03, "Growth of category demand per year.", "[-0.5, 1] 1/year")
    season: Season | None = quantity(None, "Twelve monthly multipliers; the category's when absent.")
    weekday: Weekdays | None = quantity(None, "Seven weekday multipliers from Monday; the category's when absent.")
    adjacent: tuple[str, ...] | None = quantity(
        None, "Neighbouring territories; those whose areas come within `adjacency_gap_km` when absent.", "-"
    )

    @model_validator(mode="after")
    def _one_position(self) -> TerritorySpec:
        if self.x_km is None and self.lon is None:
            raise ValueError("give the centre as x_km and y_km, or as lon and lat, and not both")
        return self


class TerritoryGenerator(Spec):
    """Synthetic territories on a loose grid."""

    n: int = quantity(2, "Number of territories.", "[1, 1000] territories")
    spacing_km: float = quantity(40.0, "Distance between neighbouring centres.", "(0, 2000] km")
    radius_km: float = quantity(12.0, "Radius of the worked area.", "(0, 1000] km")
    population_median: float = quantity(300_000.0, "Median population.", "(0, 1e9] persons")
    population_sigma: float = quantity(0.5, "Standard deviation of ln(population).", "[0, 3]")


class TerritoriesSpec(Spec):
    """Territories in full, by a generator, or both."""

    generate: TerritoryGenerator | None = quantity(None, "Synthetic territories.", "-")
    list: tuple[TerritorySpec, ...] = quantity((), "Territories in full.", "list")
    adjacency_gap_km: float = quantity(
        60.0, "Territories whose borders are nearer than this are neighbours.", "[0, 2000] km"
    )


class OutletSpec(Placed):
    """One outlet in full."""

    outlet_id: str = quantity(..., "Outlet identifier; its random draws hang on it.", "-", source="user")
    name: str = quantity("", "Name.", "-")
    channel: str = quantity("traditional", "Channel; a name under `retail.channels`.", "-")
    size: float = quantity(..., "Size; shoppers a day after `shoppers_per_size_unit`.", "(0, 1e7] size units")
    territory: str = quantity("", "Territory; found by position when empty.", "-")
    opening_date: date | None = quantity(None, "First trading day; open from the beginning when absent.", "date")

    @model_validator(mode="after")
    def _one_position(self) -> OutletSpec:
        if self.x_km is None and self.lon is None:
            raise ValueError("give the position as x_km and y_km, or as lon and lat")
        return self


class OutletGenerator(Spec):
    """Synthetic outlets, clustered in the towns of each territory."""

    n: int = quantity(300, "Outlets in the whole market, shared by population × spending.", "[1, 5_000_000] outlets")
    size_median_shoppers: float = quantity(
        8.0, "Median category shoppers a day of a traditional shop.", "(0, 10_000] shoppers/day"
    )
    size_sigma: float = quantity(
        0.8,
        "Standard deviation of ln(size) within a channel; 1.683 in a single channel gives the textbook 80:20.",
        "[0, 3]",
        source=STORE_SETS,
    )
    towns_per_territory: int = quantity(5, "Town centres per territory; the first is the largest.", "[1, 500] towns")
    town_spread_km: float = quantity(1.5, "Standard deviation of outlets around their town.", "(0, 100] km")
    town_rank_exponent: float = quantity(
        1.0, "Town r of a territory has weight r^−exponent.", "[0, 3]", source="rank–size rule (Zipf 1949)"
    )
    channel_mix: dict[str, Share] = quantity(
        text="Share of outlets by channel; must sum to 1.",
        factory=lambda: {
            "hypermarket": 0.01,
            "supermarket": 0.09,
            "convenience": 0.35,
            "traditional": 0.45,
            "catering": 0.10,
        },
    )

    @model_validator(mode="after")
    def _mix_sums_to_one(self) -> OutletGenerator:
        total = sum(self.channel_mix.values())
        if abs(total - 1.0) > 1e-6:
            raise ValueError(f"channel_mix must sum to 1, not {total:g}")
        return self


class CensusSpec(Spec):
    """Outlets from a file of the user's own."""

    path: str = quantity(
        ..., "CSV (comma, semicolon or tab), Parquet or Excel file, relative to the scenario.", "path", source="user"
    )
    columns: dict[str, str] = quantity(
        text="Our column name → the name in the file, where they differ.", domain="-", factory=dict
    )
    channels: dict[str, str] = quantity(
        text="Channel in the file → channel under `retail.channels`, where they differ.", domain="-", factory=dict
    )
    sheet: str = quantity("", "Excel sheet; the first when empty.", "-")
    encoding: str = quantity("", "Text encoding of a CSV; utf-8 and then gb18030 are tried when empty.", "-")
    missing_size: Literal["error", "drop", "channel_median", "median"] = quantity(
        "error", "What to do with a missing or zero size.", "-"
    )
    duplicates: Literal["error", "keep_first"] = quantity("error", "What to do with a repeated outlet_id.", "-")
    outside: Literal["error", "drop", "nearest"] = quantity(
        "error", "What to do with an outlet outside every territory.", "-"
    )
    unknown_channel: str = quantity("error", "'error', 'drop', or the channel that stands in for an unknown one.", "-")
    extra_columns: Literal["error", "ignore"] = quantity(
        "error", "What to do with columns of the file that are none of ours.", "-"
    )


class OutletsSpec(Spec):
    """Outlets by a census file, by a generator, in full, or together."""

    generate: OutletGenerator | None = quantity(None, "Synthetic outlets.", "-")
    census: CensusSpec | None = quantity(None, "Outlets from a file.", "-")
    list: tuple[OutletSpec, ...] = quantity((), "Outlets in full.", "list")
    shoppers_per_size_unit: float = quantity(
        1.0,
        "Category shoppers a day for one unit of `size` (1 when size is shoppers a day already).",
        "(0, 1e6] shoppers/day per size unit",
    )
    abc_limits: tuple[Share, Share] = quantity(
        (0.8, 0.95), "Cumulative size share where class A ends, and where B ends.", source="ABC convention"
    )

    @model_validator(mode="after")
    def _limits_rise(self) -> OutletsSpec:
        if not self.abc_limits[0] < self.abc_limits[1]:
            raise ValueError("abc_limits must rise")
        return self
