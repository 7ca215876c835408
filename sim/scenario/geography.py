"""Positions in kilometres: the local projection, areas of territories, what lies in which, and who is whose neighbour.

Territories are discs or polygons; what concerns polygons is left to shapely, which is loaded when one is met.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.scenario.schema import Scenario
from sim.scenario.schema.common import Placed
from sim.scenario.schema.place import TerritorySpec

if TYPE_CHECKING:
    import shapely

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]
Integers = NDArray[np.int64]

EARTH_RADIUS_KM = 6371.0088
OUTSIDE = -1


@dataclass(frozen=True)
class Projection:
    """Equirectangular projection around a point: x to the east, y to the north.

    North-south distances are exact on the sphere. East-west distances at latitude φ are off by the factor
    cos(φ₀)/cos(φ): at 30° of latitude by 1.0 % at 100 km north or south of the origin, by 3 % at 300 km. The sphere
    itself is within 0.6 % of the ellipsoid. (Snyder 1987, Map Projections: A Working Manual, section 12.)

    Attributes
    ----------
    lon0, lat0 : origin. [degrees]
    """

    lon0: float
    lat0: float

    def to_km(self, lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
        """Project degrees to kilometres.

        Parameters
        ----------
        lon, lat : any shape. [degrees]

        Returns
        -------
        x, y : the same shape. [km]
        """
        # The shorter way round: a market may lie on both sides of the 180th meridian.
        east = (np.asarray(lon, dtype=float) - self.lon0 + 180.0) % 360.0 - 180.0
        x = EARTH_RADIUS_KM * np.cos(np.radians(self.lat0)) * np.radians(east)
        y = EARTH_RADIUS_KM * np.radians(np.asarray(lat, dtype=float) - self.lat0)
        return x, y

    def to_degrees(self, x_km: ArrayLike, y_km: ArrayLike) -> tuple[Floats, Floats]:
        """Undo `to_km`; longitudes are within [−180, 180)."""
        east = np.degrees(np.asarray(x_km, dtype=float) / (EARTH_RADIUS_KM * np.cos(np.radians(self.lat0))))
        lon = (east + self.lon0 + 180.0) % 360.0 - 180.0
        lat = self.lat0 + np.degrees(np.asarray(y_km, dtype=float) / EARTH_RADIUS_KM)
        return lon, lat


def projection_of(scenario: Scenario) -> Projection | None:
    """Return the one projection of a scenario, around the mean of its territories; None when it is in kilometres."""
    degrees = [(t.lon, t.lat) for t in scenario.territories.list if t.lon is not None and t.lat is not None]
    if not degrees:
        return None
    lon, lat = np.array(degrees).T
    east = (lon - lon[0] + 180.0) % 360.0 - 180.0
    lon0 = (lon[0] + east.mean() + 180.0) % 360.0 - 180.0
    return Projection(float(lon0), float(lat.mean()))


def position_km(place: Placed, projection: Projection | None) -> tuple[float, float] | None:
    """Return where something lies in the market's plane (east, north) in km; None when it has no position."""
    if place.x_km is not None and place.y_km is not None:
        return place.x_km, place.y_km
    if projection is None or place.lon is None or place.lat is None:
        return None
    x, y = projection.to_km(place.lon, place.lat)
    return float(x), float(y)


@dataclass(frozen=True)
class Area:
    """A territory's area.

    Attributes
    ----------
    id : the territory.
    x_km, y_km : centre. [km]
    radius_km : radius of the disc; unused with a polygon. [km]
    polygon : shape (n_points, 2), or None for a disc. [km]
    """

    id: str
    x_km: float
    y_km: float
    radius_km: float
    polygon: Floats | None = None

    @cached_property
    def shape(self) -> shapely.Polygon:
        """The polygon, prepared for many questions."""
        import shapely

        shape = shapely.Polygon(self.polygon)
        shapely.prepare(shape)
        return shape

    @property
    def area_km2(self) -> float:
        """Area of the polygon, or of the disc."""
        if self.polygon is None:
            return math.pi * self.radius_km**2
        # By hand, because the last digit of an area reaches results.
        x, y = self.polygon[:, 0], self.polygon[:, 1]
        return float(abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2.0)

    @property
    def box(self) -> tuple[float, float, float, float]:
        """The smallest rectangle around the area in km: west, south, east, north."""
        if self.polygon is None:
            r = self.radius_km
            return self.x_km - r, self.y_km - r, self.x_km + r, self.y_km + r
        (west, south), (east, north) = self.polygon.min(axis=0), self.polygon.max(axis=0)
        return float(west), float(south), float(east), float(north)


def areas_of(scenario: Scenario) -> tuple[Area, ...]:
    """Return the areas of the listed territories, in kilometres of `projection_of`."""
    projection = projection_of(scenario)
    return tuple(_area(territory, projection) for territory in scenario.territories.list)


def _area(territory: TerritorySpec, projection: Projection | None) -> Area:
    polygon = None if territory.polygon is None else np.array(territory.polygon, dtype=float)
    if projection is not None and territory.lon is not None and territory.lat is not None:
        x, y = (float(value) for value in projection.to_km(territory.lon, territory.lat))
        if polygon is not None:
            polygon = np.column_stack(projection.to_km(polygon[:, 0], polygon[:, 1]))
    else:
        x, y = float(territory.x_km or 0.0), float(territory.y_km or 0.0)
    return Area(territory.id, x, y, territory.radius_km, polygon)


def encloses(points: Sequence[Sequence[float]]) -> bool:
    """Tell whether points in their order enclose any land."""
    import shapely

    return bool(shapely.Polygon(points).area > 0.0)


def contains(area: Area, x_km: Floats, y_km: Floats) -> Booleans:
    """Tell which points lie in an area, its rim or border included.

    Parameters
    ----------
    x_km, y_km : shape (n,). [km]

    Returns
    -------
    shape (n,).
    """
    result = np.zeros(np.shape(x_km), dtype=bool)
    near = _in_box(area, x_km, y_km)
    result[near] = _inside(area, x_km[near], y_km[near])
    return result


def _in_box(area: Area, x: Floats, y: Floats) -> Integers:
    """Return the rows of points near an area: comparisons cost a tenth of the distances that they save."""
    west, south, east, north = area.box
    return np.flatnonzero((x >= west) & (x <= east) & (y >= south) & (y <= north))


def _inside(area: Area, x: Floats, y: Floats) -> Booleans:
    if area.polygon is None:
        return np.asarray(np.hypot(x - area.x_km, y - area.y_km) <= area.radius_km)
    import shapely

    return np.asarray(shapely.intersects_xy(area.shape, x, y))


def distance_km(area: Area, x_km: Floats, y_km: Floats) -> Floats:
    """Return the distance of points to an area, 0 inside.

    Parameters
    ----------
    x_km, y_km : shape (n,). [km]
    """
    if area.polygon is None:
        return np.maximum(np.hypot(x_km - area.x_km, y_km - area.y_km) - area.radius_km, 0.0)
    import shapely

    return np.asarray(shapely.distance(area.shape, shapely.points(x_km, y_km)))


def locate(areas: Sequence[Area], x_km: Floats, y_km: Floats) -> Integers:
    """Return for each point the row of the area it lies in; of several, the one with the nearest centre.

    Parameters
    ----------
    areas : the territories.
    x_km, y_km : shape (n,). [km]

    Returns
    -------
    shape (n,). `OUTSIDE` where no area contains the point.
    """
    row = np.full(np.shape(x_km), OUTSIDE, dtype=np.int64)
    best = np.full(np.shape(x_km), np.inf)
    for k, area in enumerate(areas):
        near = _in_box(area, x_km, y_km)
        x, y = x_km[near], y_km[near]
        to_centre = np.hypot(x - area.x_km, y - area.y_km)
        better = _inside(area, x, y) & (to_centre < best[near])
        row[near[better]] = k
        best[near[better]] = to_centre[better]
    return row


def nearest_area(areas: Sequence[Area], x_km: Floats, y_km: Floats) -> Integers:
    """Return for each point the row of the area whose border is nearest; `OUTSIDE` without any area."""
    row = np.full(np.shape(x_km), OUTSIDE, dtype=np.int64)
    best = np.full(np.shape(x_km), np.inf)
    for k, area in enumerate(areas):
        distance = distance_km(area, x_km, y_km)
        better = distance < best
        row[better] = k
        best[better] = distance[better]
    return row


def gap_km(one: Area, other: Area) -> float:
    """Return the width of the land between two areas in km, 0 when they touch or overlap."""
    if one.polygon is None:
        centre = np.array([one.x_km]), np.array([one.y_km])
        return max(0.0, float(distance_km(other, *centre)[0]) - one.radius_km)
    return gap_km(other, one) if other.polygon is None else float(one.shape.distance(other.shape))


def adjacency(areas: Sequence[Area], widest_gap_km: float) -> Booleans:
    """Return which areas are neighbours: those with a gap of at most `widest_gap_km`.

    Returns
    -------
    shape (n_areas, n_areas). Symmetric, False on the diagonal.
    """
    neighbours = np.zeros((len(areas), len(areas)), dtype=bool)
    for i, j in itertools.combinations(range(len(areas)), 2):
        neighbours[i, j] = neighbours[j, i] = gap_km(areas[i], areas[j]) <= widest_gap_km
    return neighbours
