from __future__ import annotations

import json
from pathlib import Path

import pytest

from sim.errors import InputError
from sim.scenario.describe import explain, json_schema, reference
from sim.scenario.schema.common import parts_of_domain, quantity

ROOT = Path(__file__).parents[3]


class TestExplain:
    def test_a_number(self):
        assert explain("team.visit.speed_km_per_hour").splitlines() == [
            "team.visit.speed_km_per_hour",
            "  Travel speed, stops included.",
            "  type: a number",
            "  unit: km/h",
            "  bounds: greater than 0 and at most 200",
            "  default: 25.0",
            "  source: assumption",
        ]

    def test_a_source(self):
        assert "source: Gruen, Corsten & Bharadwaj 2002" in explain("consumers.stock_out.later")

    def test_a_choice_names_its_words(self):
        assert "type: one of class, need, coverage, habit" in explain("team.visit.plan")

    def test_a_field_that_may_be_empty(self):
        text = explain("products.list.launch_day")
        assert "type: a whole number, or empty" in text
        assert "bounds: at least -1460 and at most 3660" in text
        assert "default: absent" in text

    def test_a_required_field(self):
        assert "default: none, it must be given" in explain("products.list.0.brand")

    def test_a_list_of_fixed_length(self):
        assert "length: exactly 12" in explain("category.season")

    def test_a_section_lists_its_fields(self):
        text = explain("team.turnover")
        assert "Leaving and hiring." in text
        assert "    hiring_delay_days [days]: Days from vacancy to a new advisor." in text

    def test_a_list_lists_the_fields_of_its_items(self):
        assert "    share: Share of shoppers, market average." in explain("consumers.segments")

    @pytest.mark.parametrize("path", ["retail.channels.kiosk.facings", "retail.channels.facings"])
    def test_a_mapping_of_names_may_be_stepped_into(self, path):
        assert "Facings for the category." in explain(path)

    def test_the_whole_scenario(self):
        assert "    mechanisms: Switches." in explain("")

    @pytest.mark.parametrize("key", ["base", "overrides", "apply"])
    def test_the_keys_of_the_file(self, key):
        assert len(explain(key).splitlines()) == 2

    @pytest.mark.parametrize(
        ("path", "nearest"),
        [
            ("team.vist", "team.visit"),
            ("tem", "team"),
            ("team.visit.speed", ""),
            ("products.list.0.brnd", "products.list.0.brand"),
            ("seed.x", ""),
        ],
    )
    def test_unknown_fields_have_a_nearest(self, path, nearest):
        with pytest.raises(InputError) as caught:
            explain(path)
        assert caught.value.problems[0].nearest == nearest


class TestJsonSchema:
    def test_it_knows_the_keys_of_the_file(self):
        schema = json_schema()
        assert {"base", "overrides", "apply", "team"} <= schema["properties"].keys()
        assert schema["additionalProperties"] is False
        assert "base" not in schema["$defs"]["OverrideBlock"]["properties"]
        json.dumps(schema)

    def test_fields_carry_description_bounds_and_unit(self):
        speed = json_schema()["$defs"]["VisitSpec"]["properties"]["speed_km_per_hour"]
        assert speed["description"] == "Travel speed, stops included."
        assert (speed["exclusiveMinimum"], speed["maximum"], speed["unit"]) == (0, 200, "km/h")

    def test_every_reference_leads_somewhere(self):
        schema = json_schema()
        names = {part.split('"')[0] for part in json.dumps(schema).split("#/$defs/")[1:]}
        assert names <= schema["$defs"].keys()


def test_the_committed_reference_is_current():
    committed = (ROOT / "docs" / "scenario-reference.md").read_text(encoding="utf-8")
    assert committed == reference(), "run `make reference`"


def test_the_reference_has_every_section():
    text = reference()
    for heading in ("## scenario", "## team.visit", "## retail.channels.*", "## rivals.list.*.campaigns.*"):
        assert f"\n{heading}\n" in text


def test_every_field_says_what_it_is_and_where_its_default_comes_from():
    rows = [line for line in reference().splitlines() if line.startswith("| `")]
    assert len(rows) > 250
    for row in rows:
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        assert cells[-1], row
        assert cells[-2], row


@pytest.mark.parametrize(
    ("domain", "bounds", "unit"),
    [
        ("(0, 200] km/h", {"gt": 0, "le": 200}, "km/h"),
        ("[-0.5, 1e6) cents", {"ge": -0.5, "lt": 1_000_000}, "cents"),
        ("[0, 1]", {"ge": 0, "le": 1}, "1"),
        ("shoppers/day per size unit", {}, "shoppers/day per size unit"),
        ("-", {}, "-"),
    ],
)
def test_a_domain_says_bounds_and_unit(domain, bounds, unit):
    assert parts_of_domain(domain) == (bounds, unit)
    short, long = quantity(1, "x", domain), quantity(1, "x", unit=unit, **bounds)
    assert (short.metadata, short.json_schema_extra) == (long.metadata, long.json_schema_extra)
