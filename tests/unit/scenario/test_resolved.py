from __future__ import annotations

import shutil

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sim.scenario.load import load_scenario
from sim.scenario.resolved import resolved_flow, resolved_yaml, scenario_hash, write_resolved
from sim.scenario.schema import Scenario

RICH = """
name: rich
description: "Ärger: 'quotes' # and 市场\\n\\ttabs"
calendar: {start_date: 2026-02-01, holidays: [{first_date: 2026-02-17, duration_days: 7}]}
territories:
  list:
  - {id: "01", x_km: 0, y_km: 0, polygon: [[0, 0], [1e-5, 9], [9, 0]]}
  - {id: "NO", x_km: 1, y_km: 5, adjacent: ["01"], season: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2]}
rivals: {list: [{id: "2026-01-01", campaigns: [{first_date: 2026-03-01}]}]}
retail: {channels: {traditional: {facings: 3}, "true": {}}}
outlets: {generate: {channel_mix: {traditional: 0.5, "true": 0.5}}}
"""


@pytest.mark.parametrize("text_of", [resolved_yaml, resolved_flow])
def test_the_resolved_text_gives_the_same_scenario(write, text_of):
    scenario = load_scenario(write(RICH))
    again = load_scenario(write(text_of(scenario), "again.yaml"))
    assert again == scenario
    assert text_of(again) == text_of(scenario)
    assert scenario_hash(again) == scenario_hash(scenario)


def test_overrides_and_bases_are_gone(write):
    write("seed: 3\n", "a.yaml")
    text = resolved_yaml(load_scenario(write("base: a.yaml\noverrides: {x: {replications: 2}}\napply: [x]\n")))
    assert "overrides" not in text
    assert "\nseed: 3\n" in text
    assert "\nreplications: 2\n" in text


@settings(max_examples=25)
@given(description=st.text(st.characters(exclude_categories=["Cs"]), max_size=40), appeal=st.floats(-10, 10))
@example(description="\x85\u2028\ufeff\x00 \r\n", appeal=-0.0)
@example(description="\x85", appeal=1.0)
@example(description="2026-01-05", appeal=1e-7)
@example(description="1e6", appeal=5e-324)
def test_any_text_and_any_number_survive(tmp_path_factory, description, appeal):
    scenario = Scenario.model_validate({"description": description, "ours": {"appeal": appeal}})
    file = tmp_path_factory.mktemp("r") / "s.yaml"
    for text_of in (resolved_yaml, resolved_flow):
        file.write_text(text_of(scenario), encoding="utf-8", newline="")
        assert load_scenario(file) == scenario


class TestCensus:
    CSV = "outlet_id,name,x_km,y_km,channel,size\n1,a,0,0,traditional,3\n"
    TEXT = "territories: {list: [{id: A, x_km: 0, y_km: 0}]}\noutlets: {census: {path: c.csv}}\n"

    def test_the_path_works_from_anywhere(self, write):
        write(self.CSV, "c.csv")
        scenario = load_scenario(write(self.TEXT))
        assert load_scenario(write(resolved_yaml(scenario), "elsewhere/s.yaml")) == scenario

    def test_a_results_folder_carries_its_census(self, write, tmp_path):
        source = write(self.CSV, "c.csv")
        scenario = load_scenario(write(self.TEXT))
        (tmp_path / "run").mkdir()
        write_resolved(scenario, tmp_path / "run")
        shutil.move(tmp_path / "run", tmp_path / "moved")
        (tmp_path / source).unlink()
        again = load_scenario(tmp_path / "moved" / "scenario.yaml")
        assert again.outlets.census is not None
        assert again.outlets.census.path == str(tmp_path / "moved" / "census.csv")

    def test_the_hash_is_of_the_content_and_not_of_the_path(self, write):
        write(self.CSV, "c.csv")
        write(self.CSV, "there/c.csv")
        here, there = load_scenario(write(self.TEXT)), load_scenario(write(self.TEXT, "there/s.yaml"))
        assert here != there
        assert scenario_hash(here) == scenario_hash(there)
        write(self.CSV + "2,b,1,1,traditional,4\n", "there/c.csv")
        assert scenario_hash(here) != scenario_hash(there)


@pytest.mark.parametrize("change", ["seed=2", "team.visit.speed_km_per_hour=26", "mechanisms.season=false"])
def test_the_hash_sees_every_field(write, change):
    file = write("name: x")
    assert scenario_hash(load_scenario(file)) != scenario_hash(load_scenario(file, [change]))


def test_the_hash_does_not_depend_on_how_it_is_written(write):
    one = load_scenario(write("seed: 1\nname: x\n"))
    other = load_scenario(write("name: 'x'\nseed: 0x1\n", "b.yaml"))
    assert scenario_hash(one) == scenario_hash(other)
