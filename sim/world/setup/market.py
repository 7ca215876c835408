"""Join the tables of a scenario into a world."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from sim.scenario.census import CensusNote
from sim.scenario.schema import Scenario
from sim.scenario.schema.company import CompanySpec
from sim.streams import slot_of
from sim.world.abc import abc_class
from sim.world.accounts import N_ACCOUNTS, N_SECTORS
from sim.world.levers import fill_levers
from sim.world.setup.companies import Distributor, Product, brands_of, companies_of, distributors_of, products_of
from sim.world.setup.geography import CANDIDATES, adjacency, assign_distributors, huff_neighbours
from sim.world.setup.places import Outlet, Territory, outlets_of, territories_of
from sim.world.setup.start import fill_start
from sim.world.setup.team import advisors_of, fill_team
from sim.world.world import HISTORY_DAYS, NEVER, RING_DAYS, Names, World

Array = NDArray[Any]


def build_world(scenario: Scenario, replication: int = 0) -> tuple[World, list[CensusNote]]:
    """Build the market of a scenario before its first day.

    Parameters
    ----------
    scenario : a checked scenario.
    replication : its number; the market itself (places, sizes, people) is the same in all replications, only the
        opening state (listings, relations, knowledge) is drawn for each.

    Returns
    -------
    The world, without stock and cash (the ledger opens those), and notes on filled or dropped census rows.
    """
    territories = territories_of(scenario)
    outlets, notes = outlets_of(scenario, territories)
    companies = companies_of(scenario)
    products = products_of(scenario, companies)
    distributors = distributors_of(scenario, companies, territories)
    advisors = advisors_of(scenario, territories)
    brands = [b for c in companies for b in brands_of(c)]
    names = Names(
        territories=tuple(t.id for t in territories),
        outlets=tuple(o.id for o in outlets),
        outlet_names=tuple(o.name for o in outlets),
        products=tuple(p.spec.id for p in products),
        brands=tuple(brands),
        companies=tuple(c.id for c in companies),
        distributors=tuple(d.spec.id for d in distributors),
        advisors=tuple(a.id for a in advisors),
        channels=tuple(scenario.retail.channels),
        labels=_labels(territories, companies, products, distributors),
    )
    world = World(scenario, names, _sizes(scenario, names))
    world.borders.update({t.id: t.area.polygon for t in territories if t.area.polygon is not None})
    _fill_territories(world, territories)
    _fill_companies(world, companies, products)
    _fill_outlets(world, outlets, territories)
    _fill_distributors(world, distributors)
    assign_distributors(world, distributors, [o.distributor for o in outlets])
    fill_team(world, advisors)
    fill_start(world, companies, outlets, replication)
    fill_levers(world, [d.spec for d in distributors])
    return world, notes


def _labels(
    territories: Sequence[Territory],
    companies: Sequence[CompanySpec],
    products: Sequence[Product],
    distributors: Sequence[Distributor],
) -> dict[str, str]:
    labels = {t.id: t.name for t in territories}
    labels |= {c.id: c.name for c in companies if c.name}
    labels |= {p.spec.id: p.spec.name for p in products if p.spec.name}
    labels |= {d.spec.id: d.spec.name for d in distributors if d.spec.name}
    return labels


def _sizes(scenario: Scenario, names: Names) -> dict[str, int]:
    segments = len(scenario.consumers.segments) if scenario.mechanisms.segments else 1
    return {
        "outlet": len(names.outlets),
        "product": len(names.products),
        "brand": len(names.brands),
        "company": len(names.companies),
        "territory": len(names.territories),
        "distributor": len(names.distributors),
        "advisor": len(names.advisors),
        "segment": segments,
        "neighbour": scenario.consumers.huff.neighbours,
        "candidate": CANDIDATES * scenario.consumers.huff.neighbours,
        "day_slot": RING_DAYS,
        "history": HISTORY_DAYS,
        "class": 3,
        "month": 12,
        "weekday": 7,
        "market": 1,
        "account": N_ACCOUNTS,
        "sector": N_SECTORS,
    }


def _slots(identifiers: Sequence[str]) -> Array:
    return np.array([slot_of(i) for i in identifiers], dtype=np.uint64)


def _fill_territories(world: World, territories: Sequence[Territory]) -> None:
    category = world.scenario.category
    world.fill("territory_slot", _slots(world.names.territories))
    world.fill("territory_x_km", [t.x_km for t in territories])
    world.fill("territory_y_km", [t.y_km for t in territories])
    world.fill("territory_area_km2", [t.area_km2 for t in territories])
    world.fill("territory_population", [t.spec.population for t in territories])
    world.fill("territory_growth", [t.spec.annual_growth for t in territories])
    world.fill("territory_season", [t.spec.season or category.season for t in territories])
    world.fill("territory_weekday", [t.spec.weekday or category.weekday for t in territories])
    adjacency(world, territories)


def _fill_companies(world: World, companies: Sequence[CompanySpec], products: Sequence[Product]) -> None:
    brand_row = {b: k for k, b in enumerate(world.names.brands)}
    world.fill("company_slot", _slots(world.names.companies))
    world.fill("product_brand", [brand_row[p.spec.brand] for p in products])
    world.fill("product_company", [p.company for p in products])
    world.fill("product_appeal", [p.spec.appeal for p in products])
    world.fill("factory_cost_cents", [p.spec.factory_cost_cents for p in products])
    world.fill("list_price_cents", [p.spec.list_price_cents for p in products])
    world.fill("trade_price_cents", [p.spec.trade_price_cents for p in products])
    world.fill("retail_price_cents", [p.spec.retail_price_cents for p in products])
    world.fill("usual_price_cents", [p.spec.usual_price_cents or p.spec.retail_price_cents for p in products])
    world.fill("case_units", [p.spec.case_units for p in products])
    world.fill("launch_day", [p.launch_day for p in products])
    world.launched[:] = world.launch_day < 0
    world.fill("goodwill", 0.0)
    for company in companies:
        for brand in brands_of(company):
            world.goodwill[:, brand_row[brand]] = company.goodwill
    world.fill("trial", np.where(world.launch_day < 0, 1.0, 0.0)[None, :].repeat(world.sizes["territory"], axis=0))
    world.fill("promotion_until", -1)
    world.fill("advertising_multiplier", 1.0)
    world.fill("share_seen", -1.0)


def _fill_outlets(world: World, outlets: Sequence[Outlet], territories: Sequence[Territory]) -> None:
    scenario = world.scenario
    territory_row = {t.id: k for k, t in enumerate(territories)}
    channel_row = {c: k for k, c in enumerate(world.names.channels)}
    channels = [scenario.retail.channels[o.channel] for o in outlets]
    size = np.array([o.size for o in outlets]) * scenario.outlets.shoppers_per_size_unit
    world.fill("outlet_slot", _slots(world.names.outlets))
    world.fill("outlet_x_km", [o.x_km for o in outlets])
    world.fill("outlet_y_km", [o.y_km for o in outlets])
    world.fill("outlet_channel", [channel_row[o.channel] for o in outlets])
    world.fill("outlet_territory", [territory_row[o.territory] for o in outlets])
    world.fill("outlet_size", size)
    world.fill("outlet_open_day", [o.opening_day for o in outlets])
    world.fill("outlet_class", _classes(size, world.outlet_open_day < 0, scenario.outlets.abc_limits))
    world.fill("outlet_facings", [c.facings for c in channels])
    largest_case = int(world.case_units.max(initial=1))
    room = np.array([c.storage_days for c in channels]) * size
    world.fill("outlet_storage_units", np.maximum(room, 2.0 * largest_case * world.sizes["product"] ** 0.5))
    world.fill("outlet_review_days", [c.review_days for c in channels])
    world.fill("outlet_terms_days", [c.payment_terms_days for c in channels])
    world.fill("outlet_visit_minutes", [c.visit_minutes for c in channels])
    world.is_open[:] = world.outlet_open_day < 0
    world.fill("outlet_closed_day", -1)
    for name in ("last_visit_day", "last_sold_day"):
        world.fill(name, NEVER)
    for name in ("exclusive_company", "order_day", "outlet_advisor"):
        world.fill(name, -1)
    huff_neighbours(world, cKDTree(np.column_stack([world.outlet_x_km, world.outlet_y_km])))


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


def _fill_distributors(world: World, distributors: Sequence[Distributor]) -> None:
    world.fill("distributor_slot", _slots(world.names.distributors))
    world.fill("distributor_company", [d.company for d in distributors])
    world.fill("distributor_territory", [d.territories[0] for d in distributors])
    world.fill("distributor_x_km", [d.x_km for d in distributors])
    world.fill("distributor_y_km", [d.y_km for d in distributors])
    world.fill("distributor_capability", [d.spec.capability for d in distributors])
    world.fill("distributor_potential", [d.spec.potential for d in distributors])
    world.fill("distributor_relation", [d.spec.relation for d in distributors])
    world.fill("service_radius_km", [d.spec.service_radius_km for d in distributors])
    world.fill("is_core", [d.spec.core for d in distributors])
    world.fill("is_contracted", [d.spec.signed for d in distributors])
    world.fill("drops_per_day", [-1 if d.spec.drops_per_day is None else d.spec.drops_per_day for d in distributors])
    world.fill("warehouse_units", [d.spec.warehouse_days for d in distributors])
