"""Two processes that write runs and are killed again and again; prints every key that was acknowledged.

`python -m tests.unit.runs.killing FOLDER ROUNDS`. The writers are forked from this process, which has
loaded everything and opened nothing, so that a round takes a fraction of a second.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from itertools import count
from pathlib import Path

from sim.runs.store import Store
from tests.unit.runs.made import FACTS, arms, key

WRITERS = 2


def write_for_ever(folder: Path, first: int, pipe: int) -> None:
    store = Store(folder)
    for number in count(first):
        store.put(key(number), arms(number), FACTS.now())
        os.write(pipe, f"{number}\n".encode())


def start(folder: Path, first: int, pipe: int) -> int:
    child = os.fork()
    if child == 0:
        write_for_ever(folder, first, pipe)
        os._exit(1)
    return child


def main() -> None:
    folder, rounds = Path(sys.argv[1]), int(sys.argv[2])
    reading, writing = os.pipe()
    for k in range(rounds):
        firsts = [1_000_000 * writer + 1000 * k for writer in range(WRITERS)]
        children = [start(folder, first, writing) for first in firsts]
        # At least two acknowledged runs a round, however busy the machine is; then some way into the next ones.
        said = b""
        while said.count(b"\n") < 2:
            said += os.read(reading, 4096)
        time.sleep(0.0137 * (k % 7))
        for child in children:
            os.kill(child, signal.SIGKILL)
            assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
        os.set_blocking(reading, False)
        with contextlib.suppress(BlockingIOError):
            said += os.read(reading, 1 << 16)
        os.set_blocking(reading, True)
        sys.stdout.write(said.decode())


if __name__ == "__main__":
    main()
