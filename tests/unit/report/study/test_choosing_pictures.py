"""Pictures of selection, optimisation and sizing: each kind is drawn, and the page shows pictures before tables."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from matplotlib.text import Text

from sim.questions.study import Study
from sim.report.questions import pictures_of
from sim.report.study import write_study
from sim.statistics import sizing
from tests.studies import study_of
from tests.sweeps import SHARE
from tests.unit.statistics.tables import normals

PEOPLE = "strategies.sized.0.people."
LUCK = normals("pictures", 100)
SIZES = {PEOPLE + "extra_advisors": {"list": (-2, 0, 2, 4)}, PEOPLE + "visit_every_days_a": {"list": (3.5, 7.0)}}
OPTIMISE = {"strategy": "focus", "budget": 12, "batch": 6, "finalists": 3, "fresh_replications": 2}
LEVERS = {
    SHARE: {"distribution": "uniform", "low": 0, "high": 1},
    SHARE.replace("share_of_people", "movers"): {"list": ("least_experienced", "most_skilled")},
}
GOALS = ("profit_manufacturer", "sell_out_units")
THREE = ("baseline", "focus", "sized")
ASKED = {
    "selection": {"study": {"selection": {"indifference": 1.0, "first": 4}}, "strategies": THREE},
    "optimise": {"study": {"optimise": OPTIMISE}, "levers": LEVERS, "outcomes": GOALS},
    "one_goal": {"study": {"optimise": OPTIMISE}, "levers": LEVERS},
    "sizing": {
        "study": {"sizing": {"strategy": "sized", "advisors": PEOPLE + "extra_advisors"}},
        "levers": SIZES,
        "strategies": ("sized",),
    },
    "only_visits": {
        "study": {"sizing": {"strategy": "sized", "territories": 3}},
        "strategies": ("sized",),
        "levers": {PEOPLE + "visit_every_days_a": {"list": (3.5, 7.0)}},
    },
}
KEYS = {
    "selection": ["selection"],
    "optimise": ["front", "levers"],
    "one_goal": ["levers"],
    "sizing": ["advisors", "visits", "territories"],
    "only_visits": ["visits", "territories"],
}
MARKET = {"strategies": {"sized": ({"people": {}},)}, "team": {"generate": {"n": 4}}, "currency": "EUR"}


def outcome(name, parameters, world, replication):
    people = parameters.get("concentrate.share_of_people") or 0.5
    size = parameters.get("people.extra_advisors") or 0
    profit = 9.0 * (name == "focus") - 50.0 * (name == "baseline") + 10.0 * people - (size - 1) ** 2
    luck = LUCK[replication] + 0.1 * people * LUCK[-replication - 1]
    return {"profit_manufacturer": profit + luck, "sell_out_units": -people}


@pytest.fixture(autouse=True)
def few_resamples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sizing, "RESAMPLES", 20)


@cache
def study(name: str) -> Study:
    with TemporaryDirectory() as folder:
        fields = {"outcomes": ("profit_manufacturer",), "replications": 3, **ASKED[name]}
        return study_of(Path(folder), outcome, fields, MARKET)


def words(name: str) -> list[str]:
    return [t.get_text() for p in pictures_of(study(name)) for t in p.figure.findobj(Text)]


@pytest.mark.parametrize("name", ["selection", "optimise", "sizing"])
def test_the_page_has_pictures_before_tables(name: str, tmp_path: Path) -> None:
    write_study(study(name), tmp_path)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert page.index("<figure id=") < page.index('id="tables"') < page.index("<table>")
    assert all((tmp_path / "figures" / f"{key}.png").stat().st_size > 2000 for key in KEYS[name])


@pytest.mark.parametrize("name", ASKED)
def test_pictures_fit_the_question(name: str) -> None:
    assert [p.key for p in pictures_of(study(name))] == KEYS[name]


def test_the_pick_is_marked_and_its_price_said() -> None:
    said = words("selection")
    assert "focus (pick)" in said
    assert said.count("4") >= 3, "replications of each"


def test_choices_stand_under_their_names() -> None:
    assert {"least_experienced", "most_skilled"} <= set(words("one_goal"))


def test_today_is_marked_among_the_frequencies() -> None:
    said = words("only_visits")
    assert "today" in said
    assert "visit every days a [days]" in said


@pytest.mark.parametrize("name", ASKED)
def test_money_is_in_the_currency_of_the_scenario(name: str) -> None:
    said = words(name)
    assert any("EUR" in text for text in said)
    assert not any("currency" in text for text in said)
