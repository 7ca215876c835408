"""What introducing territories in stages has in common, whether wave by wave or all at once."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.scenario.schema.common import quantity
from sim.strategies.base import Pull, Strategy
from sim.strategies.moving import SPENDING, Movers, Source, brought, move_people, visit_factor
from sim.strategies.pulls import changes, lever_field
from sim.strategies.stages import IDLE, STAGES, WON, IfMissed, Machine, Progress, StagesSpec
from sim.strategies.view import View

Array = NDArray[Any]
Shares = Callable[[Array], Array]
"""From what each territory's stage takes to whole persons or cents by territory, shape (n,)."""


class Introduction(Strategy):
    """Parameters and pulls of a plan in stages. It is no kind itself."""

    stages: StagesSpec = quantity(text="What each stage takes.", unit="-", factory=StagesSpec)
    people: Source = quantity(
        "moved", "Whether a stage's advisors come from territories not begun, given up or won, or are hired.", unit="-"
    )  # fmt: skip
    money: Source = quantity(
        "moved", "The same for advertising, displays and promoters; surveys are always paid.", unit="-"
    )
    most_taken: float = quantity(0.5, "Largest part of what the giving territories have that is moved.", ge=0, le=1)
    movers: Movers = quantity(
        "most_skilled", "Who goes first when a post moves: skilled people carry the experience.", unit="-"
    )  # fmt: skip
    playbook: float | None = lever_field(
        "playbook", "Share of the playbook that new advisors are given while stages run; as today when absent."
    )
    if_missed: IfMissed = quantity("wait", "What happens when a gate is closed after the stage's days.", unit="-")
    longest_wait_days: int = quantity(
        168, "Days at a closed gate before `retreat` or `go_anyway`.", unit="days", ge=0, le=5000
    )
    ready_skill: float = quantity(0.5, "Selling skill from which an advisor counts as ready.", ge=0, le=1)

    @property
    def machine(self) -> Machine:
        """The rules of the stages."""
        return Machine(self.stages, self.if_missed, self.longest_wait_days, self.ready_skill)

    def pulls(self, view: View, progress: Progress, whole: Shares) -> tuple[Pull, ...]:
        """Return what the stages of today take.

        Parameters
        ----------
        whole : rounds what the territories take; may share it out among them.
        """
        running = ~progress.at(*IDLE)
        if not running.any():
            return ()
        givers = progress.at(*IDLE, WON)
        pulls = self._people(view, progress, whole, givers) + self._money(view, progress, whole, givers)
        if self.playbook is not None:
            pulls += (Pull("playbook", self.playbook),)
        factors = self.machine.taken(progress, attrgetter("visit_factor"))
        for factor in np.unique(factors[running]):
            pulls += visit_factor(view, np.flatnonzero(running & (factors == factor)), float(factor))
        return pulls

    def _people(self, view: View, progress: Progress, whole: Shares, givers: Array) -> tuple[Pull, ...]:
        wanted = whole(self.machine.taken(progress, attrgetter("advisors")))
        change = brought(view.baseline["advisors"], wanted, givers & (wanted == 0), self.people, self.most_taken)
        # Those who go home when a place is won go with their posts too.
        stages = [self.stages.of(name) for name in STAGES]
        return move_people(change, self.movers, moving=any(stage.advisors for stage in stages))

    def _money(self, view: View, progress: Progress, whole: Shares, givers: Array) -> tuple[Pull, ...]:
        pulls = changes("census_outlets", whole(self.machine.taken(progress, attrgetter("census_outlets"))))
        for lever in SPENDING:
            wanted = whole(self.machine.taken(progress, attrgetter(lever)))
            change = brought(view.baseline[lever], wanted, givers & (wanted == 0), self.money, self.most_taken)
            pulls += changes(lever, change)
        return pulls
