"""Fifty random kills, of workers and of the parent, and still the same table: the proof behind docs/experiments.md.

`python -m studies.validation.kill_sweep [KILLS]` from the top folder. A small sweep runs with two workers in a process
of its own; every few seconds one of its processes is killed (SIGKILL), one time in five the parent, which is started
again on the same store. The store is emptied whenever a sweep has ended before all kills are spent. At the end every
table must be equal, byte for byte, to the one of a serial sweep without kills, and nothing may have failed.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sim.questions.sweeps.sweep import sweep
from sim.streams import slot_of, stream, uniforms
from tests.sweeps import base, experiment

MARKET = {"calendar": {"burn_in_days": 20, "duration_days": 60}}
LARGER = {"samples": 12, "replications": 4}


def child(store: str, table: str) -> None:
    """Run the sweep and write its table."""
    found = sweep(experiment(LARGER), base(MARKET), workers=2, store=store)
    if found.attrs["failures"]:
        raise SystemExit(f"failed: {found.attrs['failures']}")
    Path(table).write_bytes(found.to_csv(index=False).encode())


def start(store: Path, table: Path) -> subprocess.Popen[bytes]:
    """Begin the sweep in a process of its own."""
    return subprocess.Popen([sys.executable, "-m", "studies.validation.kill_sweep", "child", str(store), str(table)])


def workers_of(parent: int) -> list[int]:
    """Return the worker processes of a sweep."""
    try:
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        return [int(c) for c in children if b"spawn_main" in Path(f"/proc/{c}/cmdline").read_bytes()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def main(kills: int) -> dict[str, float]:
    """Kill and compare; return what happened."""
    import numpy as np

    draws = uniforms(np.uint64(stream(slot_of("kill_sweep"), np.uint64(1))), np.arange(3 * kills, dtype=np.uint64), 0)
    expected = sweep(experiment(LARGER), base(MARKET)).to_csv(index=False).encode()
    began, counts = time.monotonic(), {"workers": 0, "parents": 0, "sweeps": 0}
    with tempfile.TemporaryDirectory() as folder:
        store, table = Path(folder) / "store", Path(folder) / "table.csv"
        process = start(store, table)
        done = 0
        while done < kills or process.poll() is None:
            wait, which, whom = (float(v) for v in draws[3 * min(done, kills - 1) :][:3])
            time.sleep(0.3 + 6.0 * wait if done < kills else 0.2)
            if process.poll() is not None:
                assert process.returncode == 0, process.returncode
                assert table.read_bytes() == expected, "another table"
                counts["sweeps"] += 1
                if done >= kills:
                    break
                table.unlink()
                shutil.rmtree(store)
                process = start(store, table)
                continue
            if done >= kills:
                continue
            workers = workers_of(process.pid)
            if which < 0.2:
                process.kill()
                process.wait()
                counts["parents"] += 1
                process = start(store, table)
            elif workers:
                os.kill(workers[int(whom * len(workers))], signal.SIGKILL)
                counts["workers"] += 1
            else:
                continue
            done += 1
        assert table.read_bytes() == expected, "another table"
    return {**counts, "seconds": round(time.monotonic() - began, 1)}


if __name__ == "__main__":
    if sys.argv[1:2] == ["child"]:
        child(*sys.argv[2:4])
    else:
        print(json.dumps(main(int(sys.argv[1]) if len(sys.argv) > 1 else 50)))  # noqa: T201
