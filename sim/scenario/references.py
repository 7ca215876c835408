"""Checks across sections: names that must exist, ids that must differ, dates and coordinates that must fit together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sim.errors import Problem, nearest_name
from sim.scenario.document import Entry, FieldPath, dotted
from sim.scenario.geography import encloses
from sim.scenario.leads import loop_gain
from sim.scenario.names import brand_names, brands_of, company_ids, distributor_ids, product_ids, territory_ids
from sim.scenario.schema import Scenario
from sim.scenario.schema.channel import DistributorPolicy
from sim.scenario.schema.common import Placed
from sim.scenario.schema.company import CompanySpec

SHOWN_NAMES = 12
NamesOf = Callable[[Scenario], list[str]]


def _channels(scenario: Scenario) -> list[str]:
    return list(scenario.retail.channels)


A_CHANNEL, A_TERRITORY = "a channel of retail.channels", "a territory"
NAMES: tuple[tuple[str, NamesOf, str], ...] = (
    ("outlets.list.*.channel", _channels, A_CHANNEL),
    ("outlets.list.*.territory?", territory_ids, A_TERRITORY),
    ("outlets.generate.channel_mix.keys", _channels, A_CHANNEL),
    ("outlets.census.channels.*", _channels, A_CHANNEL),
    ("products.list.*.brand", brand_names, "a brand of a company"),
    ("distributors.list.*.company?", company_ids, "a company"),
    ("distributors.list.*.territories.*", territory_ids, A_TERRITORY),
    ("team.list.*.territory", territory_ids, A_TERRITORY),
    ("ours.absent_from.*", territory_ids, A_TERRITORY),
    ("rivals.list.*.absent_from.*", territory_ids, A_TERRITORY),
    ("rivals.list.*.campaigns.*.territories.*", territory_ids, A_TERRITORY),
)
"""Fields that name something, the names that there are, and what they are. A star is every item, `keys` every key of a
mapping; a field with a question mark may be empty."""

IDS: tuple[tuple[str, NamesOf, str], ...] = (
    ("territories.list.*.id", territory_ids, "territory id"),
    ("outlets.list.*.outlet_id", lambda scenario: [outlet.outlet_id for outlet in scenario.outlets.list], "outlet_id"),
    ("products.list.*.id", product_ids, "product id"),
    ("distributors.list.*.id", distributor_ids, "distributor id"),
    ("team.list.*.id", lambda scenario: [advisor.id for advisor in scenario.team.list], "advisor id"),
)
"""Fields whose values must differ, all ids (listed ones, then generated ones), and what they are."""


@dataclass(frozen=True)
class Finding:
    """Something that does not fit, before it is given its file and line."""

    path: FieldPath
    value: str
    allowed: str
    nearest: str = ""


def reference_problems(scenario: Scenario, tree: Entry) -> list[Problem]:
    """Return every problem between the sections of a scenario, with the mark of the field that has it."""
    checks = (
        _something,
        _ids,
        _names,
        _neighbours,
        _coordinates,
        _polygons,
        _census,
        _companies,
        _vendor_managed,
        _campaigns,
        _posts,
        _leads_decay,
    )
    return [
        tree.mark_of(found.path).problem(dotted(found.path), found.value, found.allowed, found.nearest)
        for check in checks
        for found in check(scenario)
    ]


def _at(value: Any, parts: Sequence[str], path: FieldPath = ()) -> Iterator[tuple[FieldPath, Any]]:
    """Yield every value at a path with stars, and its own path; nothing where a part of it is absent."""
    if not parts:
        yield path, value
    elif parts[0] == "*":
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _at(item, parts[1:], (*path, key))
    elif parts[0] == "keys":
        yield from (((*path, key), key) for key in value)
    elif (child := getattr(value, parts[0])) is not None:
        yield from _at(child, parts[1:], (*path, parts[0]))


def _something(scenario: Scenario) -> Iterator[Finding]:
    outlets = scenario.outlets
    if not territory_ids(scenario):
        yield Finding(("territories",), "no territory", "needs a generator or at least one territory in the list")
    if outlets.generate is None and outlets.census is None and not outlets.list:
        yield Finding(("outlets",), "no outlet", "needs a generator, a census or at least one outlet in the list")
    if not product_ids(scenario):
        yield Finding(("products",), "no product", "needs a generator or at least one product in the list")


def _ids(scenario: Scenario) -> Iterator[Finding]:
    for pattern, ids_of, what in IDS:
        yield from _repeated(ids_of(scenario), [path for path, _ in _at(scenario, pattern.split("."))], what)


def _repeated(ids: list[str], paths: list[FieldPath], what: str) -> Iterator[Finding]:
    """Report ids that come again; where a generated one comes again, at the listed one that took its name.

    Two generated ones are alike only where what they are made of is, which is reported there.
    """
    first: dict[str, int] = {}
    for k, name in enumerate(ids):
        listed = k if k < len(paths) else first.get(name, k)
        if name in first and listed < len(paths):
            yield Finding(paths[listed], f"'{name}'", f"the {what} is given twice (generated ones count too)")
        first.setdefault(name, k)


def _names(scenario: Scenario) -> Iterator[Finding]:
    for pattern, names_of, what in NAMES:
        for path, name in _at(scenario, pattern.removesuffix("?").split(".")):
            if name or not pattern.endswith("?"):
                yield from _unknown(name, names_of(scenario), path, what)


def _unknown(name: str, valid: list[str], path: FieldPath, what: str) -> Iterator[Finding]:
    if name in valid:
        return
    nearest = nearest_name(name, valid)
    more = ", …" if len(valid) > SHOWN_NAMES else ""
    known = "" if nearest else f"; there: {', '.join(valid[:SHOWN_NAMES])}{more}"
    yield Finding(path, f"'{name}'", f"must be {what}{known}", nearest)


def _neighbours(scenario: Scenario) -> Iterator[Finding]:
    for k, territory in enumerate(scenario.territories.list):
        others = [name for name in territory_ids(scenario) if name != territory.id]
        for j, name in enumerate(territory.adjacent or ()):
            yield from _unknown(name, others, ("territories", "list", k, "adjacent", j), "another territory")


def _coordinates(scenario: Scenario) -> Iterator[Finding]:
    """Degrees and kilometres cannot be mixed: nothing says where the one's zero lies in the other."""
    listed = scenario.territories.list
    in_degrees = any(territory.lon is not None for territory in listed)
    no_km = "kilometres cannot be mixed with territories in longitude and latitude"
    if in_degrees and scenario.territories.generate is not None:
        yield Finding(("territories", "generate"), "generated territories", no_km)
    sections: dict[str, Sequence[Placed]] = {
        "territories": listed,
        "outlets": scenario.outlets.list,
        "distributors": scenario.distributors.list,
    }
    for section, places in sections.items():
        for k, place in enumerate(places):
            if in_degrees and place.x_km is not None:
                yield Finding((section, "list", k, "x_km"), str(place.x_km), no_km)
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


def _census(scenario: Scenario) -> Iterator[Finding]:
    census = scenario.outlets.census
    if census is None:
        return
    rules = ["error", "drop", *scenario.retail.channels]
    yield from _unknown(census.unknown_channel, rules, ("outlets", "census", "unknown_channel"), "a rule or channel")
    if not scenario.territories.list:
        allowed = "a census needs territories.list: generated territories lie nowhere on a map"
        yield Finding(("outlets", "census"), "generated territories", allowed)


def _companies(scenario: Scenario) -> Iterator[Finding]:
    companies: list[CompanySpec] = [scenario.ours, *scenario.rivals.list]
    places: list[FieldPath] = [("ours",), *(("rivals", "list", k) for k in range(len(scenario.rivals.list)))]
    yield from _repeated(company_ids(scenario), [(*place, "id") for place in places], "company id")
    owner: dict[str, str] = {}
    for company, place in zip(companies, places, strict=True):
        for brand in brands_of(company):
            if brand in owner:
                allowed = f"is a brand of {owner[brand]} already; brands must differ"
                yield Finding((*place, "brands"), f"'{brand}'", allowed)
            owner.setdefault(brand, company.id)


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


def _campaigns(scenario: Scenario) -> Iterator[Finding]:
    first = scenario.calendar.start_date - timedelta(days=scenario.calendar.burn_in_days)
    last = scenario.calendar.start_date + timedelta(days=scenario.calendar.duration_days - 1)
    for path, day in _at(scenario, ("rivals", "list", "*", "campaigns", "*", "first_date")):
        if not first <= day <= last:
            yield Finding(path, str(day), f"must be within the run, {first} to {last} (burn-in included)")


def _posts(scenario: Scenario) -> Iterator[Finding]:
    for k, advisor in enumerate(scenario.team.list):
        if advisor.territory in scenario.ours.absent_from:
            rule = "must be ground that is open to us: `ours.absent_from` names it"
            yield Finding(("team", "list", k, "territory"), f"'{advisor.territory}'", rule)


def _leads_decay(scenario: Scenario) -> Iterator[Finding]:
    """A lead that grows by itself for ever is no market; every loop counts, habit and word of mouth as well."""
    gain = loop_gain(scenario) if scenario.mechanisms.lasting_leads else 0.0
    if gain >= 1.0:
        rule = (
            "must be below 1, or leads grow by themselves: lower leads.capital_weight, leads.follow_neighbours, "
            "leads.space_by_sales, or the habit_weight of the segments"
        )
        yield Finding(("leads",), f"a loop gain of {gain:.2f}", rule)
