"""Sizing through an experiment, on a market with a known best size, and territories of what is believed."""

from __future__ import annotations

import numpy as np
import pytest

from sim.engine import Session
from sim.errors import InputError
from sim.questions.sizing import known_work
from sim.questions.sweeps.load import load_experiment
from sim.scenario.resolved import resolved_yaml
from sim.statistics import sizing as curves
from sim.statistics.sizing import adbudg
from tests.studies import most_runs, study_of
from tests.sweeps import base
from tests.unit.statistics.tables import normals

PEOPLE = "strategies.sized.0.people."
ADVISORS, PROMOTERS = PEOPLE + "extra_advisors", PEOPLE + "extra_promoters"
OFTEN = [PEOPLE + f"visit_every_days_{c}" for c in "ab"]
TODAY = {"extra_advisors": 0, "extra_promoters": 0, "visit_every_days_a": 7.0, "visit_every_days_b": 14.0}
MARKET = {
    "strategies": {"sized": ({"people": {}},)},
    "team": {"generate": {"n": 6}, "wage_cents_per_month": 250_000},
    "ours": {"budget": {"promoters": 4}},
    "database": {"known_share": 0.5},
}
EXPERIMENT = {
    "levers": {
        ADVISORS: {"list": (-4, -2, 0, 2, 4, 8)},
        PROMOTERS: {"list": (-3, 0, 3, 6)},
        OFTEN[0]: {"list": (3.5, 7.0, 14.0)},
        OFTEN[1]: {"list": (7.0, 14.0)},
    },
    "strategies": ("sized",),
    "outcomes": ("profit_manufacturer",),
    "replications": 6,
    "study": {"sizing": {"strategy": "sized", "advisors": ADVISORS, "promoters": PROMOTERS}},
}
WAGE, PROMOTER = 250_000 * 12 / 100, 12_000 * 3 * 365 / 7 / 100
"""A year of a person; promoters work three days a week. [currency/year]"""
COMMON, OWN = 40_000.0 * normals("common", 6), 3_000.0 * normals("own", 1000, 6)
YEARS = 8 / 365


def by_advisors(size):
    return adbudg(size, 0.0, 900_000.0, 7.0, 1.8) - WAGE * size


def by_promoters(size):
    return adbudg(size, 0.0, 300_000.0, 4.0, 1.5) - PROMOTER * size


def outcome(name, parameters, world, replication):
    own = {k: parameters[f"people.{k}"] for k in TODAY}
    year = by_advisors(6 + own["extra_advisors"]) + by_promoters(4 + own["extra_promoters"])
    # calling on class A twice as often gains, calling on class B more often does not
    year += 50_000.0 * (own["visit_every_days_a"] < 7.0) - 20_000.0 * (own["visit_every_days_b"] < 14.0)
    luck = COMMON[replication] + OWN[int(sum(float(v) * k for k, v in enumerate(own.values(), 31))) % 1000, replication]
    return {"profit_manufacturer": (year + luck) * YEARS}


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(curves, "RESAMPLES", 60)
        return study_of(tmp_path_factory.mktemp("sizing"), outcome, EXPERIMENT, MARKET)


def best_of(curve, low, high):
    at = np.linspace(low, high, 2001)
    return float(at[np.argmax(curve(at))])


def test_the_best_size_is_that_of_the_curve(found) -> None:
    table = found.answer.tables["sizing"].set_index("force")
    for force, curve, now, reach in (("advisors", by_advisors, 6, (2, 14)), ("promoters", by_promoters, 4, (1, 10))):
        row, best = table.loc[force], best_of(curve, *reach)
        assert row["today"] == now
        assert row["optimum_low"] - 0.1 <= best <= row["optimum_high"] + 0.1, force
        gain = curve(best) - curve(now)
        assert row["gain_low"] <= gain <= row["gain_high"], force
        assert row["gain"] == pytest.approx(gain, rel=0.25), force
        assert row["three_years"] == pytest.approx(3 * row["gain"])
        assert row["nearest"] in ({"advisors": (8, 10), "promoters": (7, 10)}[force])
        assert row["measured_low"] < curve(row["nearest"]) - curve(now) < row["measured_high"], force
    assert found.answer.text.startswith("Advisors: best ")
    assert ", by the curve; measured at " in found.answer.text
    assert "The runs last 0.0 years" in found.answer.reading[0]
    assert "is understated" in found.answer.reading[0]


def test_every_lever_moves_by_itself(found) -> None:
    points = found.runs.drop_duplicates("point")
    today = {PEOPLE + k: v for k, v in TODAY.items()}
    moved = sum((points[path] != value).astype(int) for path, value in today.items())
    assert sorted(moved) == [0] + [1] * 11
    assert len(found.runs) == 12 * 6 == most_runs(found.experiment)
    response = found.answer.tables["response"]
    assert response.groupby("lever", sort=False).size().tolist() == [6, 4, 3, 2]
    assert response.loc[response["lever"] == ADVISORS, "size"].tolist() == [2, 4, 6, 8, 10, 14]


def test_frequencies_are_compared_on_the_same_luck(found) -> None:
    visits = found.answer.tables["visits"].set_index(["lever", "value"])
    oftener = visits.loc[(OFTEN[0], 3.5)]
    assert oftener["low"] < 50_000 < oftener["high"]
    assert oftener["high"] - oftener["low"] < 20_000, "the common luck alone varies by far more"
    assert visits.loc[(OFTEN[0], 7.0), ["today", "gain"]].tolist() == [True, 0.0]
    assert "Visit every days a: 3.5 instead of 7 gains " in found.answer.text
    assert "Visit every days b: no value surely better than today's 14." in found.answer.text


def test_territories_are_balanced_over_what_is_believed(found) -> None:
    scenario = found.experiment.base
    outlets, advisors = found.answer.tables["outlets"], found.answer.tables["territories"]
    session = Session(scenario, strategy="baseline")
    session.step(scenario.calendar.burn_in_days)
    world = session.world
    known = world.is_known & ~world.known_closed
    assert 0 < known.sum() < world.is_open.sum(), "some are hidden"
    truth = {
        name: set(zip(world.outlet_x_km[rows], world.outlet_y_km[rows], strict=True))
        for name, rows in (("known", known), ("hidden", ~known))
    }
    places = set(zip(outlets["x_km"], outlets["y_km"], strict=True))
    assert places == truth["known"]
    assert not places & truth["hidden"]
    assert len(advisors) == round(found.answer.tables["sizing"]["optimum"][0])
    assert advisors["advisor"].min() == outlets["advisor"].min() == 1
    largest = outlets["work"].max() / advisors["work"].mean()
    assert advisors["work"].max() / advisors["work"].mean() - 1 <= 0.02 + largest


def test_work_is_visits_times_minutes() -> None:
    market = base(MARKET, {"team": {"visit": {"every_days_a": 1.0, "every_days_b": 2.0, "every_days_c": 4.0}}})
    outlets = known_work(market, market.seed)
    every = outlets["class"].map({"A": 1.0, "B": 2.0, "C": 4.0})
    minutes = outlets["channel"].map({name: c.visit_minutes for name, c in market.retail.channels.items()})
    assert outlets["work"].to_numpy() == pytest.approx((365 / 12 / every * minutes / 60).to_numpy())
    assert outlets["class"].nunique() > 1


LEVERS = EXPERIMENT["levers"]
SIZING = EXPERIMENT["study"]["sizing"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"outcomes": ("market_share_units",)}, "must be a profit"),
        ({"replications": 1}, "must be 2 at least"),
        ({"levers": {**LEVERS, OFTEN[0]: {"list": (3.5, 14.0)}}}, r"visit_every_days_a.*must hold today's value, 7"),
        ({"levers": {**LEVERS, ADVISORS: {"list": (0, 1, 2)}}}, "4 sizes at least for the curve adbudg"),
        ({"levers": {**LEVERS, ADVISORS: {"list": (-7, 0, 1, 2)}}}, "there are 6 today"),
        ({"levers": {**LEVERS, PEOPLE + "courses_per_year": {"list": (1.0, 2.0)}}}, "needs its value today"),
        ({"study": {"sizing": {**SIZING, "promoters": OFTEN[0]}}}, r"must be a lever people\.extra_promoters"),
        ({"study": {"sizing": {**SIZING, "today": {OFTEN[0]: 5.0}}}}, "5: must be one of the values that are tried"),
    ],
)
def test_what_cannot_be_asked(change, said) -> None:
    with pytest.raises(InputError, match=said):
        most_runs(load_experiment({**EXPERIMENT, "name": "trial", **change}, base(MARKET)))


FILE = f"""name: trial
scenario: base.yaml
strategies: [sized]
levers:
  {ADVISORS}: {{list: [0, 1]}}
  {PROMOTERS}: {{list: [-9, 0, 1, 2]}}
  {OFTEN[0]}: {{list: [3.5, 14]}}
  {OFTEN[1]}: {{list: [7, 14]}}
  {PEOPLE}courses_per_year: {{list: [1, 2]}}
outcomes:
- market_share_units
replications: 1
study:
  sizing:
    strategy: sized
    advisors: {ADVISORS}
    promoters: {PROMOTERS}
    today:
      {OFTEN[1]}: 8
"""


def problems_in(folder, text: str) -> list[str]:
    (folder / "base.yaml").write_text(resolved_yaml(base(MARKET)), encoding="utf-8")
    (folder / "trial.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as found:
        most_runs(load_experiment(folder / "trial.yaml"))
    return str(found.value).splitlines()


def test_every_mistake_is_told_at_once_with_its_line(tmp_path) -> None:
    lines = problems_in(tmp_path, FILE)
    assert [line.removeprefix(f"{tmp_path}/trial.yaml:") for line in lines] == [
        f"5: {ADVISORS}: 0, 1: must be 4 sizes at least for the curve adbudg",
        f"6: {PROMOTERS}: -9: leaves fewer than nobody: there are 4 today",
        f"7: {OFTEN[0]}: 3.5, 14: must hold today's value, 7",
        f"9: {PEOPLE}courses_per_year: 1, 2: needs its value today, under `study.sizing.today`",
        "11: outcomes: market_share_units: the first one must be a profit (did you mean 'profit_manufacturer'?)",
        "12: replications: 1: must be 2 at least: without luck there is no interval",
        f"19: study.sizing.today.{OFTEN[1]}: 8: must be one of the values that are tried: 7, 14",
    ]


def test_a_lever_of_another_role_is_named_with_the_one_that_is_meant(tmp_path) -> None:
    text = FILE.replace(f"advisors: {ADVISORS}", f"advisors: {OFTEN[0]}")
    (line,) = [line for line in problems_in(tmp_path, text) if "study.sizing.advisors" in line]
    assert line.startswith(f"{tmp_path}/trial.yaml:16: study.sizing.advisors: {OFTEN[0]}: ")
    assert line.endswith(f"must be a lever people.extra_advisors (did you mean '{ADVISORS}'?)")
