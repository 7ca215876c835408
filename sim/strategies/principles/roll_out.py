"""Roll and replicate (滚动复制): win one territory, then carry its people and know-how to the next, wave by wave."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import field_validator

from sim.scenario.schema.common import quantity
from sim.strategies.base import Decision, Memory, Note
from sim.strategies.pulls import territory_rows
from sim.strategies.ranking import Ease
from sim.strategies.stages import RETREATED, STAGES, WAITING, WON, Introduction, Progress
from sim.strategies.view import View

Array = NDArray[Any]


class RollOut(Introduction):
    """Introduce territories from easy to hard; a wave begins when enough of the last one is won."""

    kind: ClassVar[str] = "roll_out"

    order: Ease = quantity(text="Which territories come first.", domain="-", factory=Ease)
    waves: tuple[tuple[str, ...], ...] = quantity(
        (), "Territories of each wave by name, in place of order and sizes; the rest is left alone.", "list"
    )
    first_wave: int = quantity(1, "Territories in the first wave; 0 changes nothing.", "[0, 10_000] territories")
    largest_wave: int = quantity(6, "Most territories in a wave.", "[1, 10_000] territories")
    ready_per_territory: float = quantity(
        2.0,
        "Ready advisors for each territory of a later wave; more trained people make larger waves.",
        "(0, 10_000] persons",
    )
    open_when_won: float = quantity(
        1.0, "Share of a wave that must be won before the next begins; what was given up does not count.", "[0, 1]"
    )

    @field_validator("waves")
    @classmethod
    def _once(cls, waves: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
        names = [name for wave in waves for name in wave]
        if len(set(names)) < len(names) or not all(waves):
            raise ValueError("a territory belongs to one wave, and a wave has one territory at least")
        return waves

    def decide(self, view: View, memory: Memory) -> Decision:
        """Move the territories on, open a wave when it is time, and pull what the stages take."""
        progress = Progress.of(memory, len(view.names.territories))
        notes = [*self.machine.move_on(progress, view), *self._open(progress, view)]
        pulls = self.pulls(view, progress, lambda taken: np.rint(taken).astype(np.int64))
        return Decision(pulls, progress.memory(), tuple(notes))

    def _open(self, progress: Progress, view: View) -> Iterator[Note]:
        last = max(progress.wave)
        if not (self.first_wave or self.waves) or not self._is_over(progress, last):
            return
        chosen = self._named(view, last) if self.waves else self._easiest(view, progress, last)
        for t in chosen.tolist():
            progress.wave[t] = last + 1
            yield progress.enter(t, STAGES[0], view.day)
        if chosen.shape[0]:
            yield Note("wave_opened", -1, float(last + 1))
            yield from self.machine.move_on(progress, view)

    def _named(self, view: View, last: int) -> Array:
        """Return the rows of the wave after the last; none when all waves have begun."""
        rows = [territory_rows(names, view) for names in self.waves]
        return rows[last] if last < len(rows) else np.zeros(0, dtype=np.int64)

    def _easiest(self, view: View, progress: Progress, last: int) -> Array:
        size = self._size(view) if last else min(self.first_wave, self.largest_wave)
        waiting = progress.at(WAITING)
        order = self.order.order(view, progress.at(WON))
        chosen: Array = order[waiting[order]][:size]
        return chosen

    def _is_over(self, progress: Progress, wave: int) -> bool:
        """Whether enough of a wave is won. Before the first wave it is."""
        members = np.array(progress.wave) == wave
        held = members & ~progress.at(RETREATED)
        return wave == 0 or not held.any() or bool(progress.at(WON)[held].mean() >= self.open_when_won)

    def _size(self, view: View) -> int:
        ready = float(self.machine.ready(view).sum())
        return min(max(int(ready / self.ready_per_territory), 1), self.largest_wave)
