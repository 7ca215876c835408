"""A few lines that say which market a scenario asks for; `arsim check` prints them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sim.scenario.names import brand_names, company_ids, distributor_ids, product_ids, switched_off, territory_ids
from sim.scenario.schema import Scenario


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
