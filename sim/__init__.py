"""arsim simulates a consumer-goods market for deep marketing (Area Roller Sales).

The public API is loaded on first use, so that `import sim` and `arsim --help` stay fast:
`load` a scenario file, `run` it, look at the `RunResult`, `compare` its strategies and `explain_gain`, `sweep` an
experiment over levers and uncertainties or answer its `study`, drive a `Session` day by day, or read a `trace` of some
days act by act.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from sim._version import __version__

if TYPE_CHECKING:
    from sim.engine import Session, trace
    from sim.errors import ArsimError, InputError
    from sim.ledger.result import RunResult
    from sim.loading import load
    from sim.questions.compare import Comparison, compare
    from sim.questions.study import Study, study
    from sim.questions.sweeps.sweep import sweep
    from sim.questions.why import explain_gain
    from sim.runs.replications import run
    from sim.scenario.schema import Scenario

__all__ = [
    "ArsimError",
    "Comparison",
    "InputError",
    "RunResult",
    "Scenario",
    "Session",
    "Study",
    "__version__",
    "compare",
    "explain_gain",
    "load",
    "run",
    "study",
    "sweep",
    "trace",
]

_PLACES = {
    "ArsimError": ("sim.errors", "ArsimError"),
    "Comparison": ("sim.questions.compare", "Comparison"),
    "InputError": ("sim.errors", "InputError"),
    "RunResult": ("sim.ledger.result", "RunResult"),
    "Scenario": ("sim.scenario.schema", "Scenario"),
    "Session": ("sim.engine", "Session"),
    "Study": ("sim.questions.study", "Study"),
    "compare": ("sim.questions.compare", "compare"),
    "explain_gain": ("sim.questions.why", "explain_gain"),
    "load": ("sim.loading", "load"),
    "run": ("sim.runs.replications", "run"),
    "study": ("sim.questions.study", "study"),
    "sweep": ("sim.questions.sweeps.sweep", "sweep"),
    "trace": ("sim.engine", "trace"),
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for (PEP 562)."""
    if name not in _PLACES:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    module, attribute = _PLACES[name]
    value = getattr(importlib.import_module(module), attribute)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return sorted(__all__)
