"""Names as people know them, for ids as tables have them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sim.metrics.catalogue import KPIS
from sim.report.frames import Result, ours, table
from sim.report.style import brand_colours, short


def geography_names(result: Result, kind: str) -> dict[str, str]:
    """Return id → name of the territories, distributors or advisors' homes."""
    places = table(result, "geography", ["kind", "id", "name"])
    rows = places[places["kind"] == kind]
    return {
        str(i): str(n) if isinstance(n, str) and n else str(i) for i, n in zip(rows["id"], rows["name"], strict=True)
    }


def territory_names(result: Result) -> dict[str, str]:
    """Return territory id → name, in the order of the geography, with any that only the tables know at the end."""
    named = geography_names(result, "territory")
    market = table(result, "market", ["territory"])
    return named | {str(t): str(t) for t in market["territory"].unique() if str(t) not in named}


def company_names(result: Result) -> dict[str, str]:
    """Return company id → name."""
    known = {result.scenario.ours.id: result.scenario.ours.name or result.scenario.ours.id}
    for rival in result.scenario.rivals.list:
        known[rival.id] = rival.name or rival.id
    constants = table(result, "constants", ["company"])
    return known | {str(c): str(c) for c in constants["company"].unique() if str(c) not in known}


def advisor_names(result: Result) -> dict[str, str]:
    """Return advisor id → name; people of one name are told apart by their id."""
    known = geography_names(result, "advisor_home")
    known |= {a.id: a.name for a in result.scenario.team.list if a.name}
    advisor = table(result, "advisor", ["advisor"])
    known = {str(a): str(a) for a in advisor["advisor"].unique()} | known
    twice = {name for name, count in Counter(known.values()).items() if count > 1}
    return {a: f"{name} ({a})" if name in twice else name for a, name in known.items()}


def brand_companies(result: Result) -> dict[str, str]:
    """Return brand → company, ours first, then by units sold."""
    market = table(result, "market", ["brand", "company", "sell_out_units"])
    if not len(market):
        constants = table(result, "constants", ["brand", "company"])
        return {str(b): str(c) for b, c in zip(constants["brand"], constants["company"], strict=True)}
    sold = market.groupby(["brand", "company"], observed=True)["sell_out_units"].sum().reset_index()
    sold["rival"] = sold["company"] != ours(result)
    sold = sold.sort_values(["rival", "sell_out_units", "brand"], ascending=[True, False, True])
    return {str(b): str(c) for b, c in zip(sold["brand"], sold["company"], strict=True)}


def our_brands(result: Result) -> list[str]:
    """Return our brands, the largest first."""
    return [b for b, c in brand_companies(result).items() if c == ours(result)]


def brand_labels(result: Result) -> dict[str, str]:
    """Return brand → label; ours says so, and a company's name is added where it differs from the brand's."""
    companies = company_names(result)
    labels = {}
    for brand, company in brand_companies(result).items():
        owner = companies.get(company, company)
        extra = "ours" if company == ours(result) else ("" if owner == brand else owner)
        labels[brand] = short(f"{brand} ({extra})" if extra and extra != brand else brand, 26)
    return labels


def colours(result: Result) -> dict[str, str]:
    """Return brand → colour, the same in every picture of a result."""
    return brand_colours(our_brands(result), list(brand_companies(result)))


@dataclass(frozen=True)
class Look:
    """How brands appear in a picture.

    Attributes
    ----------
    order : brands, ours first, then rivals by units sold.
    ours : our brands.
    labels : brand → label.
    colours : brand → colour.
    """

    order: tuple[str, ...]
    ours: tuple[str, ...]
    labels: dict[str, str]
    colours: dict[str, str]


def look(result: Result) -> Look:
    """Return the look of a result's brands, found once for a picture that needs it many times."""
    order = tuple(brand_companies(result))
    return Look(order, tuple(our_brands(result)), brand_labels(result), colours(result))


def kpi_unit(name: str, currency: str) -> str:
    """Return the unit of a KPI; money is in the scenario's currency."""
    return KPIS[name].unit.replace("currency", currency)


def kpi_words(name: str) -> str:
    """Return a KPI's name as words: `days_of_stock_outlet` becomes `Days of stock outlet`."""
    words = name.replace("_", " ")
    return words[:1].upper() + words[1:]
