"""Selection through an experiment, on a market with a known best strategy."""

from __future__ import annotations

import pytest

from sim.errors import InputError
from sim.questions.sweeps.load import load_experiment
from tests.studies import most_runs, study_of
from tests.sweeps import base
from tests.unit.statistics.tables import normals

NAMES = ("baseline", "focus", "good", "best")
STRATEGIES = {"strategies": {name: ({"people": {"extra_advisors": k}},) for k, name in enumerate(NAMES[2:])}}
MEANS = {"baseline": -90.0, "focus": 2.0, "good": 6.0, "best": 10.0}
COMMON, OWN = 100.0 * normals("common", 400), 6.0 * normals("own", 4, 400)


def outcome(means, own=OWN):
    """Means with luck, most of which is common to all strategies."""

    def value(name, parameters, world, replication):
        luck = COMMON[replication] + own[NAMES.index(name), replication]
        return {"profit_manufacturer": means[name] + luck}

    return value


def asking(**selection):
    return {"outcomes": ("profit_manufacturer",), "strategies": NAMES, "study": {"selection": selection}}


KN = asking(indifference=2.0, first=6, batch=2)


def test_the_best_is_picked_and_dropped_strategies_are_not_run_any_further(tmp_path) -> None:
    found = study_of(tmp_path, outcome(MEANS), KN, STRATEGIES)
    table = found.answer.tables["selection"].set_index("strategy")
    assert table.index[0] == "best"
    assert table["pick"].to_dict() == {"best": True, "good": False, "focus": False, "baseline": False}
    assert not table.loc["baseline", "kept"]
    spent = table["replications"]
    assert spent["baseline"] == 6 < spent["good"] < spent["best"], "dropped at once, on the way, and never"
    ran = found.runs.groupby("strategy")["replication"].agg(["max", "nunique", "size"])
    assert (ran["size"] == ran["nunique"]).all(), "no replication twice"
    assert (ran["max"] + 1).to_dict() == table["replications"].to_dict(), "the runs themselves end where it is dropped"
    wide = found.runs.pivot(index="replication", columns="strategy", values="profit_manufacturer")
    assert table["mean"].to_dict() == pytest.approx(wide[:6].mean().to_dict()), "over those that all have"
    focus = table.loc["focus"]
    assert focus["behind_low"] < MEANS["best"] - MEANS["focus"] < focus["behind_high"]
    for name in ("good", "focus", "baseline"):
        row = table.loc[name]
        assert row["behind"] == pytest.approx((wide["best"] - wide[name]).mean()), "in the replications that both have"
        assert row["behind_high"] - row["behind_low"] < (row["high"] - row["low"]) / 2, "luck is common"


def test_strategies_of_a_look_run_together(tmp_path) -> None:
    found = study_of(tmp_path, outcome(MEANS), KN, STRATEGIES)
    looks = found.runs.groupby("call")
    assert set(looks.get_group(0)["strategy"]) == set(NAMES)
    spent = found.answer.tables["selection"]["replications"]
    assert len(looks) == 1 + (spent.max() - 6) / 2


def test_promise_and_price_are_told(tmp_path) -> None:
    found = study_of(tmp_path, outcome(MEANS), KN, STRATEGIES)
    most = int(found.answer.tables["selection"]["replications"].max())
    assert found.answer.text.startswith("best: picked with a chance of at least 95%")
    assert f"{len(found.runs)} runs, where as many for every strategy would have been {4 * most}." in found.answer.text
    assert "tie" not in found.answer.text
    asked = asking(indifference=0.1, first=6, max_replications=7)
    short = study_of(tmp_path / "short", outcome(MEANS), asked, STRATEGIES)
    assert "no promise" in short.answer.text
    assert short.answer.tables["selection"]["replications"].max() == 7


def test_a_tie_is_called_a_tie(tmp_path) -> None:
    equal = {**MEANS, "good": MEANS["best"]}
    found = study_of(tmp_path, outcome(equal, OWN / 6), KN, STRATEGIES)
    pick, other = found.answer.tables["selection"]["strategy"][:2]
    assert {pick, other} == {"good", "best"}
    assert f"A tie: {other} came within 2 of it, so that any of them is as good." in found.answer.text


def test_a_fixed_budget_promises_nothing(tmp_path) -> None:
    asked = asking(procedure="ocba", budget=60, first=6)
    found = study_of(tmp_path, outcome(MEANS), asked, STRATEGIES)
    assert found.answer.text.startswith("best: estimated chance")
    assert "no promise" in found.answer.text
    assert len(found.runs) == found.answer.tables["selection"]["replications"].sum() == 60


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {"study": {"selection": {"procedure": "ocba", "budget": 20, "first": 6}}},
            r"study\.selection\.budget: 20: must be at least 24",
        ),
        ({"outcomes": ("spending",)}, "neutral"),
        ({"strategies": ("baseline",)}, "two at least"),
    ],
)
def test_what_cannot_be_asked(change, said) -> None:
    with pytest.raises(InputError, match=said):
        most_runs(load_experiment({"name": "trial", **KN, **change}, base(STRATEGIES)))


def test_a_limit_below_the_first_look_is_refused() -> None:
    with pytest.raises(InputError, match="must not be below first"):
        load_experiment({"name": "trial", **asking(indifference=1.0, first=10, max_replications=9)}, base(STRATEGIES))
