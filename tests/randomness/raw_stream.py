"""Write the simulator's uniforms as raw 32-bit words to standard output, for test suites such as dieharder.

Usage: PYTHONPATH=. python tests/randomness/raw_stream.py ORDER | dieharder -g 200 -d TEST

ORDER is the coordinate that runs while the others stand still: index, slot, period, replication or seed; or `day`, the
order in which a simulation draws (periods of 1,000 slots of 4 indices). Words are the upper 32 bits of the uniforms.
"""

from __future__ import annotations

import sys

import numpy as np
from numba import njit

from sim.streams import DecisionPoint, key_of, uniform

ORDERS = {"index": 0, "slot": 1, "period": 2, "replication": 3, "seed": 4, "day": 5}
POINT = int(DecisionPoint.SHOPPERS)
CHUNK = 1 << 20


@njit
def fill(order: int, first: int, out: np.ndarray) -> None:
    """Fill `out` with the uniforms first, first + 1, … of an order."""
    fixed = key_of(1, 0, POINT, 0)
    for j in range(out.shape[0]):
        i = first + j
        if order == 0:
            out[j] = uniform(fixed, 7, i)
        elif order == 1:
            out[j] = uniform(fixed, i, 0)
        elif order == 2:
            out[j] = uniform(key_of(1, 0, POINT, i), 7, 0)
        elif order == 3:
            out[j] = uniform(key_of(1, i, POINT, 0), 7, 0)
        elif order == 4:
            out[j] = uniform(key_of(i, 0, POINT, 0), 7, 0)
        else:
            out[j] = uniform(key_of(1, 0, POINT, i // 4000), (i // 4) % 1000, i % 4)


def main() -> None:
    """Write until the reader closes the pipe."""
    out = np.empty(CHUNK)
    first = 0
    try:
        while True:
            fill(ORDERS[sys.argv[1]], first, out)
            sys.stdout.buffer.write(np.floor(out * 2.0**32).astype("<u4").tobytes())
            first += CHUNK
    except BrokenPipeError:
        sys.stderr.close()


if __name__ == "__main__":
    main()
