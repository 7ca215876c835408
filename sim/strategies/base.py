"""What a strategy is: a frozen set of parameters and one pure decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from numpy.typing import NDArray

from sim.scenario.schema.common import Spec, quantity
from sim.strategies.view import View

Array = NDArray[Any]
Memory = Mapping[str, Any]
"""What a strategy remembers from one decision to the next: plain JSON values, saved with the market."""


@dataclass(frozen=True)
class Pull:
    """A wish of a strategy: move one lever at some places.

    Attributes
    ----------
    lever : a name of `sim.world.levers.LEVERS`.
    value : by the lever's combiner: "set", the new value; "add", the change against the baseline; "multiply", a factor
        on the baseline; "min", the new value, the smallest of all pulls winning. A number, or an array over the places.
    where : by axis of the lever, rows of the places; every place that is ours when an axis is left out.
    """

    lever: str
    value: float | Array
    where: Mapping[str, Array] = field(default_factory=dict)


@dataclass(frozen=True)
class Note:
    """Something the strategy did that a reader should find in the events.

    Attributes
    ----------
    text : short machine name, such as "stage_launch" or "gate_missed"; the part's kind is put in front.
    territory : row, −1 for the whole market.
    value : a number that belongs to it.
    """

    text: str
    territory: int = -1
    value: float = 0.0


@dataclass(frozen=True)
class Decision:
    """What a strategy wants until its next decision: the whole list of its pulls, not a change of the last one."""

    pulls: tuple[Pull, ...] = ()
    memory: Memory = field(default_factory=dict)
    notes: tuple[Note, ...] = ()


class Strategy(Spec):
    """One principle with its parameters. Subclasses declare `kind`, parameters as `quantity` fields, and `decide`.

    A decision is a pure function of the view and the memory: it draws no random numbers, keeps nothing in the object
    and sees nothing but the view, so it can be repeated, saved and tested alone.
    """

    kind: ClassVar[str]
    """Name in scenarios; lower case with underscores."""

    only: tuple[str, ...] = quantity(
        (), "Territories that the part sees and touches; all of them when empty.", "list", max_length=10_000
    )

    def decide(self, view: View, memory: Memory) -> Decision:
        """Return what to do until the next decision (levers that no pull names stand at their baseline)."""
        raise NotImplementedError
