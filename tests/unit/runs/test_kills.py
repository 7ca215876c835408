"""Writers that are killed in the middle: what was acknowledged is there, what was not is either whole or not there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from sim.runs.store import Store
from sim.runs.store.contents import collect
from tests.unit.runs.made import arms, assert_same, key

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("rounds", [3, pytest.param(20, marks=pytest.mark.slow)])
def test_every_acknowledged_run_survives_double_kills(tmp_path: Path, rounds: int) -> None:
    command = [sys.executable, "-m", "tests.unit.runs.killing", str(tmp_path / "store"), str(rounds)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    numbers = [int(line) for line in done.stdout.split()]
    assert len(numbers) > rounds
    store = Store(tmp_path / "store")
    found = store.read([key(n) for n in numbers])
    for number in numbers:
        assert_same(found.get(key(number)), arms(number))
    assert store.set_aside == []
    assert store.verify() == []
    # What was not acknowledged may be there as well, but never in part; at most one more for each kill.
    assert len(numbers) <= len(store.ls()) <= len(numbers) + 2 * rounds
    before = store.rows()
    store.rebuild()
    assert store.rows() == before
    collect(store)
    assert list((tmp_path / "store" / "tmp").iterdir()) == []
    assert store.rows() == before
