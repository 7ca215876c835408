"""Territories and outlets of a scenario as plain tables, and their columns."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError, Problem
from sim.sampling import lognormal_quantile, normal_quantiles
from sim.scenario.geography import Area, areas_of, nearest_area, position_km, projection_of
from sim.scenario.schema import Scenario
from sim.scenario.schema.place import OutletSpec, TerritoryGenerator, TerritorySpec
from sim.streams import DecisionPoint, key_of, slot_of, uniform, uniforms
from sim.world.geography import adjacency, huff_neighbours
from sim.world.shares import abc_class
from sim.world.world import NEVER, World

if TYPE_CHECKING:
    from sim.scenario.census import CensusNote

Array = NDArray[Any]

NO_DAY = -1

GRID_JITTER = 0.25
"""Spread of generated territories around their places in the grid, as a share of the spacing (assumption)."""

TOWN_DISC = 0.9
"""Towns lie within this share of their territory's radius (assumption)."""

NEWCOMER_KM = 0.3
"""A new outlet opens in a square of this width around an existing one (assumption). [km]"""

NEWCOMER_SIZE, NEWCOMER_SIGMA = 0.8, 0.4
"""Its size against that one's: median, and standard deviation of the logarithm (assumption)."""

ROOM_CASES = 2.0
"""Least storage of a shop: so many of the largest cases, times the root of the number of products (assumption)."""

MOST_SHOPPERS = 100_000
"""No outlet has more category shoppers on an average day (assumption)."""


@dataclass(frozen=True)
class Territory:
    """One territory in kilometres."""

    name: str
    area: Area
    spec: TerritorySpec

    @property
    def id(self) -> str:
        """Identifier."""
        return self.area.id

    @property
    def x_km(self) -> float:
        """Centre, east."""
        return self.area.x_km

    @property
    def y_km(self) -> float:
        """Centre, north."""
        return self.area.y_km

    @property
    def radius_km(self) -> float:
        """Radius of the disc, or of the disc as large as the polygon."""
        return math.sqrt(self.area_km2 / math.pi)

    @property
    def area_km2(self) -> float:
        """Area of the polygon, or of the disc."""
        return self.area.area_km2


@dataclass(frozen=True)
class Outlet:
    """One outlet before it becomes a row."""

    id: str
    name: str
    x_km: float
    y_km: float
    channel: str
    size: float
    territory: str
    opening_day: int = NO_DAY
    distributor: str = ""
    listings: tuple[str, ...] | None = None


def slots_of(identifiers: Sequence[str]) -> Array:
    """Return the identities of draws of entities by their external ids, shape (n,)."""
    return np.array([slot_of(i) for i in identifiers], dtype=np.uint64)


def _draws(seed: int, point: DecisionPoint, identifier: str, n: int) -> list[float]:
    key = key_of(seed, 0, point, 0)
    slot = slot_of(identifier)
    return [float(uniform(key, slot, k)) for k in range(n)]


def _draw_table(seed: int, point: DecisionPoint, identifiers: Sequence[str], n: int) -> NDArray[np.float64]:
    """Return the first n draws of each entity, shape (n_entities, n)."""
    key = np.uint64(key_of(seed, 0, point, 0))
    slots = slots_of(identifiers)
    table = np.empty((len(identifiers), n))
    for k in range(n):
        table[:, k] = uniforms(key, slots, k)
    return table


def territories_of(scenario: Scenario) -> list[Territory]:
    """Return all territories, listed ones first."""
    specs = scenario.territories.list
    listed = [Territory(s.name or s.id, area, s) for s, area in zip(specs, areas_of(scenario), strict=True)]
    generator = scenario.territories.generate
    if generator is None:
        return listed
    return listed + [_generated(scenario.seed, k, generator) for k in range(generator.n)]


def _generated(seed: int, k: int, generator: TerritoryGenerator) -> Territory:
    identifier = f"T{k + 1:02d}"
    u = _draws(seed, DecisionPoint.BUILD_TERRITORY, identifier, 3)
    columns = max(1, math.ceil(math.sqrt(generator.n)))
    jitter = GRID_JITTER * generator.spacing_km
    x = (k % columns) * generator.spacing_km + jitter * (u[0] - 0.5)
    y = (k // columns) * generator.spacing_km + jitter * (u[1] - 0.5)
    population = float(lognormal_quantile(u[2], generator.population_median, generator.population_sigma))
    spec = TerritorySpec(
        id=identifier, name=f"Territory {k + 1}", x_km=x, y_km=y, radius_km=generator.radius_km, population=population
    )
    return Territory(spec.name, Area(identifier, x, y, generator.radius_km), spec)


def outlets_of(scenario: Scenario, territories: Sequence[Territory]) -> tuple[list[Outlet], list[CensusNote]]:
    """Return every outlet (listed, from the census, generated, and future newcomers) and notes on the census."""
    notes: list[CensusNote] = []
    outlets = [_listed(scenario, territories, spec) for spec in scenario.outlets.list]
    if scenario.outlets.census is not None:
        census, notes = _from_census(scenario)
        outlets += census
    if scenario.outlets.generate is not None:
        outlets += _generated_outlets(scenario, territories)
    if scenario.mechanisms.outlet_turnover and scenario.retail.opening_per_year > 0.0:
        outlets += _newcomers(scenario, outlets)
    return outlets, notes


def _listed(scenario: Scenario, territories: Sequence[Territory], spec: OutletSpec) -> Outlet:
    x, y = position_km(spec, projection_of(scenario)) or (0.0, 0.0)
    return Outlet(
        id=spec.outlet_id,
        name=spec.name or spec.outlet_id,
        x_km=x,
        y_km=y,
        channel=spec.channel,
        size=spec.size,
        territory=spec.territory or _territory_of(territories, x, y),
        opening_day=_opening(scenario, spec.opening_date),
    )


def _opening(scenario: Scenario, when: date | None) -> int:
    if when is None:
        return NO_DAY
    day = (when - scenario.calendar.start_date).days + scenario.calendar.burn_in_days
    return day if day > 0 else NO_DAY


def _territory_of(territories: Sequence[Territory], x: float, y: float) -> str:
    """The territory in which a listed outlet stands, or whose border is nearest."""
    row = nearest_area([t.area for t in territories], np.array([x]), np.array([y]))
    return territories[int(row[0])].id


def _from_census(scenario: Scenario) -> tuple[list[Outlet], list[CensusNote]]:
    spec = scenario.outlets.census
    assert spec is not None
    from sim.scenario.census import load_census  # its readers of files are loaded only where there is a file

    table = load_census(spec, scenario)
    burn_in = scenario.calendar.burn_in_days
    outlets = [
        Outlet(
            id=row["outlet_id"],
            name=row["name"],
            x_km=float(row["x_km"]),
            y_km=float(row["y_km"]),
            channel=row["channel"],
            size=float(row["size"]),
            territory=row["territory"],
            opening_day=max(NO_DAY, int(row["opening_day"]) + burn_in),
            distributor=row["distributor"] or "",
            listings=None if row["listings"] is None else tuple(row["listings"]),
        )
        for row in table.frame.to_dict("records")
    ]
    return outlets, list(table.notes)


def _generated_outlets(scenario: Scenario, territories: Sequence[Territory]) -> list[Outlet]:
    generator = scenario.outlets.generate
    assert generator is not None
    channels = list(generator.channel_mix)
    channel_edges = np.cumsum([generator.channel_mix[c] for c in channels])
    weights = np.array([t.spec.population * t.spec.spending_index for t in territories])
    territory_edges = np.cumsum(weights) / weights.sum()
    town_edges = np.cumsum(
        np.arange(1, generator.towns_per_territory + 1, dtype=float) ** -generator.town_rank_exponent
    )
    town_edges /= town_edges[-1]
    towns = [_towns(scenario.seed, t, generator.towns_per_territory) for t in territories]
    identifiers = [f"O{k + 1:06d}" for k in range(generator.n)]
    u = _draw_table(scenario.seed, DecisionPoint.BUILD_OUTLET, identifiers, 6)
    places = np.minimum(np.searchsorted(territory_edges, u[:, 0]), len(territories) - 1).tolist()
    kinds = np.minimum(np.searchsorted(channel_edges, u[:, 1]), len(channels) - 1).tolist()
    ranks = np.minimum(np.searchsorted(town_edges, u[:, 2]), len(town_edges) - 1).tolist()
    offsets = (generator.town_spread_km * normal_quantiles(u[:, 3:5].ravel())).reshape(-1, 2).tolist()
    medians = [generator.size_median_shoppers * scenario.retail.channels[c].size_multiplier for c in channels]
    outlets = []
    for k, identifier in enumerate(identifiers):
        town_x, town_y = towns[places[k]][ranks[k]]
        channel = channels[kinds[k]]
        outlets.append(
            Outlet(
                id=identifier,
                name=f"{channel.capitalize()} {k + 1}",
                x_km=town_x + offsets[k][0],
                y_km=town_y + offsets[k][1],
                channel=channel,
                size=float(lognormal_quantile(u[k, 5], medians[kinds[k]], generator.size_sigma)),
                territory=territories[places[k]].id,
            )
        )
    return outlets


def _towns(seed: int, territory: Territory, n: int) -> list[tuple[float, float]]:
    """Town centres of a territory: the first at its centre, the others evenly over the disc."""
    places = [(territory.x_km, territory.y_km)]
    for k in range(1, n):
        u = _draws(seed, DecisionPoint.BUILD_TOWN, f"{territory.id}/{k}", 2)
        r = TOWN_DISC * territory.radius_km * math.sqrt(u[0])
        places.append(
            (territory.x_km + r * math.cos(2 * math.pi * u[1]), territory.y_km + r * math.sin(2 * math.pi * u[1]))
        )
    return places


def _newcomers(scenario: Scenario, outlets: Sequence[Outlet]) -> list[Outlet]:
    """Outlets that open during the run: each stands near an existing one and is of its kind.

    Near each outlet new ones come at random times, one after another. A time depends on who comes, never on the length
    of the run, so a longer run begins as a shorter one does.
    """
    calendar = scenario.calendar
    n_days = calendar.burn_in_days + calendar.duration_days
    per_day = scenario.retail.opening_per_year / 365.0
    born: list[Outlet] = []
    waiting = [(parent, 0.0) for parent in outlets] if per_day > 0.0 and scenario.mechanisms.outlet_turnover else []
    number = 0
    while waiting:
        number += 1
        identifiers = [f"{parent.id}+{number}" for parent, _ in waiting]
        draws = _draw_table(scenario.seed, DecisionPoint.BUILD_OPENING, identifiers, 4)
        arrived = np.array([day for _, day in waiting]) - np.log(draws[:, 0]) / per_day
        coming = np.flatnonzero(1.0 + arrived < n_days).tolist()
        born += [_newcomer(waiting[k][0], identifiers[k], 1 + int(arrived[k]), draws[k].tolist()) for k in coming]
        waiting = [(waiting[k][0], float(arrived[k])) for k in coming]
    return born


def _newcomer(parent: Outlet, identifier: str, opening_day: int, u: Sequence[float]) -> Outlet:
    return replace(
        parent,
        id=identifier,
        name=f"New near {parent.name}",
        x_km=parent.x_km + NEWCOMER_KM * (u[1] - 0.5),
        y_km=parent.y_km + NEWCOMER_KM * (u[2] - 0.5),
        size=parent.size * float(lognormal_quantile(u[3], NEWCOMER_SIZE, NEWCOMER_SIGMA)),
        opening_day=opening_day,
        listings=None,
    )


def fill_territories(world: World, territories: Sequence[Territory]) -> None:
    """Write territories."""
    category = world.scenario.category
    world.fill("territory_slot", slots_of(world.names.territories))
    world.fill("territory_x_km", [t.x_km for t in territories])
    world.fill("territory_y_km", [t.y_km for t in territories])
    world.fill("territory_area_km2", [t.area_km2 for t in territories])
    world.fill("territory_population", [t.spec.population for t in territories])
    world.fill("territory_growth", [t.spec.annual_growth for t in territories])
    world.fill("territory_season", [t.spec.season or category.season for t in territories])
    world.fill("territory_weekday", [t.spec.weekday or category.weekday for t in territories])
    adjacency(world, territories)


def fill_outlets(world: World, outlets: Sequence[Outlet], territories: Sequence[Territory]) -> None:
    """Write outlets, and who is whose neighbour."""
    scenario = world.scenario
    territory_row = {t.id: k for k, t in enumerate(territories)}
    channel_row = {c: k for k, c in enumerate(world.names.channels)}
    channels = [scenario.retail.channels[o.channel] for o in outlets]
    size = np.array([o.size for o in outlets]) * scenario.outlets.shoppers_per_size_unit
    _refuse_crowds(scenario, outlets, size)
    world.fill("outlet_slot", slots_of(world.names.outlets))
    world.fill("outlet_x_km", [o.x_km for o in outlets])
    world.fill("outlet_y_km", [o.y_km for o in outlets])
    world.fill("outlet_channel", [channel_row[o.channel] for o in outlets])
    world.fill("outlet_territory", [territory_row[o.territory] for o in outlets])
    world.fill("outlet_size", size)
    world.fill("outlet_open_day", [o.opening_day for o in outlets])
    world.fill("outlet_class", _classes(size, world.outlet_open_day < 0, scenario.outlets.abc_limits))
    largest_case = int(world.case_units.max(initial=1))
    room = np.array([c.storage_days for c in channels]) * size
    world.fill("outlet_storage_units", np.maximum(room, ROOM_CASES * largest_case * world.sizes["product"] ** 0.5))
    for name in ("facings", "review_days", "visit_minutes"):
        world.fill(f"outlet_{name}", [getattr(c, name) for c in channels])
    world.fill("outlet_terms_days", [c.payment_terms_days for c in channels])
    world.is_open[:] = world.outlet_open_day < 0
    world.fill("outlet_closed_day", -1)
    for name in ("last_visit_day", "last_sold_day", "searched_day"):
        world.fill(name, NEVER)
    for name in ("exclusive_company", "exclusive_degree", "order_day", "outlet_advisor"):
        world.fill(name, -1)
    world.fill("rival_facings_most", 1.0)
    huff_neighbours(world)


def _refuse_crowds(scenario: Scenario, outlets: Sequence[Outlet], size: Array) -> None:
    """Refuse outlets with more shoppers than any shop has: each shopper is drawn, and a run would not end."""
    if size.max(initial=0.0) > MOST_SHOPPERS:
        allowed = (
            f"must be at most {MOST_SHOPPERS:,} category shoppers a day: a size times outlets.shoppers_per_size_unit"
        )
        value = f"{size.max():,.0f} at {outlets[int(size.argmax())].id}"
        raise InputError([Problem(scenario.name, 0, "outlets", value, allowed)])


def _classes(size: Array, is_there: Array, limits: tuple[float, float]) -> Array:
    """Class the outlets that are there at the beginning; who comes later falls between them by size, shape (n,)."""
    if not is_there.any():
        return abc_class(size, limits)
    classes = np.full(size.shape[0], 2, dtype=np.int8)
    classes[is_there] = abc_class(size[is_there], limits)
    for letter in (1, 0):
        smallest = size[is_there & (classes == letter)].min(initial=np.inf)
        classes[~is_there & (size >= smallest)] = letter
    return classes
