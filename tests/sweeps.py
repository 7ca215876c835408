"""Tiny experiments for tests of sweeps, and doubles that stand for a run: workers import them from here."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

from sim.runs.cells import Cell
from sim.runs.keep import Start, Values
from sim.runs.store import Facts, Store
from sim.scenario.schema import Scenario
from tests.markets import market, merged

SHARE = "strategies.focus.0.concentrate.share_of_people"
SPEED = "team.visit.speed_km_per_hour"

FOCUS: dict[str, Any] = {
    "strategies": {"focus": ({"concentrate": {"territories": 1}},)},
    "calendar": {"burn_in_days": 2, "duration_days": 8},
}

EXPERIMENT: dict[str, Any] = {
    "name": "tiny_sweep",
    "strategies": ("baseline", "focus"),
    "levers": {SHARE: {"list": (0.3, 0.6)}},
    "uncertainties": {SPEED: {"distribution": "triangular", "low": 10, "mode": 20, "high": 40}},
    "design": "latin_hypercube",
    "cross_levers": True,
    "samples": 2,
    "replications": 2,
    "outcomes": ("profit_manufacturer", "sell_out_units"),
}
"""Four points in two worlds, two strategies, two replications: 16 rows, of which the baseline's are twice the same."""

DEADLY = '''"""A strategy that takes its process along, in one of its settings; it writes down every try."""

import os
import signal
from pathlib import Path
from typing import ClassVar

from sim.scenario.schema.common import quantity
from sim.strategies.base import Decision, Strategy


class Deadly(Strategy):
    """Kill or raise."""

    kind: ClassVar[str] = "deadly"
    dose: float = quantity(0.0, "1 kills, 2 raises.", ge=0, le=2)

    def decide(self, view, memory):
        """Do it."""
        if self.dose == 1.0:
            with open(Path(__file__).with_name("tries"), "a") as tries:
                tries.write("x")
            os.kill(os.getpid(), signal.SIGKILL)
        if self.dose == 2.0:
            raise RuntimeError("an unlucky day")
        return Decision()
'''


def base(*changes: dict[str, Any]) -> Scenario:
    """The base scenario of the tiny experiment."""
    return market(FOCUS, *changes)


def experiment(*changes: dict[str, Any]) -> dict[str, Any]:
    """The tiny experiment with changes."""
    return merged(EXPERIMENT, *changes)


def deadly(folder: Path, *doses: float) -> tuple[dict[str, Any], Scenario]:
    """An experiment in which a strategy of a user's file is given some doses, and its base scenario."""
    file = folder / "deadly.py"
    file.write_text(DEADLY, encoding="utf-8")
    fields = {
        "name": "deadly",
        "strategies": ("baseline", "bad"),
        "replications": 1,
        "outcomes": ("sell_out_units",),
        "levers": {"strategies.bad.0.deadly.dose": {"list": doses}},
    }
    return fields, base({"strategies": {"bad": ({str(file): {}},)}})


class Double(Values):
    """Values made of the keys, in no time; nothing is kept."""

    def run(self, cell: Cell, start: Start) -> tuple[float, ...]:
        return tuple(int(cell.key[:8], 16) + k + 0.5 for k in range(len(self.kpis)))

    def write(self, store: Store, key: str, made: Any, facts: Facts, cell: Cell) -> None:
        return None

    def result(self, made: Any) -> tuple[float, ...]:
        return tuple(made)


class DoubleThatDiesOnce(Double):
    """Like `Double`, but the first worker that comes by is killed."""

    def run(self, cell: Cell, start: Start) -> tuple[float, ...]:
        mark = Path(os.environ["ARSIM_TEST_MARK"])
        try:
            mark.touch(exist_ok=False)
        except FileExistsError:
            return super().run(cell, start)
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError
