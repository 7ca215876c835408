"""Pictures of sensitivity, discovery and boundary: each kind is drawn, and the page shows pictures before tables."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from matplotlib.text import Text

from sim.questions.study import Study
from sim.report.questions import pictures_of
from sim.report.study import write_study
from sim.report.words import told_apart
from tests.studies import study_of
from tests.sweeps import SPEED

DETOUR = "team.visit.detour_factor"
EXPERIMENT = {
    "uncertainties": {
        SPEED: {"distribution": "uniform", "low": 10, "high": 40},
        DETOUR: {"distribution": "uniform", "low": 1, "high": 2},
    },
    "outcomes": ("profit_manufacturer",),
    "replications": 1,
}
BETWEEN = ("focus", "baseline")
DESIGN = {"design": "latin_hypercube", "samples": 80}
ASKED = {
    "sobol": {"study": {"sensitivity": {"method": "sobol", "samples": 16, "between": BETWEEN}}},
    "morris": {"study": {"sensitivity": {"trajectories": 4, "between": BETWEEN}}},
    "alone": {"study": {"sensitivity": {"trajectories": 4}}},
    "discovery": {"study": {"discovery": {"between": BETWEEN}}, **DESIGN},
    "nowhere": {"study": {"discovery": {"between": BETWEEN, "by": 1e6}}, **DESIGN},
    "boundary": {"study": {"boundary": {"between": BETWEEN, "budget": 20}}},
    "robustness": {"study": {"robustness": {"good_enough": {"profit_manufacturer": 60.0}}}, **DESIGN},
}


def outcome(name, parameters, world, replication):
    visit = world.team.visit
    gain = 30.0 * (visit.detour_factor - 1.5) + (visit.speed_km_per_hour - 25.0)
    return {"profit_manufacturer": 5.0 * visit.speed_km_per_hour + (gain if name == "focus" else 0.0)}


@cache
def study(name: str) -> Study:
    with TemporaryDirectory() as folder:
        return study_of(Path(folder), outcome, {**EXPERIMENT, **ASKED[name]}, {"currency": "EUR"})


def words(name: str) -> list[str]:
    return [t.get_text() for p in pictures_of(study(name)) for t in p.figure.findobj(Text)]


def titles(name: str) -> list[str]:
    return [p.title for p in pictures_of(study(name))]


@pytest.mark.parametrize("name", ASKED)
def test_the_page_has_pictures_before_tables(name: str, tmp_path: Path) -> None:
    write_study(study(name), tmp_path)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert page.index("<figure id=") < page.index('id="tables"') < page.index("<table>")
    drawn = {p.key for p in pictures_of(study(name))}
    assert {p.stem for p in (tmp_path / "figures").iterdir()} == drawn
    assert all((tmp_path / "figures" / f"{key}.png").stat().st_size > 2000 for key in drawn)


def test_the_choice_comes_first() -> None:
    profit = "What moves profit manufacturer"
    assert titles("sobol") == ["What decides the choice", profit]
    choice = ["What decides which strategy is better", "What moves the difference"]
    assert titles("morris") == [*choice, f"{profit} under baseline", f"{profit} under focus"]
    assert titles("alone") == titles("morris")[2:]


def test_dimensions_are_called_by_words() -> None:
    for name in ("sobol", "morris", "discovery", "boundary"):
        said = words(name)
        assert "speed km per hour [km/h]" in said, name
        assert not any(SPEED in text for text in said), name


def test_the_page_has_a_line_that_can_be_read_and_the_file_all_of_it(tmp_path: Path) -> None:
    write_study(study("boundary"), tmp_path)
    n = len((tmp_path / "tables" / "line.csv").read_text().splitlines()) - 1
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    table = page[page.index("<h3>Line</h3>") : page.index("<h3>Runs</h3>")]
    shown = table.count("<tr>") - 1
    assert n > 60
    assert 8 <= shown <= 11
    assert f"{n - shown} more rows are in the file." in table


def test_without_a_box_the_picture_says_why() -> None:
    assert any("In 0 of 80 worlds" in text for text in words("nowhere"))


@pytest.mark.parametrize("name", ["morris", "boundary", "robustness"])
def test_money_is_in_the_currency_of_the_scenario(name: str) -> None:
    said = [*words(name), *(p.caption for p in pictures_of(study(name)))]
    assert any("[EUR]" in text for text in said)
    assert not any("currency" in text for text in said)


ALIKE = tuple(f"concentrate_on_three_counties_{word}_spending" for word in ("with", "without"))
KINDS = {"morris": "sensitivity", "sobol": "sensitivity", "boundary": "boundary", "discovery": "discovery"}


@pytest.mark.parametrize("name", [*KINDS, "robustness"])
def test_long_names_can_be_told_apart(name: str, tmp_path: Path) -> None:
    fields = {**EXPERIMENT, **ASKED[name], "strategies": ALIKE}
    if name in KINDS:
        kind = KINDS[name]
        fields["study"] = {kind: {**ASKED[name]["study"][kind], "between": ALIKE}}
    parts = {own: ({"concentrate": {"share_of_people": share}},) for own, share in zip(ALIKE, (0.3, 0.6), strict=True)}

    def of_these(own, parameters, world, replication):
        return outcome("focus" if own == ALIKE[0] else own, parameters, world, replication)

    found = study_of(tmp_path, of_these, fields, {"strategies": parts})
    said = [t.get_text().replace("\n", "") for p in pictures_of(found) for t in p.figure.findobj(Text)]
    shown = ALIKE if name == "robustness" else told_apart(ALIKE, 30).values()
    assert all(any(own in text for text in said) for own in shown)
