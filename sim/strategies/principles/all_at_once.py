"""All at once, against rolling: the stages begin in every territory on the first day, with the means of few."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from sim.scenario.schema.common import quantity
from sim.strategies.base import Decision, Memory
from sim.strategies.pulls import split
from sim.strategies.stages import STAGES, WAITING, Introduction, Progress
from sim.strategies.view import View

Array = NDArray[Any]


class AllAtOnce(Introduction):
    """Introduce every territory now; what the stages take for some territories is shared by all, by potential.

    With `people: moved` and `money: moved` only territories that are won or given up have anything to give.
    """

    kind: ClassVar[str] = "all_at_once"

    means_for: float = quantity(
        1.0,
        "Territories whose people and money, as the stages state them, are shared by all.",
        "[0, 10_000] territories",
    )

    def decide(self, view: View, memory: Memory) -> Decision:
        """Begin everywhere at the first decision, then move on gate by gate."""
        n = len(view.names.territories)
        progress = Progress.of(memory, n)
        notes = [progress.enter(t, STAGES[0], view.day) for t in range(n) if progress.stage[t] == WAITING]
        notes += self.machine.move_on(progress, view)

        def whole(taken: Array) -> Array:
            return shared(taken, view.territories.potential, self.means_for)

        return Decision(self.pulls(view, progress, whole), progress.memory(), tuple(notes))


def shared(taken: Array, potential: Array, means_for: float) -> Array:
    """Share out the means of some territories among all, in whole persons or cents, shape (n,).

    Parameters
    ----------
    taken : shape (n,). What each territory would take if it were worked alone.
    potential : shape (n,). Known market, the weight of each territory; equal weights when nothing is known.
    means_for : number of territories whose means there are; never more than all.
    """
    n = potential.shape[0]
    weight = potential / potential.sum() if potential.sum() > 0 else np.full(n, 1.0 / n)
    part = taken * weight * min(means_for, n)
    return split(round(float(part.sum())), part) if part.sum() > 0 else np.zeros(n, dtype=np.int64)
