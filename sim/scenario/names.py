"""Which names a scenario has: listed ones, and those that its generators will give.

References are checked against these lists before any market is built; `tests/unit/scenario/test_names.py` holds them
equal to what the world really builds.
"""

from __future__ import annotations

from sim.scenario.schema import Scenario
from sim.scenario.schema.company import CompanySpec


def territory_ids(scenario: Scenario) -> list[str]:
    """Return the ids of all territories, listed ones first; repeated when given twice."""
    generator = scenario.territories.generate
    listed = [territory.id for territory in scenario.territories.list]
    return listed + ([f"T{k + 1:02d}" for k in range(generator.n)] if generator else [])


def company_ids(scenario: Scenario) -> list[str]:
    """Return the ids of all companies, ours first, then listed and generated rivals."""
    generator = scenario.rivals.generate
    listed = [scenario.ours.id, *(rival.id for rival in scenario.rivals.list)]
    return listed + ([f"R{k + 1}" for k in range(generator.n)] if generator else [])


def brands_of(company: CompanySpec) -> tuple[str, ...]:
    """Return a company's brands: one named like it when none is stated."""
    return company.brands or (company.id,)


def brand_names(scenario: Scenario) -> list[str]:
    """Return the brands of all companies, in the order of `company_ids`."""
    companies: list[CompanySpec] = [scenario.ours, *scenario.rivals.list]
    listed = [brand for company in companies for brand in brands_of(company)]
    return listed + company_ids(scenario)[len(companies) :]


def product_ids(scenario: Scenario) -> list[str]:
    """Return the ids of all products: listed ones, then the generated range of every brand that lists none."""
    listed = [product.id for product in scenario.products.list]
    generator = scenario.products.generate
    if generator is None:
        return listed
    described = {product.brand for product in scenario.products.list}
    brands = [brand for brand in brand_names(scenario) if brand not in described]
    return listed + [f"{brand}-{k + 1}" for brand in brands for k in range(generator.per_brand)]


def distributor_ids(scenario: Scenario) -> list[str]:
    """Return the ids of all distributors: listed ones, then generated ones of companies that list none."""
    listed = [distributor.id for distributor in scenario.distributors.list]
    generator = scenario.distributors.generate
    if generator is None:
        return listed
    served = {distributor.company or scenario.ours.id for distributor in scenario.distributors.list}
    suffixes = [f"-{k + 1}" for k in range(generator.per_territory)] if generator.per_territory > 1 else [""]
    return listed + [
        f"D-{company}-{territory}{suffix}"
        for company in company_ids(scenario)
        if company not in served
        for territory in territory_ids(scenario)
        for suffix in suffixes
    ]


def switched_off(scenario: Scenario) -> list[str]:
    """Return the names of the mechanisms that are switched off."""
    return [name for name, on in scenario.mechanisms if not on]
