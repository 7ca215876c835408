"""Optimisation through an experiment, on a market with a known front."""

from __future__ import annotations

import numpy as np
import pytest

from sim.errors import InputError
from sim.questions.sweeps.load import load_experiment
from tests.studies import most_runs, study_of
from tests.sweeps import SHARE, base
from tests.unit.statistics.tables import normals

SPENDING = SHARE.replace("people", "spending")
SEARCH, FRESH = 2, 5
EXPERIMENT = {
    "levers": {path: {"distribution": "uniform", "low": 0, "high": 1} for path in (SHARE, SPENDING)},
    "outcomes": ("profit_manufacturer", "market_share_units"),
    "replications": SEARCH,
    "study": {
        "optimise": {
            "strategy": "focus",
            "method": "nsga2",
            "budget": 120,
            "batch": 20,
            "finalists": 6,
            "fresh_replications": FRESH,
        }
    },
}
LUCK = normals("optimise", 1000, SEARCH + FRESH)


def outcome(noise=0.0, good_years=0.0):
    """The front is spending = 0, where what profit gains the share loses; the baseline lies below its middle.

    The years of the search are good ones, for everybody.
    """

    def value(name, parameters, world, replication):
        common = good_years * (replication < SEARCH)
        if name == "baseline":
            return {"profit_manufacturer": 40.0 + common, "market_share_units": 0.4}
        people, spending = (parameters[f"concentrate.share_of_{what}"] for what in ("people", "spending"))
        # luck of its own at every point, as a market has it: the search can be lucky
        luck = noise * LUCK[int(people * 1e5 + spending * 1e3) % 1000, replication] + common
        lost = 1.0 - 0.5 * spending
        return {"profit_manufacturer": 100.0 * people * lost + luck, "market_share_units": (1.0 - people) * lost}

    return value


@pytest.fixture(scope="module")
def lucky(tmp_path_factory):
    return study_of(tmp_path_factory.mktemp("lucky"), outcome(30.0, 500.0), EXPERIMENT)


def test_the_front_is_found_and_compared_with_the_baseline(tmp_path) -> None:
    found = study_of(tmp_path, outcome(), EXPERIMENT)
    finalists = found.answer.tables["finalists"]
    assert finalists[SPENDING].mean() < 0.1
    assert finalists[SHARE].max() - finalists[SHARE].min() > 0.6, "from end to end"
    assert found.answer.tables["winners_curse"]["optimism"].tolist() == pytest.approx([0.0, 0.0], abs=1e-4)
    against = found.answer.tables["against_baseline"]
    profit = against[against["kpi"] == "profit_manufacturer"]
    assert profit["gain"].tolist() == pytest.approx((profit["fresh"] - 40.0).tolist())
    assert (against.loc[against["kpi"] == "market_share_units", "baseline"] == 0.4).all()
    best = finalists.iloc[0]
    assert best["profit_manufacturer"] == finalists["profit_manufacturer"].max()
    assert f"Best for profit manufacturer: share of people {best[SHARE]:.4g}, " in found.answer.text
    assert "on fresh luck, better by " in found.answer.text


def test_finalists_run_on_luck_that_the_search_has_not_seen(lucky) -> None:
    runs, finalists = lucky.runs, lucky.answer.tables["finalists"]
    searched = runs[runs["replication"] < SEARCH]
    again = runs[runs["replication"] >= SEARCH]
    assert searched.groupby("strategy").size().to_dict() == {"focus": 120 * SEARCH, "baseline": SEARCH}
    assert set(again["replication"]) == set(range(SEARCH, SEARCH + FRESH))
    own = again[again["strategy"] == "focus"].groupby(SHARE)["profit_manufacturer"].mean()
    expected = finalists.set_index(SHARE)["profit_manufacturer"].sort_index()
    assert own.index.tolist() == pytest.approx(expected.index.tolist(), rel=1e-5)
    assert own.tolist() == pytest.approx(expected.tolist())


def test_the_best_of_many_lucky_points_look_better_than_they_are(lucky) -> None:
    curse = lucky.answer.tables["winners_curse"].set_index("objective")
    profit = curse.loc["profit_manufacturer"]
    assert 10.0 < profit["optimism"] < 60.0, "its own luck, and not the good years that the baseline had, too"
    assert profit["luck"] == -500.0
    assert profit["optimism"] == pytest.approx(profit["search"] - profit["fresh"])
    seen = lucky.answer.tables["finalists"]["profit_manufacturer_search"]
    assert profit["search"] == pytest.approx(seen.mean())
    assert "In the search the finalists looked better by " in lucky.answer.text
    against = lucky.answer.tables["against_baseline"].iloc[0]
    assert against["low"] < against["gain"] < against["high"]
    assert np.isfinite(against[["low", "high"]].astype(float)).all()


def test_the_rule_for_money_is_said(tmp_path) -> None:
    small = {**EXPERIMENT, "study": {"optimise": {**EXPERIMENT["study"]["optimise"], "budget": 20}}}
    for rule, said in (("cut", "is cut"), ("allow", "profit carries the cost")):
        found = study_of(tmp_path / rule, outcome(), small, {"direction": {"budget": {"on_excess": rule}}})
        assert said in found.answer.reading[-1]


def test_it_goes_on_from_the_store(tmp_path) -> None:
    first = study_of(tmp_path, outcome(30.0), EXPERIMENT)
    assert first.state.computed <= most_runs(first.experiment) == 121 * SEARCH + 7 * FRESH
    again = study_of(tmp_path, outcome(30.0), EXPERIMENT)
    assert again.answer.tables["finalists"].equals(first.answer.tables["finalists"])


def test_what_cannot_be_asked() -> None:
    neutral = {**EXPERIMENT, "name": "trial", "outcomes": ("profit_manufacturer", "spending")}
    with pytest.raises(InputError, match=r"spending: .*neutral KPI has no best"):
        most_runs(load_experiment(neutral, base()))
    foreign = base({"strategies": {"other": ({"concentrate": {}},)}})
    asked = {"name": "trial", **EXPERIMENT, "study": {"optimise": {"strategy": "other"}}}
    with pytest.raises(InputError, match="must be a lever of this strategy"):
        load_experiment(asked, foreign)


def steps(name, parameters, world, replication):
    """What counts is whether half of the people move; how much is spent there counts for nothing."""
    if name == "baseline":
        return {"profit_manufacturer": 0.0}
    return {"profit_manufacturer": 10.0 * (parameters["concentrate.share_of_people"] > 0.5) + LUCK[0, replication]}


def test_settings_that_are_as_good_as_the_best_are_listed(tmp_path) -> None:
    levers = {SHARE: {"list": (0.25, 0.75)}, SPENDING: {"list": tuple(k / 8 for k in range(9))}}
    search = {**EXPERIMENT["study"]["optimise"], "method": "tpe", "budget": 60}
    asked = {**EXPERIMENT, "levers": levers, "outcomes": ("profit_manufacturer",), "study": {"optimise": search}}
    found = study_of(tmp_path, steps, asked)
    (best,) = found.answer.tables["finalists"].to_dict("records")
    equal = found.answer.tables["equally_good"]
    searched = found.answer.tables["search"]
    tried = searched.loc[searched[SHARE] == 0.75, SPENDING].unique()
    assert len(tried) > 6
    assert set(equal[SPENDING]) == set(tried) - {best[SPENDING]}
    assert (equal[SHARE] == 0.75).all()
    assert (equal["finalist"] == best["trial"]).all()
    said = found.answer.text
    listed = ", ".join(f"{value:g}" for value in equal[SPENDING].head(5))
    assert f"Exactly as good in the search, all else as above: share of spending {listed}; and " in said
    assert f"; and {len(equal) - 5} more (table `equally_good`). In the search the finalists looked " in said


def test_nothing_is_said_where_no_other_setting_is_as_good(lucky) -> None:
    assert "equally_good" not in lucky.answer.tables
    assert "Exactly as good" not in lucky.answer.text
