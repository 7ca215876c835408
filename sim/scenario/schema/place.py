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


class HolidaySpec(Spec):
    """A run of days on which demand differs or nobody works."""

    first_date: date = quantity(..., "First day of the holiday.", unit="date", source="user")
    duration_days: int = quantity(1, "Length.", unit="days", ge=1, le=60)
    demand_multiplier: float = quantity(1.0, "Category demand on these days, times the normal.", ge=0.0, le=20.0)
    field_works: bool = quantity(False, "Whether advisors, promoters and delivery crews work on these days.", unit="-")


class CalendarSpec(Spec):
    """Real dates of the run."""

    start_date: date = quantity(date(2026, 1, 5), "First measured day; the burn-in comes before it.", unit="date")
    duration_days: int = quantity(365, "Measured days.", unit="days", ge=1, le=3660)
    burn_in_days: int = quantity(
        90, "Days of baseline conduct before the start date, trimmed from every metric.", unit="days", ge=0, le=1460,
        source="assumption; check it with the warm-up figure of the report",
    )  # fmt: skip
    rest_weekdays: tuple[Annotated[int, Field(ge=0, le=6)], ...] = quantity(
        (5, 6), "Weekdays on which field people rest (0 Monday … 6 Sunday).", unit="weekday"
    )
    holidays: tuple[HolidaySpec, ...] = quantity((), "Holidays and demand events.", unit="list")


class TerritorySpec(Placed):
    """One territory: a disc or a polygon, with its people."""

    id: str = quantity(..., "Territory identifier.", unit="-", source="user", pattern=IDENTIFIER)
    name: str = quantity("", "Name shown in tables and figures; the identifier when empty.", unit="-")
    radius_km: float = quantity(12.0, "Radius of the worked area around the centre.", unit="km", gt=0, le=2000)
    polygon: tuple[Point, ...] | None = quantity(
        None, "Border as [x_km, y_km] (or [lon, lat]) points; replaces the radius.", unit="km or degrees", min_length=3
    )
    population: float = quantity(300_000.0, "Residents.", unit="persons", gt=0, le=1e10)
    spending_index: float = quantity(1.0, "Category spending per head against the market's average.", gt=0, le=20)
    annual_growth: float = quantity(0.03, "Growth of category demand per year.", unit="1/year", ge=-0.5, le=1.0)
    season: Season | None = quantity(None, "Twelve monthly multipliers; the category's when absent.")
    weekday: Weekdays | None = quantity(None, "Seven weekday multipliers from Monday; the category's when absent.")
    adjacent: tuple[str, ...] | None = quantity(
        None, "Neighbouring territories; those whose areas come within `adjacency_gap_km` when absent.", unit="-"
    )

    @model_validator(mode="after")
    def _one_position(self) -> TerritorySpec:
        if self.x_km is None and self.lon is None:
            raise ValueError("give the centre as x_km and y_km, or as lon and lat, and not both")
        return self


class TerritoryGenerator(Spec):
    """Synthetic territories on a loose grid."""

    n: int = quantity(2, "Number of territories.", unit="territories", ge=1, le=1000)
    spacing_km: float = quantity(40.0, "Distance between neighbouring centres.", unit="km", gt=0, le=2000)
    radius_km: float = quantity(12.0, "Radius of the worked area.", unit="km", gt=0, le=1000)
    population_median: float = quantity(300_000.0, "Median population.", unit="persons", gt=0, le=1e9)
    population_sigma: float = quantity(0.5, "Standard deviation of ln(population).", ge=0, le=3)


class TerritoriesSpec(Spec):
    """Territories in full, by a generator, or both."""

    generate: TerritoryGenerator | None = quantity(None, "Synthetic territories.", unit="-")
    list: tuple[TerritorySpec, ...] = quantity((), "Territories in full.", unit="list")
    adjacency_gap_km: float = quantity(
        60.0, "Territories whose borders are nearer than this are neighbours.", unit="km", ge=0, le=2000
    )


class OutletSpec(Placed):
    """One outlet in full."""

    outlet_id: str = quantity(..., "Outlet identifier; its random draws hang on it.", unit="-", source="user")
    name: str = quantity("", "Name.", unit="-")
    channel: str = quantity("traditional", "Channel; a name under `retail.channels`.", unit="-")
    size: float = quantity(..., "Size; shoppers a day after `shoppers_per_size_unit`.", unit="size units", gt=0, le=1e7)
    territory: str = quantity("", "Territory; found by position when empty.", unit="-")
    opening_date: date | None = quantity(None, "First trading day; open from the beginning when absent.", unit="date")

    @model_validator(mode="after")
    def _one_position(self) -> OutletSpec:
        if self.x_km is None and self.lon is None:
            raise ValueError("give the position as x_km and y_km, or as lon and lat")
        return self


class OutletGenerator(Spec):
    """Synthetic outlets, clustered in the towns of each territory."""

    n: int = quantity(300, "Outlets in the whole market, shared by population × spending.", unit="outlets", ge=1, le=5_000_000)
    size_median_shoppers: float = quantity(
        8.0, "Median category shoppers a day of a traditional shop.", unit="shoppers/day", gt=0, le=10_000
    )
    size_sigma: float = quantity(
        0.8, "Standard deviation of ln(size) within a channel; 1.683 in a single channel gives the textbook 80:20.", ge=0, le=3,
        source="seven store sets: 0.9–1.0 over whole markets; channels add to it, so that the whole is near 1.0",
    )  # fmt: skip
    towns_per_territory: int = quantity(5, "Town centres per territory; the first is the largest.", unit="towns", ge=1, le=500)
    town_spread_km: float = quantity(1.5, "Standard deviation of outlets around their town.", unit="km", gt=0, le=100)
    town_rank_exponent: float = quantity(
        1.0, "Town r of a territory has weight r^−exponent.", ge=0, le=3, source="rank–size rule (Zipf 1949)"
    )
    channel_mix: dict[str, Share] = quantity(
        text="Share of outlets by channel; must sum to 1.",
        factory=lambda: {
            "hypermarket": 0.01, "supermarket": 0.09, "convenience": 0.35, "traditional": 0.45, "catering": 0.10,
        },
    )  # fmt: skip

    @model_validator(mode="after")
    def _mix_sums_to_one(self) -> OutletGenerator:
        total = sum(self.channel_mix.values())
        if abs(total - 1.0) > 1e-6:
            raise ValueError(f"channel_mix must sum to 1, not {total:g}")
        return self


class CensusSpec(Spec):
    """Outlets from a file of the user's own."""

    path: str = quantity(..., "CSV (comma, semicolon or tab), Parquet or Excel file, relative to the scenario.", unit="path", source="user")
    columns: dict[str, str] = quantity(
        text="Our column name → the name in the file, where they differ.", unit="-", factory=dict
    )
    channels: dict[str, str] = quantity(
        text="Channel value in the file → channel name under `retail.channels`, where they differ.", unit="-", factory=dict
    )
    sheet: str = quantity("", "Excel sheet; the first when empty.", unit="-")
    encoding: str = quantity("", "Text encoding of a CSV; utf-8 and then gb18030 are tried when empty.", unit="-")
    missing_size: Literal["error", "drop", "channel_median", "median"] = quantity(
        "error", "What to do with a missing or zero size.", unit="-"
    )
    duplicates: Literal["error", "keep_first"] = quantity("error", "What to do with a repeated outlet_id.", unit="-")
    outside: Literal["error", "drop", "nearest"] = quantity(
        "error", "What to do with an outlet outside every territory.", unit="-"
    )
    unknown_channel: str = quantity(
        "error", "'error', 'drop', or the channel that stands in for an unknown one.", unit="-"
    )
    extra_columns: Literal["error", "ignore"] = quantity(
        "error", "What to do with columns of the file that are none of ours.", unit="-"
    )


class OutletsSpec(Spec):
    """Outlets by a census file, by a generator, in full, or together."""

    generate: OutletGenerator | None = quantity(None, "Synthetic outlets.", unit="-")
    census: CensusSpec | None = quantity(None, "Outlets from a file.", unit="-")
    list: tuple[OutletSpec, ...] = quantity((), "Outlets in full.", unit="list")
    shoppers_per_size_unit: float = quantity(
        1.0, "Category shoppers a day for one unit of `size` (1 when size is shoppers a day already).",
        unit="shoppers/day per size unit", gt=0, le=1e6,
    )  # fmt: skip
    abc_limits: tuple[Share, Share] = quantity(
        (0.8, 0.95), "Cumulative size share where class A ends, and where B ends.", source="ABC convention"
    )

    @model_validator(mode="after")
    def _limits_rise(self) -> OutletsSpec:
        if not self.abc_limits[0] < self.abc_limits[1]:
            raise ValueError("abc_limits must rise")
        return self
