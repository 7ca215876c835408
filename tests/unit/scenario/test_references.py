"""Names must exist, ids must differ, dates and coordinates must fit: each with file, line and nearest name."""

from __future__ import annotations

import pytest

from sim.scenario.load import load_scenario

RUN = "calendar: {start_date: 2026-01-05, duration_days: 365, burn_in_days: 90}\n"
PLACES = "territories: {list: [{id: North, x_km: 0, y_km: 0}, {id: South, x_km: 9, y_km: 0}]}\n"


@pytest.mark.parametrize(
    ("text", "field", "value", "allowed", "nearest"),
    [
        ("territories:\n  list: []\n  generate:\n", "territories", "no territory", "needs a generator", ""),
        ("outlets: {generate: }\n", "outlets", "no outlet", "a census or at least one outlet", ""),
        ("products: {generate: }\n", "products", "no product", "needs a generator", ""),
        (
            "territories: {list: [{id: A, x_km: 0, y_km: 0}, {id: A, x_km: 1, y_km: 0}]}\n",
            "territories.list.1.id",
            "'A'",
            "given twice",
            "",
        ),
        (
            "territories: {generate: {n: 2}, list: [{id: T02, x_km: 0, y_km: 0}]}\n",
            "territories.list.0.id",
            "'T02'",
            "generated ones count too",
            "",
        ),
        (
            "territories: {list: [{id: North, x_km: 0, y_km: 0, adjacent: [Sout]}, {id: South, x_km: 1, y_km: 0}]}\n",
            "territories.list.0.adjacent.0",
            "'Sout'",
            "another territory",
            "South",
        ),
        (
            "territories: {list: [{id: North, x_km: 0, y_km: 0, adjacent: [North]}]}\n",
            "territories.list.0.adjacent.0",
            "'North'",
            "another territory",
            "",
        ),
        (
            "territories: {list: [{id: A, x_km: 0, y_km: 0}, {id: B, lon: 1, lat: 1}]}\n",
            "territories.list.0.x_km",
            "0.0",
            "cannot be mixed",
            "",
        ),
        (
            "territories: {generate: {n: 1}, list: [{id: B, lon: 1, lat: 1}]}\n",
            "territories.generate",
            "generated territories",
            "cannot be mixed",
            "",
        ),
        (
            "territories: {list: [{id: B, lon: 1, lat: 1}]}\n"
            "outlets: {list: [{outlet_id: a, x_km: 1, y_km: 1, size: 1}]}\n",
            "outlets.list.0.x_km",
            "1.0",
            "cannot be mixed",
            "",
        ),
        (
            "territories: {list: [{id: B, lon: 1, lat: 1}]}\n"
            "distributors: {list: [{id: D, territories: [B], x_km: 1, y_km: 1}]}\n",
            "distributors.list.0.x_km",
            "1.0",
            "cannot be mixed",
            "",
        ),
        (
            "territories: {list: [{id: B, lon: 1, lat: 1, polygon: [[0, 0], [400, 0], [0, 1]]}]}\n",
            "territories.list.0.polygon.1",
            "[400, 0]",
            "must be [longitude, latitude]",
            "",
        ),
        (
            "territories: {list: [{id: B, x_km: 1, y_km: 1, polygon: [[0, 0], [1, 1], [2, 2]]}]}\n",
            "territories.list.0.polygon",
            "3 points",
            "must enclose an area",
            "",
        ),
        (
            "outlets: {list: [{outlet_id: a, x_km: 1, y_km: 1, size: 1, channel: supermaket}]}\n",
            "outlets.list.0.channel",
            "'supermaket'",
            "a channel of retail.channels",
            "supermarket",
        ),
        (
            "outlets: {list: [{outlet_id: a, x_km: 1, y_km: 1, size: 1, territory: T1}]}\n",
            "outlets.list.0.territory",
            "'T1'",
            "a territory",
            "T01",
        ),
        (
            "outlets: {list: [{outlet_id: a, x_km: 1, y_km: 1, size: 1}, {outlet_id: a, x_km: 1, y_km: 1, size: 1}]}\n",
            "outlets.list.1.outlet_id",
            "'a'",
            "given twice",
            "",
        ),
        (
            "outlets: {generate: {channel_mix: {traditonal: 1.0}}}\n",
            "outlets.generate.channel_mix.traditonal",
            "'traditonal'",
            "a channel",
            "traditional",
        ),
        ("products: {list: [{id: p, brand: our}]}\n", "products.list.0.brand", "'our'", "a brand of a company", "ours"),
        (
            "products: {list: [{id: p, brand: ours}, {id: p, brand: ours}]}\n",
            "products.list.1.id",
            "'p'",
            "given twice",
            "",
        ),
        ("rivals: {list: [{id: ours}]}\n", "rivals.list.0.id", "'ours'", "given twice", ""),
        ("rivals: {list: [{id: A, brands: [ours]}]}\n", "rivals.list.0.brands", "'ours'", "brand of ours already", ""),
        (
            "distributors: {list: [{id: D, company: our, territories: [T01]}]}\n",
            "distributors.list.0.company",
            "'our'",
            "a company",
            "ours",
        ),
        (
            "territories: {generate: {n: 2}}\ndistributors: {list: [{id: D, territories: [T01, X]}]}\n",
            "distributors.list.0.territories.1",
            "'X'",
            "there: T01, T02",
            "",
        ),
        (
            "distributors: {list: [{id: D, territories: [T01], lon: 104.1, lat: 30.7}]}\n",
            "distributors.list.0.lon",
            "104.1",
            "cannot be mixed with territories in kilometres",
            "",
        ),
        (
            "distributors: {list: [{id: D, territories: [T01], x_km: 1}]}\n",
            "distributors.list.0",
            "{id: 'D', territories: ['T01'], x_km: 1}",
            "both x_km and y_km",
            "",
        ),
        (
            "distributors: {list: [{id: D, territories: [T01]}, {id: D, territories: [T02]}]}\n",
            "distributors.list.1.id",
            "'D'",
            "given twice",
            "",
        ),
        (
            "distributors: {policy: {policy: vendor_managed}}\n",
            "distributors.policy.policy",
            "'vendor_managed'",
            "information_system: true",
            "",
        ),
        (
            "distributors: {list: [{id: D, territories: [T01], policy: {policy: vendor_managed}}]}\n",
            "distributors.list.0.policy.policy",
            "'vendor_managed'",
            "information_system: true",
            "",
        ),
        ("team: {list: [{id: A, territory: T9}]}\n", "team.list.0.territory", "'T9'", "a territory", ""),
        (
            "team: {list: [{id: A, territory: T01}, {id: A, territory: T01}]}\n",
            "team.list.1.id",
            "'A'",
            "given twice",
            "",
        ),
        (
            PLACES + "rivals: {list: [{id: A, absent_from: [Nort]}]}\n",
            "rivals.list.0.absent_from.0",
            "'Nort'",
            "a territory",
            "North",
        ),
        (
            PLACES + "rivals: {list: [{id: A, campaigns: [{first_date: 2026-03-01, territories: [Nort]}]}]}\n",
            "rivals.list.0.campaigns.0.territories.0",
            "'Nort'",
            "a territory",
            "North",
        ),
        (
            RUN + "rivals: {list: [{id: A, campaigns: [{first_date: 2027-03-01}]}]}\n",
            "rivals.list.0.campaigns.0.first_date",
            "2027-03-01",
            "2025-10-07 to 2027-01-04",
            "",
        ),
    ],
)
def test_each_is_named(problems, text, field, value, allowed, nearest):
    found = [p for p in problems(text) if p.field == field]
    assert found, problems(text)
    assert found[0].value == value
    assert allowed in found[0].allowed
    if nearest:
        assert found[0].nearest == nearest
    assert found[0].line > 0


def test_vendor_managed_orders_are_allowed_where_data_are_shared(write):
    shared = "id: D, territories: [T01], information_system: true"
    load_scenario(write(f"distributors: {{list: [{{{shared}, policy: {{policy: vendor_managed}}}}]}}\n"))
    alone = "rivals: {generate: {n: 0}}\n"
    load_scenario(write(alone + f"distributors: {{policy: {{policy: vendor_managed}}, list: [{{{shared}}}]}}\n"))


def test_census_rules(problems, write):
    write("x", "c.csv")
    text = (
        "outlets:\n  census:\n    path: c.csv\n    unknown_channel: traditonal\n    channels:\n      shop: supermaket\n"
    )
    found = {p.field: p for p in problems(text)}
    assert found["outlets.census.unknown_channel"].nearest == "traditional"
    assert (found["outlets.census.channels.shop"].line, found["outlets.census.channels.shop"].nearest) == (
        6,
        "supermarket",
    )
    assert "generated territories lie nowhere" in found["outlets.census"].allowed


def test_broken_references_in_different_sections_come_together_with_their_lines(problems):
    text = (
        "team:\n  list:\n  - {id: A, territory: T9}\n"
        "rivals:\n  list:\n  - id: X\n    absent_from:\n    - T01\n    - T8\n"
    )
    assert [(p.line, p.value) for p in problems(text)] == [(3, "'T9'"), (9, "'T8'")]


def test_generated_names_may_be_used(write):
    text = (
        "territories: {generate: {n: 4}}\nrivals: {generate: {n: 3}}\n"
        "team: {list: [{id: A, territory: T04}]}\n"
        "products: {list: [{id: p, brand: R3}]}\n"
        "distributors: {list: [{id: D, company: R1, territories: [T01]}]}\n"
    )
    assert load_scenario(write(text)).products.list[0].brand == "R3"


@pytest.mark.parametrize("day", ["2025-10-07", "2027-01-04"])
def test_campaigns_may_start_on_the_first_and_on_the_last_day(write, day):
    load_scenario(write(f"{RUN}rivals: {{list: [{{id: A, campaigns: [{{first_date: {day}}}]}}]}}\n"))
