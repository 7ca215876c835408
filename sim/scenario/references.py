"""Checks across sections: names that must exist, ids that must differ, dates and coordinates that must fit together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sim.errors import Problem, nearest_name
from sim.scenario.document import Entry, FieldPath, dotted
from sim.scenario.geography import encloses
from sim.scenario.names import brand_names, brands_of, company_ids, distributor_ids, product_ids, territory_ids
from sim.scenario.schema import Scenario
from sim.scenario.schema.channel import DistributorPolicy
from sim.scenario.schema.common import Placed
from sim.scenario.schema.company import CompanySpec

SHOWN_NAMES = 12


@dataclass(frozen=True)
class Finding:
    """Something that does not fit, before it is given its file and line."""

    path: FieldPath
    value: str
    allowed: str
    nearest: str = ""


def reference_problems(scenario: Scenario, tree: Entry) -> list[Problem]:
    """Return every problem between the sections of a scenario, with the mark of the field that has it."""
    problems = []
    for check in CHECKS:
        for found in check(scenario):
            mark = tree.mark_of(found.path)
            problems.append(mark.problem(dotted(found.path), found.value, found.allowed, found.nearest))
    return problems


def _territories(scenario: Scenario) -> Iterator[Finding]:
    ids = territory_ids(scenario)
    if not ids:
        yield Finding(("territories",), "no territory", "needs a generator or at least one territory in the list")
    yield from _repeated(
        ids, len(scenario.territories.list), lambda k: ("territories", "list", k, "id"), "territory id"
    )
    for k, territory in enumerate(scenario.territories.list):
        place: FieldPath = ("territories", "list", k, "adjacent")
        others = [name for name in ids if name != territory.id]
        yield from _unknown(territory.adjacent or (), others, place, "another territory")


def _coordinates(scenario: Scenario) -> Iterator[Finding]:
    """Degrees and kilometres cannot be mixed: nothing says where the one's zero lies in the other."""
    listed = scenario.territories.list
    in_degrees = any(territory.lon is not None for territory in listed)
    if in_degrees and scenario.territories.generate is not None:
        rule = "kilometres cannot be mixed with territories in longitude and latitude"
        yield Finding(("territories", "generate"), "generated territories", rule)
    sections: tuple[tuple[str, Sequence[Placed]], ...] = (
        ("territories", listed), ("outlets", scenario.outlets.list), ("distributors", scenario.distributors.list)
    )  # fmt: skip
    for section, places in sections:
        for k, place in enumerate(places):
            if in_degrees and place.x_km is not None:
                rule = "kilometres cannot be mixed with territories in longitude and latitude"
                yield Finding((section, "list", k, "x_km"), str(place.x_km), rule)
            elif not in_degrees and place.lon is not None:
                rule = "longitude and latitude cannot be mixed with territories in kilometres"
                yield Finding((section, "list", k, "lon"), str(place.lon), rule)


def _polygons(scenario: Scenario) -> Iterator[Finding]:
    for k, territory in enumerate(scenario.territories.list):
        points = territory.polygon or ()
        path: FieldPath = ("territories", "list", k, "polygon")
        if points and not encloses(points):
            yield Finding(path, f"{len(points)} points", "must enclose an area")
        for j, (lon, lat) in enumerate(points if territory.lon is not None else ()):
            if not (-180 <= lon <= 180 and -85 <= lat <= 85):
                allowed = "must be [longitude, latitude] within 180 and 85 degrees"
                yield Finding((*path, j), f"[{lon:g}, {lat:g}]", allowed)


def _outlets(scenario: Scenario) -> Iterator[Finding]:
    outlets = scenario.outlets
    if outlets.generate is None and outlets.census is None and not outlets.list:
        yield Finding(("outlets",), "no outlet", "needs a generator, a census or at least one outlet in the list")
    ids = [outlet.outlet_id for outlet in outlets.list]
    yield from _repeated(ids, len(ids), lambda k: ("outlets", "list", k, "outlet_id"), "outlet_id")
    channels, territories = list(scenario.retail.channels), territory_ids(scenario)
    for k, outlet in enumerate(outlets.list):
        yield from _unknown_name(
            outlet.channel, channels, ("outlets", "list", k, "channel"), "a channel of retail.channels"
        )
        if outlet.territory:
            yield from _unknown_name(outlet.territory, territories, ("outlets", "list", k, "territory"), "a territory")
    if outlets.generate is not None:
        for name in outlets.generate.channel_mix:
            place: FieldPath = ("outlets", "generate", "channel_mix", name)
            yield from _unknown_name(name, channels, place, "a channel of retail.channels")


def _census(scenario: Scenario) -> Iterator[Finding]:
    census = scenario.outlets.census
    if census is None:
        return
    channels = list(scenario.retail.channels)
    for theirs, name in census.channels.items():
        yield from _unknown_name(
            name, channels, ("outlets", "census", "channels", theirs), "a channel of retail.channels"
        )
    if census.unknown_channel not in {"error", "drop"}:
        known = ["error", "drop", *channels]
        yield from _unknown_name(
            census.unknown_channel, known, ("outlets", "census", "unknown_channel"), "a rule or channel"
        )
    if not scenario.territories.list:
        allowed = "a census needs territories.list: generated territories lie nowhere on a map"
        yield Finding(("outlets", "census"), "generated territories", allowed)


def _companies(scenario: Scenario) -> Iterator[Finding]:
    companies: list[CompanySpec] = [scenario.ours, *scenario.rivals.list]
    yield from _repeated(company_ids(scenario), len(companies), lambda k: _company_path(k, "id"), "company id")
    owner: dict[str, str] = {}
    for k, company in enumerate(companies):
        for brand in brands_of(company):
            if brand in owner:
                allowed = f"is a brand of {owner[brand]} already; brands must differ"
                yield Finding(_company_path(k, "brands"), f"'{brand}'", allowed)
            owner.setdefault(brand, company.id)


def _company_path(k: int, name: str) -> FieldPath:
    return ("ours", name) if k == 0 else ("rivals", "list", k - 1, name)


def _products(scenario: Scenario) -> Iterator[Finding]:
    ids = product_ids(scenario)
    if not ids:
        yield Finding(("products",), "no product", "needs a generator or at least one product in the list")
    yield from _repeated(ids, len(scenario.products.list), lambda k: ("products", "list", k, "id"), "product id")
    brands = brand_names(scenario)
    for k, product in enumerate(scenario.products.list):
        yield from _unknown_name(product.brand, brands, ("products", "list", k, "brand"), "a brand of a company")


def _distributors(scenario: Scenario) -> Iterator[Finding]:
    listed = scenario.distributors.list
    yield from _repeated(
        distributor_ids(scenario), len(listed), lambda k: ("distributors", "list", k, "id"), "distributor id"
    )
    territories, companies = territory_ids(scenario), company_ids(scenario)
    for k, distributor in enumerate(listed):
        here: FieldPath = ("distributors", "list", k)
        if distributor.company:
            yield from _unknown_name(distributor.company, companies, (*here, "company"), "a company")
        yield from _unknown(distributor.territories, territories, (*here, "territories"), "a territory")


def _vendor_managed(scenario: Scenario) -> Iterator[Finding]:
    """Vendor-managed orders are set from shared data, and generated distributors share none."""
    section = scenario.distributors
    for k, distributor in enumerate(section.list):
        if distributor.policy is not None and not distributor.information_system:
            yield from _needs_data(distributor.policy, ("distributors", "list", k, "policy", "policy"))
    blind = any(d.policy is None and not d.information_system for d in section.list)
    if blind or len(distributor_ids(scenario)) > len(section.list):
        yield from _needs_data(section.policy, ("distributors", "policy", "policy"))


def _needs_data(policy: DistributorPolicy, path: FieldPath) -> Iterator[Finding]:
    if policy.policy == "vendor_managed":
        rule = "needs shared data: every distributor with this policy must have `information_system: true`"
        yield Finding(path, f"'{policy.policy}'", rule)


def _advisors(scenario: Scenario) -> Iterator[Finding]:
    listed = scenario.team.list
    yield from _repeated([a.id for a in listed], len(listed), lambda k: ("team", "list", k, "id"), "advisor id")
    territories = territory_ids(scenario)
    for k, advisor in enumerate(listed):
        yield from _unknown_name(advisor.territory, territories, ("team", "list", k, "territory"), "a territory")


def _rivals(scenario: Scenario) -> Iterator[Finding]:
    territories = territory_ids(scenario)
    first = scenario.calendar.start_date - timedelta(days=scenario.calendar.burn_in_days)
    last = scenario.calendar.start_date + timedelta(days=scenario.calendar.duration_days - 1)
    for k, rival in enumerate(scenario.rivals.list):
        here: FieldPath = ("rivals", "list", k)
        yield from _unknown(rival.absent_from, territories, (*here, "absent_from"), "a territory")
        for j, campaign in enumerate(rival.campaigns):
            place: FieldPath = (*here, "campaigns", j)
            yield from _unknown(campaign.territories, territories, (*place, "territories"), "a territory")
            if not first <= campaign.first_date <= last:
                allowed = f"must be within the run, {first} to {last} (burn-in included)"
                yield Finding((*place, "first_date"), str(campaign.first_date), allowed)


CHECKS: tuple[Callable[[Scenario], Iterator[Finding]], ...] = (
    _territories,
    _coordinates,
    _polygons,
    _outlets,
    _census,
    _companies,
    _products,
    _distributors,
    _vendor_managed,
    _advisors,
    _rivals,
)


def _repeated(ids: list[str], n_listed: int, path: Callable[[int], FieldPath], what: str) -> Iterator[Finding]:
    """Report ids that come again; where a generated one comes again, at the listed one that took its name."""
    first: dict[str, int] = {}
    for k, name in enumerate(ids):
        if name in first:
            place = path(k if k < n_listed else first[name])
            yield Finding(place, f"'{name}'", f"the {what} is given twice (generated ones count too)")
        first.setdefault(name, k)


def _unknown(names: Iterable[str], valid: list[str], path: FieldPath, what: str) -> Iterator[Finding]:
    for k, name in enumerate(names):
        yield from _unknown_name(name, valid, (*path, k), what)


def _unknown_name(name: str, valid: list[str], path: FieldPath, what: str) -> Iterator[Finding]:
    if name in valid:
        return
    nearest = nearest_name(name, valid)
    more = ", …" if len(valid) > SHOWN_NAMES else ""
    known = "" if nearest else f"; there: {', '.join(valid[:SHOWN_NAMES])}{more}"
    yield Finding(path, f"'{name}'", f"must be {what}{known}", nearest)
