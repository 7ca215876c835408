"""Calendar, territories, outlets: when and where the market is."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np

from tests.effects.market import Row, changes, days, down, equal, on, starts, stops, times, up
from tests.effects.measures import built, event, least, most, number, ratio, seen, size, spread, total

SHOPPERS = total("territory", "shoppers")
NO_SEASON = {"category": {"weekday": [1.0] * 7}}
HOLIDAY: dict[str, Any] = {
    "calendar": {
        "rest_weekdays": [],
        "holidays": [{"first_date": "2026-01-08", "duration_days": 2, "demand_multiplier": 0.0, "field_works": False}],
    },
    **on("season", "advisors"),
    "team": {"visit": {"every_days_a": 1, "every_days_b": 1, "every_days_c": 1}},
}
"""A holiday without shoppers, on the days 3 and 4 of the run."""

TWO: dict[str, Any] = {
    "territories": {
        "generate": None,
        "list": [
            {"id": "west", "x_km": 0.0, "y_km": 0.0, "radius_km": 5.0},
            {"id": "east", "x_km": 30.0, "y_km": 40.0, "radius_km": 8.0},
        ],
    }
}
DEGREES: dict[str, Any] = {
    "territories": {
        "generate": None,
        "list": [{"id": "west", "lon": 104.0, "lat": 30.0}, {"id": "east", "lon": 104.2, "lat": 30.2}],
    }
}
WEST = {"territory": "west"}
OWN_SHOPS: dict[str, Any] = {
    **TWO,
    "outlets": {
        "generate": None,
        "list": [
            {"outlet_id": "a", "x_km": 1.0, "y_km": 2.0, "size": 10.0},
            {"outlet_id": "b", "x_km": 3.0, "y_km": -1.0, "size": 20.0},
        ],
    },
}
SHOPS_IN_DEGREES: dict[str, Any] = {
    **DEGREES,
    "outlets": {
        "generate": None,
        "list": [
            {"outlet_id": "a", "lon": 104.01, "lat": 30.01, "size": 10.0},
            {"outlet_id": "b", "lon": 104.02, "lat": 30.03, "size": 20.0},
        ],
    },
}
MANY = {"outlets": {"generate": {"n": 200}}, **days(1)}


def _far(world: Any) -> float:
    """Mean distance of shops from the centre of the first territory. [km]"""
    return float(
        np.hypot(world.outlet_x_km - world.territory_x_km[0], world.outlet_y_km - world.territory_y_km[0]).mean()
    )


def _town(world: Any) -> float:
    """Share of shops within 2 km of the centre, where the largest town is."""
    km = np.hypot(world.outlet_x_km - world.territory_x_km[0], world.outlet_y_km - world.territory_y_km[0])
    return float((km < 2.0).mean())


ROWS = [
    # --- the run ---
    Row("seed", 1, 2, {}, SHOPPERS, changes),
    Row("calendar.duration_days", 7, 11, days(3), most("territory", "day"), equal(6, 10)),
    Row("calendar.burn_in_days", 2, 5, days(3), least("territory", "day"), equal(-2, -5)),
    Row(
        "calendar.start_date",
        date(2026, 1, 5),
        date(2026, 1, 6),
        {**days(1), **on("season"), "category": {"weekday": [8] + [1] * 6}},
        SHOPPERS,
        down,
        note="a Monday, a Tuesday",
    ),
    Row("calendar.rest_weekdays", (5, 6), (0, 1, 2, 3, 4), on("advisors"), total("advisor", "calls", day=0), stops),
    Row(
        "calendar.holidays.0.first_date",
        date(2026, 1, 8),
        date(2026, 1, 9),
        HOLIDAY,
        total("territory", "shoppers", day=3),
        starts,
    ),
    Row("calendar.holidays.0.duration_days", 2, 3, HOLIDAY, total("territory", "shoppers", day=5), stops),
    Row("calendar.holidays.0.demand_multiplier", 0.0, 2.0, HOLIDAY, total("territory", "shoppers", day=4), starts),
    Row("calendar.holidays.0.field_works", False, True, HOLIDAY, total("advisor", "calls", day=3), starts),
    # --- territories ---
    Row("territories.adjacency_gap_km", 10.0, 60.0, TWO, built("adjacent"), equal(0, 2)),
    Row("territories.generate.n", 1, 3, {}, size("territory"), equal(1, 3)),
    Row(
        "territories.generate.spacing_km",
        20.0,
        60.0,
        {"territories": {"generate": {"n": 2}}},
        built("distance_km", 0, 1),
        times(3.0),
    ),
    Row("territories.generate.radius_km", 5.0, 10.0, {}, built("territory_area_km2"), times(4.0)),
    Row("territories.generate.population_median", 1e5, 2e5, {}, built("territory_population"), times(2.0)),
    Row(
        "territories.generate.population_sigma",
        0.0,
        1.0,
        {"territories": {"generate": {"n": 9}}},
        seen(lambda w: np.log(w.territory_population).std()),
        lambda low, high: low < 1e-9 and 0.4 < high < 1.8,
    ),
    Row(
        "territories.list.0.x_km",
        0.0,
        3.0,
        TWO,
        built("territory_x_km", 0),
        lambda low, high: abs(high - low - 3.0) < 1e-9,
    ),
    Row(
        "territories.list.0.y_km",
        0.0,
        3.0,
        TWO,
        built("territory_y_km", 0),
        lambda low, high: abs(high - low - 3.0) < 1e-9,
    ),
    Row(
        "territories.list.0.lon", 104.0, 104.1, DEGREES, seen(lambda w: w.territory_x_km[1] - w.territory_x_km[0]), down
    ),
    Row("territories.list.0.lat", 30.0, 30.1, DEGREES, seen(lambda w: w.territory_y_km[1] - w.territory_y_km[0]), down),
    Row("territories.list.0.radius_km", 5.0, 10.0, TWO, built("territory_area_km2", 0), times(4.0)),
    Row(
        "territories.list.0.polygon",
        ((-1, -1), (1, -1), (1, 1), (-1, 1)),
        ((-1, -1), (2, -1), (2, 1), (-1, 1)),
        TWO,
        built("territory_area_km2", 0),
        equal(4.0, 6.0),
    ),
    Row("territories.list.0.population", 1e5, 3e5, TWO, built("territory_population", 0), equal(1e5, 3e5)),
    Row(
        "territories.list.0.spending_index",
        0.2,
        5.0,
        {**TWO, **MANY},
        seen(lambda w: (w.outlet_territory == 0).sum()),
        up,
    ),
    Row(
        "territories.list.0.annual_growth",
        -0.5,
        1.0,
        {**TWO, **on("season"), **days(60), **NO_SEASON},
        total("territory", "shoppers", day=lambda d: d > 40, **WEST),
        up,
    ),
    Row(
        "territories.list.0.annual_growth",
        -0.5,
        1.0,
        {**TWO, **on("season"), **days(60), **NO_SEASON},
        total("territory", "shoppers", territory="east"),
        lambda low, high: low == high,
        note="not elsewhere",
    ),
    Row(
        "territories.list.0.season",
        (1.0,) * 12,
        (3.0,) + (1.0,) * 11,
        {**TWO, **on("season")},
        total("territory", "shoppers", **WEST),
        up,
    ),
    Row(
        "territories.list.0.weekday",
        (1.0,) * 7,
        (3.0,) + (1.0,) * 6,
        {**TWO, **on("season"), **days(1)},
        total("territory", "shoppers", **WEST),
        up,
    ),
    Row("territories.list.0.adjacent", (), ("east",), TWO, built("adjacent"), equal(0, 2)),
    # --- outlets ---
    Row("outlets.shoppers_per_size_unit", 1.0, 2.5, {}, built("outlet_size"), times(2.5)),
    Row(
        "outlets.abc_limits", (0.5, 0.95), (0.8, 0.95), MANY, seen(lambda w: (w.outlet_class == 0).sum()), up, note="A"
    ),
    Row(
        "outlets.abc_limits", (0.5, 0.7), (0.5, 0.99), MANY, seen(lambda w: (w.outlet_class == 2).sum()), down, note="C"
    ),
    Row("outlets.generate.n", 12, 17, {}, size("outlet"), equal(12, 17)),
    Row("outlets.generate.size_median_shoppers", 8.0, 24.0, {}, built("outlet_size"), times(3.0)),
    Row(
        "outlets.generate.size_sigma",
        0.2,
        0.8,
        MANY,
        seen(lambda w: np.log(w.outlet_size[w.outlet_channel == 3]).std()),
        times(4.0),
    ),
    Row("outlets.generate.towns_per_territory", 1, 5, MANY, seen(_town), down),
    Row("outlets.generate.town_spread_km", 0.5, 1.5, MANY, seen(_far), times(3.0)),
    Row(
        "outlets.generate.town_rank_exponent",
        0.0,
        3.0,
        {"outlets": {"generate": {"n": 200, "towns_per_territory": 5, "town_spread_km": 0.3}}, **days(1)},
        seen(_town),
        up,
    ),
    Row(
        "outlets.generate.channel_mix",
        {"supermarket": 0.2, "traditional": 0.8},
        {"supermarket": 0.8, "traditional": 0.2},
        MANY,
        seen(lambda w: (w.outlet_channel == 1).sum()),
        lambda low, high: low < 70 and high > 130,
    ),
    Row(
        "outlets.list.0.x_km",
        1.0,
        2.0,
        OWN_SHOPS,
        built("outlet_x_km", 0),
        lambda low, high: abs(high - low - 1.0) < 1e-9,
    ),
    Row(
        "outlets.list.0.y_km",
        2.0,
        3.0,
        OWN_SHOPS,
        built("outlet_y_km", 0),
        lambda low, high: abs(high - low - 1.0) < 1e-9,
    ),
    Row("outlets.list.0.lon", 104.01, 104.02, SHOPS_IN_DEGREES, built("outlet_x_km", 0), up),
    Row("outlets.list.0.lat", 30.01, 30.02, SHOPS_IN_DEGREES, built("outlet_y_km", 0), up),
    Row("outlets.list.0.size", 10.0, 30.0, OWN_SHOPS, built("outlet_size", 0), equal(10, 30)),
    Row(
        "outlets.list.0.opening_date",
        None,
        date(2026, 1, 8),
        OWN_SHOPS,
        total("territory", "open_outlets", day=1),
        equal(2, 1),
    ),
    Row(
        "outlets.list.0.opening_date",
        date(2026, 1, 8),
        date(2026, 1, 9),
        OWN_SHOPS,
        total("territory", "open_outlets", day=3),
        equal(2, 1),
        note="the day",
    ),
    # --- category ---
    Row("category.season", (1.0,) * 12, (3.0,) + (1.0,) * 11, on("season"), SHOPPERS, up),
    Row(
        "category.weekday",
        (1.0,) * 7,
        (1.0,) * 6 + (9.0,),
        on("season"),
        ratio(total("territory", "shoppers", day=6), total("territory", "shoppers", day=5)),
        up,
    ),
    Row(
        "category.dispersion",
        1.0,
        50.0,
        {**on("overdispersion"), "outlets": {"generate": {"size_sigma": 0.0}}, "recording": {"outlet_panel": True}},
        spread("outlet_panel", "shoppers"),
        down,
    ),
    # --- switches of the day ---
    Row("mechanisms.season", False, True, {**NO_SEASON, "category": {"season": [5.0] * 12}}, SHOPPERS, up),
    Row(
        "mechanisms.overdispersion",
        False,
        True,
        {"category": {"dispersion": 0.5}, "recording": {"outlet_panel": True}},
        spread("outlet_panel", "shoppers"),
        up,
    ),
    Row(
        "mechanisms.outlet_turnover",
        False,
        True,
        {**MANY, "retail": {"closing_per_year": 1.0}, **days(14)},
        event("outlet_closed"),
        starts,
    ),
    Row(
        "retail.closing_per_year",
        0.0,
        1.0,
        {**MANY, **on("outlet_turnover"), "retail": {"opening_per_year": 0.0}, **days(14)},
        event("outlet_closed"),
        starts,
    ),
    Row(
        "retail.opening_per_year",
        0.0,
        1.0,
        {**on("outlet_turnover"), "retail": {"closing_per_year": 0.0}, **days(40)},
        event("outlet_opened"),
        starts,
    ),
    # --- what is written down ---
    Row("recording.visits", False, True, on("advisors"), number("visits"), starts),
    Row(
        "recording.outlet_panel",
        False,
        True,
        {},
        lambda market: float(len(market.tables.get("outlet_panel", ()))),
        starts,
    ),
]
