"""The stages through which a territory is introduced, what each of them takes, and the gates between them.

A stage lasts at least its days and ends at a review of the head office, so that what it takes is really there for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import model_validator

from sim.scenario.schema.common import Spec, quantity
from sim.strategies.base import Memory, Note, Pull, Strategy
from sim.strategies.pulls import (
    SPENDING,
    Movers,
    Source,
    brought,
    changes,
    lever_field,
    move_people,
    opened,
    visit_factor,
)
from sim.strategies.view import View

Array = NDArray[Any]

STAGES = ("select", "survey", "plan", "platform", "launch", "develop", "consolidate", "replicate")
WAITING, RETREATED, WON = "waiting", "retreated", "replicate"
PLATFORM = "platform"
"""The stage in which ground is opened; it lasts until it is."""
IDLE = (WAITING, RETREATED)
"""A territory that is not in a stage: not begun, or given up. Both work as in the baseline."""

MONTH = 30

IfMissed = Literal["wait", "retreat", "go_anyway"]


def _over(base: Any, given: Any) -> Any:
    """Lay nested mappings over each other; anything else is as given."""
    if not isinstance(base, Mapping) or not isinstance(given, Mapping):
        return given
    return {**base, **{key: _over(base.get(key), value) for key, value in given.items()}}


def monthly_margin(view: View) -> Array:
    """Return our gross margin by territory at the mean margin on a unit of what we sell, shape (n,). [cents/month]."""
    ours = view.products
    sold = float(ours.sell_in_rate.sum())
    a_unit = float(ours.sell_in_rate @ (ours.list_price_cents - ours.factory_cost_cents)) / sold if sold > 0.0 else 0.0
    margin: Array = MONTH * a_unit * view.territories.sell_in_rate
    return margin


class Gate(Spec):
    """What must be believed of a territory before it may leave a stage; all marks together."""

    share: float = quantity(0.0, "Least share of ours.", "[0, 1]")
    rank: int | None = quantity(None, "Worst rank of ours by share, 1 the largest.", "[1, 1000]")
    numeric_distribution: float = quantity(0.0, "Least share of known outlets that list ours.", "[0, 1]")
    weighted_distribution: float = quantity(0.0, "The same by size.", "[0, 1]")
    knowledge: float = quantity(
        0.0, "Least that our way of working is expected to achieve there, against a mature one.", "[0, 1]"
    )
    gross_margin_cents: float = quantity(
        0.0,
        "Least gross margin of what our distributors deliver there, at our mean margin on a unit.",
        "[0, 1e12] cents/month",
    )
    ready_advisors: int = quantity(0, "Least number of ready advisors in the territory.", "[0, 10_000] persons")

    def holds(self, view: View, ready: Array) -> Array:
        """Return where the gate is open, shape (n,), bool; a share that nobody knows is 0.

        Parameters
        ----------
        ready : shape (n,). Ready advisors by territory. [persons]
        """
        there = view.territories
        open_: Array = (
            (np.nan_to_num(there.share[:, 0], nan=0.0) >= self.share)
            & (there.numeric_distribution >= self.numeric_distribution)
            & (there.weighted_distribution >= self.weighted_distribution)
            & (there.knowledge >= self.knowledge)
            & (monthly_margin(view) >= self.gross_margin_cents)
            & (ready >= self.ready_advisors)
        )
        return open_ if self.rank is None else open_ & (there.rank <= self.rank)


class StageSpec(Spec):
    """What one territory takes in a stage, on top of its baseline."""

    days: int = quantity(0, "Least length of the stage; 0 passes at once when the gate is open.", "[0, 3650] days")
    advisors: int = quantity(0, "Advisors.", "[0, 10_000] persons")
    promoters: int = quantity(0, "Promoters.", "[0, 10_000] persons")
    advertising_cents: int = quantity(0, "Advertising.", "[0, 1e12] cents/month")
    display_cents: int = quantity(0, "Paid displays.", "[0, 1e12] cents/month")
    census_outlets: int = quantity(0, "Outlets surveyed.", "[0, 1_000_000] outlets/month")
    visit_factor: float = quantity(1.0, "Factor on the days between visits.", "[0.05, 20]")
    gate: Gate = quantity(text="What must hold before the next stage.", domain="-", factory=Gate)


TEMPLATE: dict[str, dict[str, Any]] = {
    "select": {},
    "survey": {"days": 28, "census_outlets": 100},
    "plan": {"days": 28},
    "platform": {"days": 28, "advisors": 1},
    "launch": {
        "days": 56,
        "advisors": 2,
        "promoters": 1,
        "advertising_cents": 500_000,
        "display_cents": 200_000,
        "visit_factor": 0.5,
        "gate": {"numeric_distribution": 0.3},
    },
    "develop": {
        "days": 84,
        "advisors": 2,
        "promoters": 1,
        "advertising_cents": 500_000,
        "display_cents": 200_000,
        "visit_factor": 0.5,
        "gate": {"weighted_distribution": 0.5},
    },
    "consolidate": {
        "days": 56,
        "advisors": 1,
        "display_cents": 200_000,
        "visit_factor": 0.75,
        "gate": {"rank": 1, "ready_advisors": 1},
    },
    "replicate": {},
}
"""What stages take by default; assumptions, to be replaced by a company's own template."""


def _stage(name: str, text: str) -> Any:
    return quantity(text=text, domain="-", factory=lambda: StageSpec.model_validate(TEMPLATE[name]))


class StagesSpec(Spec):
    """The stages in order. What a stage does not state comes from the default template, which is an assumption."""

    select: StageSpec = _stage("select", "The territory is chosen.")
    survey: StageSpec = _stage("survey", "Outlets and rivals are surveyed.")
    plan: StageSpec = _stage("plan", "Outlets are classified and goals set.")
    platform: StageSpec = _stage("platform", "Closed ground is opened; the team comes and learns the place.")
    launch: StageSpec = _stage("launch", "Outlets are won.")
    develop: StageSpec = _stage("develop", "The network is made dense.")
    consolidate: StageSpec = _stage("consolidate", "The lead is made safe.")
    replicate: StageSpec = _stage("replicate", "The territory is won, and its people teach others.")

    @model_validator(mode="before")
    @classmethod
    def _over_the_template(cls, given: Any) -> Any:
        if not isinstance(given, Mapping):
            return given
        return {name: _over(TEMPLATE.get(name, {}), part) for name, part in given.items()}

    def of(self, name: str) -> StageSpec:
        """Return a stage by name; an idle territory takes nothing."""
        stage: StageSpec = IDLE_STAGE if name in IDLE else getattr(self, name)
        return stage


IDLE_STAGE = StageSpec()


@dataclass
class Progress:
    """Where each territory stands; lists by territory row, kept as JSON.

    Attributes
    ----------
    stage : a name of `STAGES` or `IDLE`.
    entered : day of entry, counted like the view's day.
    missed : whether the stage's gate was closed when its days were over.
    wave : number of the wave, 0 before.
    """

    stage: list[str]
    entered: list[int]
    missed: list[bool]
    wave: list[int]

    @classmethod
    def of(cls, memory: Memory, n: int) -> Progress:
        """Read a memory; all n territories wait when it is empty."""
        if "stage" not in memory:
            return cls([WAITING] * n, [0] * n, [False] * n, [0] * n)
        return cls(*(list(memory[name]) for name in ("stage", "entered", "missed", "wave")))

    def memory(self) -> dict[str, Any]:
        """Return the progress as plain JSON values."""
        return {"stage": self.stage, "entered": self.entered, "missed": self.missed, "wave": self.wave}

    def at(self, *names: str) -> Array:
        """Return where the stage is one of these, shape (n,), bool."""
        return np.array([stage in names for stage in self.stage], dtype=bool)

    def enter(self, t: int, stage: str, day: int) -> Note:
        """Put a territory into a stage."""
        self.stage[t], self.entered[t], self.missed[t] = stage, day, False
        return Note(f"stage_{stage}", t, float(day))


@dataclass(frozen=True)
class Machine:
    """The rules by which territories move through the stages.

    Attributes
    ----------
    if_missed : what happens when a gate is closed after the stage's days.
    longest_wait_days : days of waiting at a closed gate before `retreat` or `go_anyway`.
    ready_skill : selling skill from which an advisor counts as ready.
    """

    stages: StagesSpec
    if_missed: IfMissed
    longest_wait_days: int
    ready_skill: float

    def ready(self, view: View) -> Array:
        """Return ready advisors by territory, shape (n,)."""
        people = view.people
        skilled = people.territory[people.selling >= self.ready_skill]
        return np.bincount(skilled, minlength=len(view.names.territories))

    def move_on(self, progress: Progress, view: View) -> Iterator[Note]:
        """Move every territory as far as it may go today."""
        ready = self.ready(view)
        for t in range(len(progress.stage)):
            yield from self._move_one(progress, view, t, ready)

    def _move_one(self, progress: Progress, view: View, t: int, ready: Array) -> Iterator[Note]:
        while progress.stage[t] not in (*IDLE, WON):
            stage = self.stages.of(progress.stage[t])
            waited = view.day - progress.entered[t] - stage.days
            if waited < 0 or (progress.stage[t] == PLATFORM and not view.territories.is_open[t]):
                return
            if not stage.gate.holds(view, ready)[t]:
                if not progress.missed[t]:
                    progress.missed[t] = True
                    yield Note("gate_missed", t, float(STAGES.index(progress.stage[t])))
                if self.if_missed == "wait" or waited < self.longest_wait_days:
                    return
                if self.if_missed == "retreat":
                    yield progress.enter(t, RETREATED, view.day)
                    return
            yield progress.enter(t, STAGES[STAGES.index(progress.stage[t]) + 1], view.day)

    def taken(self, progress: Progress, what: Callable[[StageSpec], float]) -> Array:
        """Return what each territory's stage takes, shape (n,)."""
        return np.array([what(self.stages.of(stage)) for stage in progress.stage], dtype=float)


Shares = Callable[[Array], Array]
"""From what each territory's stage takes to whole persons or cents by territory, shape (n,)."""


class Introduction(Strategy):
    """Parameters and pulls of a plan in stages. It is no kind itself."""

    stages: StagesSpec = quantity(text="What each stage takes.", domain="-", factory=StagesSpec)
    people: Source = quantity(
        "moved", "Whether a stage's advisors come from territories not begun, given up or won, or are hired.", "-"
    )
    money: Source = quantity("moved", "The same for advertising, displays and promoters; surveys are always paid.", "-")
    most_taken: float = quantity(0.5, "Largest part of what the giving territories have that is moved.", "[0, 1]")
    movers: Movers = quantity(
        "most_skilled", "Who goes first when a post moves: skilled people carry the experience.", "-"
    )
    playbook: float | None = lever_field(
        "playbook", "Share of the playbook that new advisors are given while stages run; as today when absent."
    )
    if_missed: IfMissed = quantity("wait", "What happens when a gate is closed after the stage's days.", "-")
    longest_wait_days: int = quantity(168, "Days at a closed gate before `retreat` or `go_anyway`.", "[0, 5000] days")
    ready_skill: float = quantity(0.5, "Selling skill from which an advisor counts as ready.", "[0, 1]")

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
        pulls += opened(np.flatnonzero(progress.at(*STAGES[STAGES.index(PLATFORM) :])), view)
        if self.playbook is not None:
            pulls += (Pull("playbook", self.playbook),)
        factors = self.machine.taken(progress, attrgetter("visit_factor"))
        for factor in np.unique(factors[running]):
            pulls += visit_factor(view, np.flatnonzero(running & (factors == factor)), float(factor))
        return pulls

    def _people(self, view: View, progress: Progress, whole: Shares, givers: Array) -> tuple[Pull, ...]:
        wanted = whole(self.machine.taken(progress, attrgetter("advisors")) * view.territories.is_open)
        change = brought(view.baseline["advisors"], wanted, givers & (wanted == 0), self.people, self.most_taken)
        # Those who go home when a place is won go with their posts too.
        stages = [self.stages.of(name) for name in STAGES]
        return move_people(change, self.movers, moving=any(stage.advisors for stage in stages))

    def _money(self, view: View, progress: Progress, whole: Shares, givers: Array) -> tuple[Pull, ...]:
        pulls = changes("census_outlets", whole(self.machine.taken(progress, attrgetter("census_outlets"))))
        for lever in SPENDING:
            wanted = whole(self.machine.taken(progress, attrgetter(lever)) * view.territories.is_open)
            change = brought(view.baseline[lever], wanted, givers & (wanted == 0), self.money, self.most_taken)
            pulls += changes(lever, change)
        return pulls
