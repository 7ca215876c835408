"""What the documents say of the program: defaults, links, scenarios that load."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import pytest

from sim.scenario.load import load_scenario
from sim.scenario.schema import Scenario

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), ROOT / "scenarios" / "data" / "README.md"]
SCENARIOS = sorted((ROOT / "scenarios").glob("*.yaml"))


def defaults_in(page: Path) -> list[tuple[str, str]]:
    return re.findall(r"`([a-z_]+(?:\.[A-Za-z_]+)+) = (-?[\d.]+)`", page.read_text(encoding="utf-8"))


def default_of(path: str) -> Any:
    value: Any = Scenario()
    for part in path.split("."):
        value = getattr(value, part)
    return value


@pytest.mark.parametrize(("path", "stated"), defaults_in(ROOT / "docs" / "model.md"))
def test_model_page_states_the_defaults_of_the_schema(path: str, stated: str) -> None:
    assert default_of(path) == pytest.approx(float(stated)), f"docs/model.md says {path} = {stated}"


def test_model_page_states_defaults_at_all() -> None:
    assert len(defaults_in(ROOT / "docs" / "model.md")) > 30


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_files(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    missing = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert not missing


@pytest.mark.parametrize("file", SCENARIOS, ids=lambda file: file.name)
def test_shipped_scenarios_load(file: Path) -> None:
    assert load_scenario(file).name == file.stem


def test_sichuan_stands_where_geonames_says() -> None:
    with (ROOT / "scenarios" / "data" / "sichuan_cities.csv").open(encoding="utf-8") as text:
        cities = {row["name_zh"]: row for row in csv.DictReader(text)}
    for name in ("sichuan", "census_example"):
        for territory in load_scenario(ROOT / "scenarios" / f"{name}.yaml").territories.list:
            city = cities[territory.name.split()[0]]
            stated = (territory.lon, territory.lat, territory.population)
            assert stated == (float(city["lon"]), float(city["lat"]), float(city["population"]))
