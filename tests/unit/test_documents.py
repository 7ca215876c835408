"""What the documents say of the program: defaults, links, scenarios that load."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import pytest

from sim.errors import InputError
from sim.scenario.load import load_scenario
from sim.scenario.names import market_summary
from sim.scenario.schema import Scenario
from studies import one_day

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), ROOT / "scenarios" / "data" / "README.md"]
SCENARIOS = sorted((ROOT / "scenarios").glob("*.yaml"))
OF_RECIPES = {
    "sim/agents/tasting.py",
    "sim/report/figures/calls.py",
    "sim/questions/NAME.py",
    "sim/questions/spread.py",
    "sim/report/questions/NAME.py",
    "sim/report/questions/spread.py",
}
"""What the recipes of docs/how-to-extend.md make."""


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
def test_pages_name_files_that_exist(page: Path) -> None:
    named = re.findall(r"`((?:sim|tests|docs|scenarios|studies)/[\w/.]+)`", page.read_text(encoding="utf-8"))
    assert not [name for name in named if not (ROOT / name).exists() and name not in OF_RECIPES]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_files(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    missing = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert not missing


def test_the_page_of_one_day_shows_what_the_trace_writes() -> None:
    assert one_day.PAGE.read_text(encoding="utf-8").endswith(f"{one_day.MARK}\n{one_day.table()}")


@pytest.mark.parametrize("file", SCENARIOS, ids=lambda file: file.name)
def test_shipped_scenarios_load(file: Path) -> None:
    assert load_scenario(file).name == file.stem


def test_sichuan_stands_where_geonames_says() -> None:
    with (ROOT / "scenarios" / "data" / "sichuan_cities.csv").open(encoding="utf-8") as text:
        cities = {row["name_zh"]: row for row in csv.DictReader(text)}
    for name, part in (("sichuan", 15), ("census_example", 1)):  # one district in fifteen of each city
        for territory in load_scenario(ROOT / "scenarios" / f"{name}.yaml").territories.list:
            city = cities[territory.name.split()[0]]
            assert (territory.lon, territory.lat) == (float(city["lon"]), float(city["lat"]))
            assert territory.population == round(float(city["population"]) / part)


class TestCensusWalkthrough:
    PAGE = (ROOT / "docs" / "census-walkthrough.md").read_text(encoding="utf-8")
    BEGINNING = PAGE.split("```yaml\n")[1].split("```")[0]

    def complaints(self, scenario: str, folder: Path) -> list[str]:
        """Check a scenario of the page beside the real census, as `arsim check` does."""
        (folder / "data").symlink_to(ROOT / "scenarios" / "data")
        file = folder / "census_example.yaml"
        file.write_text(scenario, encoding="utf-8")
        with pytest.raises(InputError) as caught:
            market_summary(load_scenario(file))
        return str(caught.value).replace(f"{folder}/", "scenarios/").splitlines()

    def test_first_check(self, tmp_path: Path) -> None:
        lines = self.complaints(self.BEGINNING, tmp_path)
        assert len(lines) == 6
        assert not [line for line in lines if line not in self.PAGE]

    def test_second_check(self, tmp_path: Path) -> None:
        added = [line[1:] for line in self.PAGE.split("```diff\n")[1].split("```")[0].splitlines() if line[0] == "+"]
        path = "    path: data/census_example.csv\n"
        lines = self.complaints(self.BEGINNING.replace(path, path + "\n".join(added) + "\n"), tmp_path)
        assert len(lines) == 4
        assert not [line for line in lines if line not in self.PAGE]

    def test_last_check_is_of_the_shipped_file(self) -> None:
        lines = market_summary(load_scenario(ROOT / "scenarios" / "census_example.yaml"))
        stated = [line.replace(f"{ROOT}/", "") for line in lines]
        assert not [line for line in stated if line not in self.PAGE]


def test_the_readme_is_short_and_its_python_example_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(text.split()) <= 700
    assert text.count("![") == 1
    example = text.split("```python\n")[1].split("```")[0]
    assert len([line for line in example.splitlines() if line]) <= 8
    monkeypatch.chdir(ROOT)
    found: dict[str, Any] = {}
    exec(compile(example.replace("=90", "=20"), "README.md", "exec"), found)
    assert set(found["sales"].index) >= {"ours"}
    assert len(found["profits"]) == 3
