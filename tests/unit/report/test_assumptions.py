"""What the report says of assumptions and switches."""

from __future__ import annotations

from sim.report.assumptions import assumptions, switched_off
from sim.scenario.schema import Scenario


def test_the_default_scenario_overrides_nothing() -> None:
    found = assumptions(Scenario())
    assert len(found) > 50
    assert not [a for a in found if a.is_overridden]


def test_a_field_with_evidence_is_no_assumption() -> None:
    paths = {a.path for a in assumptions(Scenario())}
    assert "consumers.huff.size_exponent" not in paths
    assert "consumers.huff.radius_km" in paths


def test_an_overridden_field_shows_both_values() -> None:
    scenario = Scenario.model_validate({"relations": {"half_life_days": 45.0}})
    (found,) = [a for a in assumptions(scenario) if a.is_overridden]
    assert (found.path, found.value, found.default, found.unit) == ("relations.half_life_days", "45", "60", "days")


def test_default_channels_are_defaults_and_items_of_a_list_are_said_once() -> None:
    rivals = [{"id": "a"}, {"id": "b", "answer_threshold": 0.2}]
    found = assumptions(Scenario.model_validate({"rivals": {"list": rivals}}))
    assert not [a for a in found if a.path.startswith("retail.channels.hypermarket") and a.is_overridden]
    thresholds = [(a.value, a.is_overridden) for a in found if a.path == "rivals.list[].answer_threshold"]
    assert thresholds == [("0.03", False), ("0.2", True)]


def test_names_and_dates_are_no_assumptions() -> None:
    paths = {a.path for a in assumptions(Scenario.model_validate({"name": "x", "seed": 9}))}
    assert not [p for p in paths if p in {"name", "seed"} or p.startswith(("calendar.", "mechanisms."))]


def test_what_is_off_is_said_with_what_it_then_is() -> None:
    off = switched_off(Scenario.model_validate({"mechanisms": {"rival_field": False}}))
    assert off == [("rival field", "Rivals' field forces.")]
