from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from sim.scenario.geography import (
    EARTH_RADIUS_KM,
    OUTSIDE,
    Area,
    Projection,
    adjacency,
    areas_of,
    contains,
    distance_km,
    gap_km,
    locate,
    nearest_area,
    projection_of,
)
from sim.scenario.schema import Scenario

SQUARE = np.array([[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [0.0, 4.0]])
# A horseshoe: concave, so that a bounding box or a convex test would be wrong.
HORSESHOE = np.array([[0, 0], [6, 0], [6, 6], [4, 6], [4, 2], [2, 2], [2, 6], [0, 6]], dtype=float)


def disc(name: str, x: float, y: float, r: float) -> Area:
    return Area(name, x, y, r)


def shape(name: str, polygon) -> Area:
    points = np.asarray(polygon, dtype=float)
    return Area(name, *(float(v) for v in points.mean(axis=0)), 1.0, points)


def great_circle_km(lon1, lat1, lon2, lat2):
    a, b, c, d = (math.radians(v) for v in (lat1, lat2, lon1, lon2))
    h = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin((d - c) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(h))


class TestProjection:
    def test_distances_near_the_origin_are_those_on_the_sphere(self):
        projection = Projection(104.06, 30.66)
        for lon, lat in [(104.5, 30.66), (104.06, 31.1), (103.6, 30.2)]:
            x, y = projection.to_km(lon, lat)
            assert math.hypot(x, y) == pytest.approx(great_circle_km(104.06, 30.66, lon, lat), rel=0.005)

    def test_the_documented_error_100_km_north(self):
        projection = Projection(0.0, 30.0)
        lat = 30.0 + math.degrees(100.0 / EARTH_RADIUS_KM)
        x0, _ = projection.to_km(0.0, lat)
        x1, _ = projection.to_km(0.1, lat)
        assert float(x1 - x0) / great_circle_km(0.0, lat, 0.1, lat) - 1.0 == pytest.approx(0.0092, abs=5e-4)

    @given(st.floats(-179.9, 179.9), st.floats(-60, 60), st.floats(-2, 2), st.floats(-2, 2))
    def test_it_can_be_undone(self, lon0, lat0, east, north):
        projection = Projection(lon0, lat0)
        lon, lat = projection.to_degrees(*projection.to_km(lon0 + east, lat0 + north))
        assert abs((float(lon) - lon0 - east + 180) % 360 - 180) < 1e-9
        assert float(lat) == pytest.approx(lat0 + north, abs=1e-9)

    def test_a_market_across_the_180th_meridian_stays_together(self):
        scenario = Scenario.model_validate(
            {"territories": {"list": [{"id": "A", "lon": 179.9, "lat": 0}, {"id": "B", "lon": -179.9, "lat": 0}]}}
        )
        a, b = areas_of(scenario)
        assert math.hypot(a.x_km - b.x_km, a.y_km - b.y_km) == pytest.approx(0.2 * math.pi / 180 * EARTH_RADIUS_KM)

    def test_kilometres_need_none(self):
        assert projection_of(Scenario()) is None


class TestContains:
    def test_a_disc_has_its_rim(self):
        inside = contains(disc("A", 1.0, 1.0, 2.0), np.array([3.0, 3.001, 1.0]), np.array([1.0, 1.0, 1.0]))
        assert inside.tolist() == [True, False, True]

    def test_the_gap_of_a_horseshoe_is_outside(self):
        inside = contains(
            shape("A", HORSESHOE), np.array([1.0, 3.0, 5.0, 3.0, 7.0]), np.array([4.0, 4.0, 4.0, 1.0, 1.0])
        )
        assert inside.tolist() == [True, False, True, True, False]

    @given(st.integers(3, 12), st.integers(0, 2**31))
    def test_it_agrees_with_shapely(self, n, seed):
        rng = np.random.default_rng(seed)
        angle = np.sort(rng.uniform(0, 2 * np.pi, n))
        radius = rng.uniform(1, 5, n)
        polygon = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
        x, y = rng.uniform(-6, 6, (2, 200))
        expected = shapely.contains_xy(shapely.Polygon(polygon), x, y) if shapely.Polygon(polygon).is_valid else None
        if expected is not None:
            assert np.array_equal(contains(shape("A", polygon), x, y), expected)

    def test_distances_agree_with_shapely(self):
        rng = np.random.default_rng(1)
        x, y = rng.uniform(-3, 9, (2, 300))
        expected = shapely.distance(shapely.Polygon(HORSESHOE), shapely.points(x, y))
        assert np.allclose(distance_km(shape("A", HORSESHOE), x, y), expected)


class TestLocate:
    def test_of_overlapping_areas_the_nearest_centre_wins(self):
        areas = [disc("A", 0, 0, 10), disc("B", 8, 0, 10)]
        x = np.array([1.0, 7.0, 4.0, 30.0])
        assert locate(areas, x, np.zeros(4)).tolist() == [0, 1, 0, OUTSIDE]

    def test_without_a_position_nobody_is_inside(self):
        areas = [disc("A", 0, 0, 10), shape("B", SQUARE)]
        assert locate(areas, np.array([np.nan]), np.array([0.0])).tolist() == [OUTSIDE]

    def test_the_nearest_is_by_border_and_not_by_centre(self):
        areas = [disc("big", 0, 0, 50), disc("small", 60, 0, 1)]
        assert nearest_area(areas, np.array([52.0]), np.array([0.0])).tolist() == [0]


class TestGaps:
    @pytest.mark.parametrize(
        ("one", "other", "gap"),
        [
            (disc("a", 0, 0, 2), disc("b", 10, 0, 3), 5.0),
            (disc("a", 0, 0, 2), disc("b", 3, 0, 3), 0.0),
            (disc("a", 10, 2, 2), shape("b", SQUARE), 4.0),
            (disc("a", 2, 2, 1), shape("b", SQUARE), 0.0),
            (shape("a", SQUARE), shape("b", SQUARE + np.array([7.0, 0.0])), 3.0),
            (shape("a", SQUARE), shape("b", SQUARE / 4 + 1.0), 0.0),
            # A cross: no corner of either lies in the other.
            (shape("a", [[-5, 1], [9, 1], [9, 3], [-5, 3]]), shape("b", [[1, -5], [3, -5], [3, 9], [1, 9]]), 0.0),
        ],
    )
    def test_gap(self, one, other, gap):
        assert gap_km(one, other) == pytest.approx(gap)
        assert gap_km(other, one) == pytest.approx(gap)

    def test_neighbours_are_mutual_and_nobody_is_its_own(self):
        areas = [disc("a", 0, 0, 1), disc("b", 5, 0, 1), disc("c", 50, 0, 1)]
        assert adjacency(areas, 3.0).tolist() == [[False, True, False], [True, False, False], [False, False, False]]


def test_polygons_in_degrees_land_in_the_projection_of_the_centres():
    polygon = [[103.9, 30.5], [104.1, 30.5], [104.1, 30.7], [103.9, 30.7]]
    scenario = Scenario.model_validate(
        {"territories": {"list": [{"id": "A", "lon": 104.0, "lat": 30.6, "polygon": polygon}]}}
    )
    (area,) = areas_of(scenario)
    assert area.polygon is not None
    width, height = np.ptp(area.polygon, axis=0)
    assert width == pytest.approx(0.2 * 111.195 * math.cos(math.radians(30.6)), rel=1e-4)
    assert height == pytest.approx(0.2 * 111.195, rel=1e-4)
    assert bool(contains(area, np.array([0.0]), np.array([0.0]))[0])
