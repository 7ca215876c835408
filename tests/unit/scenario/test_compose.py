from __future__ import annotations

from pathlib import Path

import pytest

from sim.errors import InputError
from sim.scenario.compose import merge
from sim.scenario.document import parse_yaml
from sim.scenario.load import load_scenario


def problems_at(file: str):
    with pytest.raises(InputError) as caught:
        load_scenario(file)
    return caught.value.problems


class TestBase:
    def test_fields_merge_key_by_key_over_a_chain(self, write):
        write("seed: 1\nteam: {wage_cents_per_month: 1, travel_cents_per_km: 1}\n", "a.yaml")
        write("base: a.yaml\nteam: {wage_cents_per_month: 2}\n", "sub.yaml")
        scenario = load_scenario(write("base: sub.yaml\ncurrency: EUR\n"))
        assert (scenario.seed, scenario.currency) == (1, "EUR")
        assert (scenario.team.wage_cents_per_month, scenario.team.travel_cents_per_km) == (2, 1)

    def test_lists_replace_as_a_whole(self, write):
        write("rivals: {list: [{id: A}, {id: B}]}\n", "a.yaml")
        scenario = load_scenario(write("base: a.yaml\nrivals: {list: [{id: C}]}\n"))
        assert [rival.id for rival in scenario.rivals.list] == ["C"]

    def test_the_path_is_relative_to_the_file(self, write):
        write("seed: 9\n", "common/a.yaml")
        write("base: ../common/a.yaml\n", "east/b.yaml")
        assert load_scenario(write("base: east/b.yaml\n")).seed == 9

    def test_a_mistake_is_reported_in_the_file_that_has_it(self, write, tmp_path):
        write("name: x\nseed: -1\n", "a.yaml")
        found = problems_at(write("base: a.yaml\nreplications: 0\n"))
        assert [(Path(p.file).name, p.line, p.field) for p in found] == [
            ("a.yaml", 2, "seed"),
            ("s.yaml", 2, "replications"),
        ]

    def test_a_circle_is_refused(self, write):
        write("base: s.yaml\n", "a.yaml")
        (found,) = problems_at(write("base: a.yaml\n"))
        assert (Path(found.file).name, found.line, found.field) == ("a.yaml", 1, "base")
        assert "lead back" in found.allowed

    def test_a_file_based_on_itself_is_refused(self, write):
        assert "lead back" in problems_at(write("base: ./s.yaml\n"))[0].allowed

    def test_a_missing_base_names_the_nearest(self, write):
        write("seed: 1", "baseline.yaml")
        (found,) = problems_at(write("name: x\nbase: basline.yaml\n"))
        assert (found.line, found.nearest) == (2, "baseline.yaml")

    def test_a_base_that_is_no_path(self, write):
        (found,) = problems_at(write("base: [a]\n"))
        assert found.value == "not a path"


class TestOverrides:
    TEXT = (
        "team: {wage_cents_per_month: 1}\n"
        "overrides:\n"
        "  rich:\n    team: {wage_cents_per_month: 2}\n"
        "  fast:\n    team: {visit: {speed_km_per_hour: 50}}\n"
        "  poor:\n    team: {wage_cents_per_month: 3}\n"
    )

    def test_only_applied_ones_count(self, write):
        scenario = load_scenario(write(self.TEXT + "apply: [fast, rich]\n"))
        assert scenario.team.wage_cents_per_month == 2
        assert scenario.team.visit.speed_km_per_hour == 50
        assert load_scenario(write(self.TEXT)).team.wage_cents_per_month == 1

    def test_two_that_set_the_same_field_are_refused_by_name(self, write):
        (found,) = problems_at(write(self.TEXT + "apply: [rich, poor]\n"))
        assert found.field == "team.wage_cents_per_month"
        assert found.line == 8
        assert "'rich'" in found.allowed
        assert "'poor'" in found.allowed

    def test_a_part_and_its_whole_conflict_too(self, write):
        text = "overrides:\n  a: {rivals: {list: []}}\n  b: {rivals: }\napply: [a, b]\n"
        assert any("both set it" in p.allowed for p in problems_at(write(text)))

    def test_an_override_of_the_base_conflicts_too(self, write):
        write(self.TEXT + "apply: [rich]\n", "a.yaml")
        (found,) = problems_at(
            write("base: a.yaml\noverrides: {mine: {team: {wage_cents_per_month: 9}}}\napply: [mine]\n")
        )
        assert "'rich'" in found.allowed

    def test_blocks_of_the_base_can_be_applied(self, write):
        write(self.TEXT, "a.yaml")
        assert load_scenario(write("base: a.yaml\napply: [poor]\n")).team.wage_cents_per_month == 3

    def test_the_files_own_field_gives_way(self, write):
        assert load_scenario(write("seed: 5\noverrides: {a: {seed: 6}}\napply: [a]\n")).seed == 6

    def test_a_mistake_in_a_block_is_reported_at_the_block(self, write):
        text = "overrides:\n  a:\n    seed: -1\napply: [a]\n"
        assert [(p.line, p.field) for p in problems_at(write(text))] == [(3, "seed")]

    def test_blocks_that_are_not_applied_are_checked(self, write):
        text = "overrides:\n  a:\n    sed: 1\n  b:\n    replications: 0\n"
        assert [(p.line, p.field) for p in problems_at(write(text))] == [(3, "sed"), (5, "replications")]

    def test_rules_over_several_fields_wait_until_the_block_is_applied(self, write):
        text = "overrides:\n  a: {consumers: {stock_out: {nothing: 0.5}}}\n"
        assert load_scenario(write(text)).consumers.stock_out.nothing == 0.09

    @pytest.mark.parametrize(
        ("text", "field", "allowed"),
        [
            ("overrides: [a]\n", "overrides", "mapping of named override blocks"),
            ("overrides: {a: 3}\n", "overrides.a", "mapping of scenario fields"),
            ("overrides: {a: {base: x}}\n", "overrides.a.base", "cannot stand in an override block"),
            ("apply: a\n", "apply", "must be a list of names"),
            ("apply: [1]\n", "apply", "must be a list of names"),
            ("apply: [a]\n", "apply", "there: none"),
            ("overrides: {a: {seed: 2}}\napply: [a, a]\n", "apply", "is applied already"),
        ],
    )
    def test_mistakes(self, write, text, field, allowed):
        found = [p for p in problems_at(write(text)) if p.field == field]
        assert len(found) == 1
        assert allowed in found[0].allowed

    def test_an_unknown_name_has_a_nearest(self, write):
        found = problems_at(write(self.TEXT + "apply: [fats]\n"))
        assert (found[0].line, found[0].nearest) == (9, "fast")


def test_what_is_merged_is_not_changed_through_the_result():
    block = parse_yaml("rivals: {list: [{id: A}]}", "x")
    tree = parse_yaml("seed: 1", "y")
    assert block is not None
    assert tree is not None
    merge(tree, block)
    tree.value["rivals"].value["list"].value[0].value["id"].value = "B"
    assert block.plain() == {"rivals": {"list": ({"id": "A"},)}}
