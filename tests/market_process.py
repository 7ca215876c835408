"""Run markets in a process of its own: `python -m tests.market_process`, a JSON list of tasks on standard input.

A task has `changes` (to the tiny market), and may have `seed`, `save_at` (day; the saved bytes go to `file`) or
`restore` (a file to continue from). Each answers with hashes of all tables and of the state, as one JSON list.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from sim.engine import Session
from tests.markets import books_digest, digest, market

ROOT = Path(__file__).parents[1]


def perform(task: dict[str, Any]) -> dict[str, Any]:
    """Do one task."""
    scenario = market(task["changes"])
    if "restore" in task:
        session = Session.restore(scenario, Path(task["restore"]).read_bytes())
    else:
        session = Session(scenario, seed=task.get("seed"))
    if "save_at" in task:
        session.step(task["save_at"])
        Path(task["file"]).write_bytes(session.save())
        return {"state": books_digest(session)}
    session.step(session.calendar.n_days)
    return {"tables": digest(session.observe()), "state": books_digest(session)}


def in_new_process(tasks: list[dict[str, Any]], hash_seed: str = "random") -> list[dict[str, Any]]:
    """Perform tasks in a fresh Python with the given hash seed."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.market_process"],
        input=json.dumps(tasks),
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    answer: list[dict[str, Any]] = json.loads(done.stdout)
    return answer


if __name__ == "__main__":
    json.dump([perform(task) for task in json.load(sys.stdin)], sys.stdout)
