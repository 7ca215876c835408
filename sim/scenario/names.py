"""Which names a scenario has: listed ones, and those that its generators will give; and its market in a few lines.

References are checked against these lists before any market is built; `tests/unit/scenario/test_names.py` holds them
equal to what the world really builds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

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
    """Return the names of the mechanisms that are on by default and switched off here."""
    usual = type(scenario.mechanisms).model_fields
    return [name for name, on in scenario.mechanisms if usual[name].default and not on]


def market_summary(scenario: Scenario) -> list[str]:
    """Describe the market of a scenario, census included.

    Raises
    ------
    InputError
        When the census cannot be used.
    """
    return [f"{label + ':':<14}{text}" for label, text in _lines(scenario)]


def _lines(scenario: Scenario) -> Iterator[tuple[str, str]]:
    calendar = scenario.calendar
    yield "scenario", scenario.name
    days = f"{calendar.duration_days} from {calendar.start_date}, after {calendar.burn_in_days} days of burn-in"
    yield "days", days
    yield "territories", f"{len(territory_ids(scenario))}, {_population(scenario)}"
    yield from _outlet_lines(scenario)
    yield "products", f"{len(product_ids(scenario))} of {len(brand_names(scenario))} brands"
    yield "companies", ", ".join(company_ids(scenario))
    yield "distributors", str(len(distributor_ids(scenario)))
    yield "advisors", str(_advisors(scenario))
    yield "replications", f"{scenario.replications}, seed {scenario.seed}"
    yield "switched off", ", ".join(switched_off(scenario)) or "nothing"


def _population(scenario: Scenario) -> str:
    listed = sum(territory.population for territory in scenario.territories.list)
    generator = scenario.territories.generate
    parts = [f"population {listed:,.0f}"] if scenario.territories.list else []
    if generator is not None:
        parts.append(f"about {generator.population_median:,.0f} people in each generated one")
    return ", ".join(parts)


def _outlet_lines(scenario: Scenario) -> Iterator[tuple[str, str]]:
    outlets = scenario.outlets
    parts = [f"{len(outlets.list):,} listed"] if outlets.list else []
    if outlets.generate is not None:
        parts.append(f"{outlets.generate.n:,} generated")
    notes: tuple[object, ...] = ()
    channels = ""
    if outlets.census is not None:
        from sim.scenario.census import load_census

        table = load_census(outlets.census, scenario)
        parts.append(f"{len(table.frame):,} from {outlets.census.path}")
        channels = ", ".join(f"{name} {n:,}" for name, n in Counter(table.frame["channel"]).most_common())
        notes = table.notes
    yield "outlets", ", ".join(parts)
    if channels:
        yield "channels", channels
    for note in notes:
        yield "census", str(note)


def _advisors(scenario: Scenario) -> int:
    if not scenario.mechanisms.advisors:
        return 0
    generator = scenario.team.generate
    return len(scenario.team.list) + (generator.n if generator is not None else 0)
