"""Companies, brands, products and distributors of a scenario as plain tables; our company is always the first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.sampling import normal_quantile
from sim.scenario.geography import position_km, projection_of
from sim.scenario.schema import Scenario
from sim.scenario.schema.channel import DistributorSpec
from sim.scenario.schema.company import CompanySpec, RivalSpec
from sim.scenario.schema.consumers import ProductSpec
from sim.streams import DecisionPoint, key_of, slot_of, uniform
from sim.world.setup.places import Territory


def companies_of(scenario: Scenario) -> list[CompanySpec]:
    """Return our company, then the rivals."""
    rivals: list[CompanySpec] = list(scenario.rivals.list)
    generator = scenario.rivals.generate
    if generator is not None:
        for k in range(generator.n):
            step = k / max(1, generator.n - 1)
            appeal = generator.appeal_first + step * (generator.appeal_last - generator.appeal_first)
            rivals.append(RivalSpec(id=f"R{k + 1}", name=f"Rival {k + 1}", appeal=appeal))
    return [scenario.ours, *rivals]


def brands_of(company: CompanySpec) -> tuple[str, ...]:
    """Return the company's brands; one named like it when none is stated."""
    return company.brands or (company.id,)


@dataclass(frozen=True)
class Product:
    """A product with its owner."""

    spec: ProductSpec
    company: int
    launch_day: int


def products_of(scenario: Scenario, companies: Sequence[CompanySpec]) -> list[Product]:
    """Return all products, by company and in the order of the scenario."""
    owner = {brand: c for c, company in enumerate(companies) for brand in brands_of(company)}
    specs = list(scenario.products.list)
    generator = scenario.products.generate
    if generator is not None:
        described = {spec.brand for spec in specs}
        for company in companies:
            for brand in brands_of(company):
                if brand not in described:
                    specs += [_generated_product(company, brand, k, scenario) for k in range(generator.per_brand)]
    burn_in = scenario.calendar.burn_in_days
    products = [
        Product(s, owner[s.brand], -1 if s.launch_day is None else max(-1, s.launch_day + burn_in)) for s in specs
    ]
    return sorted(products, key=lambda p: p.company)


def _generated_product(company: CompanySpec, brand: str, k: int, scenario: Scenario) -> ProductSpec:
    generator = scenario.products.generate
    assert generator is not None
    factor = company.price_factor * (1.0 + generator.price_step * k)
    base = ProductSpec(id="x", brand=brand)
    return ProductSpec(
        id=f"{brand}-{k + 1}",
        name=f"{brand} {k + 1}",
        brand=brand,
        appeal=company.appeal + generator.size_appeal_step * k,
        factory_cost_cents=round(base.factory_cost_cents * (1.0 + generator.price_step * k)),
        list_price_cents=round(base.list_price_cents * factor),
        trade_price_cents=round(base.trade_price_cents * factor),
        retail_price_cents=round(base.retail_price_cents * factor),
        usual_price_cents=round(base.retail_price_cents * (1.0 + generator.price_step * k)),
    )


@dataclass(frozen=True)
class Distributor:
    """A distributor placed on the map."""

    spec: DistributorSpec
    company: int
    territories: tuple[int, ...]
    x_km: float
    y_km: float


def distributors_of(
    scenario: Scenario, companies: Sequence[CompanySpec], territories: Sequence[Territory]
) -> list[Distributor]:
    """Return all distributors, by company and in the order of the scenario."""
    company_row = {c.id: k for k, c in enumerate(companies)}
    territory_row = {t.id: k for k, t in enumerate(territories)}
    specs = [(company_row[s.company or companies[0].id], s) for s in scenario.distributors.list]
    generator = scenario.distributors.generate
    if generator is not None:
        served = {c for c, _ in specs}
        for c, company in enumerate(companies):
            if c in served:
                continue
            for territory in territories:
                specs += [
                    (c, _generated_distributor(scenario, company, territory, k)) for k in range(generator.per_territory)
                ]
    placed = []
    for c, spec in specs:
        rows = tuple(territory_row[t] for t in spec.territories)
        home = territories[rows[0]]
        u = [
            float(uniform(key_of(scenario.seed, 0, DecisionPoint.BUILD_DISTRIBUTOR, 1), slot_of(spec.id), k))
            for k in (0, 1)
        ]
        near_centre = (
            home.x_km + 0.3 * home.radius_km * (u[0] - 0.5),
            home.y_km + 0.3 * home.radius_km * (u[1] - 0.5),
        )
        x, y = position_km(spec, projection_of(scenario)) or near_centre
        placed.append(Distributor(spec, c, rows, x, y))
    return sorted(placed, key=lambda d: d.company)


def _generated_distributor(scenario: Scenario, company: CompanySpec, territory: Territory, k: int) -> DistributorSpec:
    generator = scenario.distributors.generate
    assert generator is not None
    identifier = f"D-{company.id}-{territory.id}" + (f"-{k + 1}" if generator.per_territory > 1 else "")
    key = key_of(scenario.seed, 0, DecisionPoint.BUILD_DISTRIBUTOR, 0)
    z = float(normal_quantile(uniform(key, slot_of(identifier), 0)))
    return DistributorSpec(
        id=identifier,
        name=f"{company.name or company.id}, {territory.name}",
        company=company.id,
        territories=(territory.id,),
        capability=float(np.clip(generator.capability_mean + generator.capability_sd * z, 0.0, 1.0)),
        potential=float(uniform(key, slot_of(identifier), 1)),
    )
