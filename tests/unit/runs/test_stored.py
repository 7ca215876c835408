"""Comparisons and runs through a store: the same bytes, and nothing is simulated twice."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from sim.ledger.result import RunResult
from sim.questions.compare import Comparison, compare
from sim.runs import keep as keep_module
from sim.runs.replications import run
from sim.runs.store import Store
from tests.markets import STRESSED, market
from tests.unit.runs.made import assert_same

SCENARIO = market(
    {
        "calendar": {"burn_in_days": 3, "duration_days": 12},
        "replications": 2,
        "strategies": {"a": [{"zero_unvisited": {}}], "b": [{"people": {}}], "nothing": []},
        "futures": {"small": {"outlets": {"generate": {"n": 20}}}},
    }
)


@pytest.fixture(scope="module")
def plain() -> Comparison:
    return compare(SCENARIO, max_replications=2)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, str]]:
    """Burn-ins and runs of comparisons, as they are simulated."""
    done: list[tuple[int, str]] = []
    burn_in, restore = keep_module.burn_in, keep_module.Session.restore

    def counted(scenario, *, seed, replication):
        done.append((replication, "burn-in"))
        return burn_in(scenario, seed=seed, replication=replication)

    def restored(scenario, saved, *, strategy):
        done.append((-1, strategy))
        return restore(scenario, saved, strategy=strategy)

    monkeypatch.setattr(keep_module, "burn_in", counted)
    monkeypatch.setattr(keep_module.Session, "restore", restored)
    return done


def assert_tables(a: RunResult, b: RunResult) -> None:
    assert list(a.tables) == list(b.tables)
    for name, table in a.tables.items():
        pd.testing.assert_frame_equal(table, b.tables[name], check_exact=True)


def test_a_comparison_is_the_same_with_a_store_and_the_second_time_nothing_runs(
    plain: Comparison, store: Store, ran: list[tuple[int, str]]
) -> None:
    first = compare(SCENARIO, max_replications=2, store=store)
    assert_same(first.arms, plain.arms)
    # The plan without parts is the baseline: three different strategies, two replications, two futures.
    assert len(ran) == 2 * 2 * (1 + 3)
    assert len(store.ls()) == 12
    ran.clear()
    assert_same(compare(SCENARIO, max_replications=2, store=store).arms, plain.arms)
    assert ran == []


def test_only_what_is_missing_runs_after_one_burn_in(
    plain: Comparison, store: Store, ran: list[tuple[int, str]]
) -> None:
    compare(SCENARIO, ["a"], max_replications=2, store=store, futures=[])
    ran.clear()
    found = compare(SCENARIO, max_replications=2, store=store, futures=[])
    assert ran == [(0, "burn-in"), (-1, "b"), (1, "burn-in"), (-1, "b")]
    assert list(found.outcomes()["value"]) == list(plain.outcomes()["value"])
    (row,) = store.rows("strategy = 'a' AND replication = 1")
    file = store.folder / row.file
    file.write_bytes(file.read_bytes()[::-1])
    ran.clear()
    again = compare(SCENARIO, max_replications=2, store=store, futures=[])
    assert ran == [(1, "burn-in"), (-1, "a")]
    assert len(store.set_aside) == 1
    assert list(again.outcomes()["value"]) == list(plain.outcomes()["value"])


def test_another_question_runs_again_unless_every_kpi_was_kept(store: Store, ran: list[tuple[int, str]]) -> None:
    ask = {"max_replications": 2, "futures": [], "store": store}
    compare(SCENARIO, ["a"], **ask)
    ran.clear()
    compare(SCENARIO, ["a"], kpis=["fill_rate"], **ask)
    assert len(ran) == 6
    compare(SCENARIO, ["a"], every_kpi=True, **ask)
    ran.clear()
    other = compare(SCENARIO, ["a"], kpis=["fill_rate"], **ask)
    assert ran == []
    alone = compare(SCENARIO, ["a"], kpis=["fill_rate"], max_replications=2, futures=[])
    assert_same(other.arms, alone.arms)


def test_independent_luck_is_stored_under_its_own_replications(store: Store) -> None:
    ask = {"max_replications": 2, "futures": [], "luck": "independent"}
    alone = compare(SCENARIO, ["a", "b"], **ask)
    for _ in range(2):
        assert_same(compare(SCENARIO, ["a", "b"], store=store, **ask).arms, alone.arms)
    assert len(store.ls()) == 6


def test_a_failure_is_kept_and_what_was_finished_before_it(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    observe = keep_module.Session.observe
    with monkeypatch.context() as patch:

        def broken(session):
            if session.plan.name == "a":
                raise RuntimeError("goods lost")
            return observe(session)

        patch.setattr(keep_module.Session, "observe", broken)
        with pytest.raises(RuntimeError, match="goods lost"):
            compare(SCENARIO, max_replications=2, store=store)
    (row,) = store.ls(failed=True)
    assert (row.strategy, row.seed, row.replication, row.error) == ("a", 1, 0, "RuntimeError: goods lost")
    assert "in broken" in store.error_of(row)
    assert store.scenario_file(row).is_file()
    assert [r.strategy for r in store.ls() if r.status == "finished"] == ["baseline"]
    compare(SCENARIO, max_replications=2, store=store)
    assert store.ls(failed=True) == []


def test_a_run_is_an_export_of_the_store_and_comparisons_use_it(
    store: Store, ran: list[tuple[int, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario = market(STRESSED, {"replications": 2, "strategies": {"a": [{"zero_unvisited": {}}]}})
    alone = run(scenario)
    assert_tables(run(scenario, store=store), alone)
    with monkeypatch.context() as patch:
        patch.setattr(keep_module.Whole, "run", None)
        assert_tables(run(scenario, store=store), alone)
    plain = compare(scenario, max_replications=2)
    ran.clear()
    assert_same(compare(scenario, max_replications=2, store=store).arms, plain.arms)
    assert [name for _, name in ran] == ["burn-in", "a"] * 2


@pytest.mark.slow
def test_worker_processes_write_the_same(plain: Comparison, store: Store) -> None:
    assert_same(compare(SCENARIO, max_replications=2, store=store, workers=2).arms, plain.arms)
    assert len(store.ls()) == 12
    assert store.verify() == []
    assert_tables(run(SCENARIO, store=store, workers=2), run(SCENARIO))
