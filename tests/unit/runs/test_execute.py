"""Plans, stores and failures, with doubles that stand for runs: nothing is simulated here."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from sim.errors import RunError
from sim.runs.cells import Cell, Cells
from sim.runs.execute import KILLED, execute
from sim.runs.executors import executor_for
from sim.runs.keep import Numbers, Start
from sim.runs.store import Store
from sim.runs.task import Failure
from tests.markets import market
from tests.sweeps import DoubleThatDiesOnce

SCENARIO = market({"strategies": {"a": [{"zero_unvisited": {}}], "nothing": []}})


class Counted(Numbers):
    """Numbers made of the cell; writes down what it runs, and fails for some strategies."""

    def __init__(self, *bad: str) -> None:
        self.bad = bad
        self.ran: list[tuple[str, int]] = []

    def key(self, cell: Cell) -> str:
        return cell.key

    def run(self, cell: Cell, start: Start) -> tuple[float, ...]:
        self.ran.append((cell.strategy, cell.luck))
        if cell.strategy in self.bad:
            raise RuntimeError("goods lost")
        return (float(cell.luck), float("nan"))


def plan(replications: int = 2, names: Sequence[str] = ("baseline", "a", "nothing")) -> list[list[Cell]]:
    cells = Cells(SCENARIO)
    return [[cells.cell(name, r) for name in names] for r in range(replications)]


def test_each_key_runs_once_and_every_cell_comes_back() -> None:
    keep = Counted()
    found = [(cell.strategy, cell.replication, value[0]) for cell, value in execute(plan(), None, executor_for(), keep)]
    assert keep.ran == [("baseline", 0), ("a", 0), ("baseline", 1), ("a", 1)]
    assert sorted(found) == [(name, r, float(r)) for name in ("a", "baseline", "nothing") for r in (0, 1)]


def test_what_the_store_has_is_read_and_the_rest_is_kept(tmp_path: Path) -> None:
    store, first, second = Store(tmp_path), Counted(), Counted()
    assert len(list(execute(plan(1), store, executor_for(), first))) == 3
    assert len(list(execute(plan(2), store, executor_for(), second))) == 6
    assert second.ran == [("baseline", 1), ("a", 1)]
    again = Counted()
    assert len(list(execute(plan(2), store, executor_for(), again, look=False))) == 6
    assert len(again.ran) == 4
    assert not store.ls(), "numbers are no runs that comparisons could read"
    store.rebuild()
    assert list(execute(plan(2), store, executor_for(), Counted("baseline", "a")))


def test_the_first_failure_ends_the_work_and_is_kept(tmp_path: Path) -> None:
    store, keep = Store(tmp_path), Counted("baseline")
    with pytest.raises(RuntimeError, match="goods lost"):
        list(execute(plan(), store, executor_for(), keep))
    assert keep.ran == [("baseline", 0)]
    (row,) = store.ls(failed=True)
    assert (row.strategy, row.error) == ("baseline", "RuntimeError: goods lost")


def test_with_a_list_for_failures_the_others_go_on(tmp_path: Path) -> None:
    failures: list[tuple[Cell, Failure]] = []
    keep = Counted("baseline")
    done = list(execute(plan(), Store(tmp_path), executor_for(), keep, failures=failures))
    assert [(cell.strategy, cell.replication) for cell, _ in done] == [("a", 0), ("a", 1)]
    assert [(cell.key, failure.text.splitlines()[-1]) for cell, failure in failures] == [
        (plan()[r][0].key, "RuntimeError: goods lost") for r in (0, 1)
    ]


def test_without_a_store_a_dead_worker_costs_a_second_try(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARSIM_TEST_MARK", str(tmp_path / "mark"))
    with executor_for(2) as executor:
        done = list(execute(plan(3), None, executor, DoubleThatDiesOnce(("x",))))
    assert (tmp_path / "mark").exists()
    assert len({(cell.strategy, cell.replication) for cell, _ in done}) == 9


class Deadly(DoubleThatDiesOnce):
    """Kills every worker."""

    def run(self, cell: Cell, start: Start) -> tuple[float, ...]:
        import os
        import signal

        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError


@pytest.mark.slow
def test_a_run_that_kills_its_worker_again_and_again_has_failed(tmp_path: Path) -> None:
    with executor_for(2) as executor, pytest.raises(RunError, match="died 3 times"):
        list(execute(plan(1, ["a"]), Store(tmp_path), executor, Deadly(("x",))))
    (row,) = Store(tmp_path).ls(failed=True)
    assert row.error == KILLED
