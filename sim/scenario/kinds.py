"""Which kind of file a document is, a scenario or an experiment: the other kind is refused in one line, not by field.

Experiments are checked in a layer above; only the names of their fields are known here, and a test compares them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from sim.errors import InputError, Problem
from sim.scenario.document import Entry, read_document
from sim.scenario.schema import Scenario

Kind = Literal["scenario", "experiment"]

BASE, OVERRIDES, APPLY = "base", "overrides", "apply"
FILE_KEYS: Final = (BASE, OVERRIDES, APPLY)
"""What a scenario's file may hold besides the fields of the scenario."""
STUDY: Final = "study"
EXPERIMENT_ONLY: Final = frozenset({
    "question", "scenario", "levers", "uncertainties", "constants", "outcomes", "design", "cross_levers", "samples",
    STUDY, "max_runs",
})  # fmt: skip
"""Fields of an experiment that a scenario does not have."""
SHARED: Final = frozenset({"name", "strategies", "replications", "seed"})
"""Fields that both have."""
MOST_NAMED: Final = 2


def read_kind(file: str, kind: Kind) -> Entry:
    """Read a file that must be of one kind.

    Raises
    ------
    InputError
        As of `read_document`; or when the file seems to be of the other kind, with the command that takes it.
    """
    tree = read_document(file, kind)
    seeming, own = _seeming(tree.value)
    if seeming is None or seeming == kind:
        return tree
    line = min((tree.value[key].mark.line for key in own), default=tree.mark.line)
    by = f" ({', '.join(own[:MOST_NAMED])})" if own else ""
    article = {"scenario": "a scenario", "experiment": "an experiment"}
    allowed = f"must be {article[kind]}; this file is for {_commands(seeming, tree)}"
    raise InputError([Problem(file, line, "file", f"seems to be {article[seeming]}{by}", allowed)])


def _seeming(fields: Mapping[str, Entry]) -> tuple[Kind | None, list[str]]:
    """Return the kind that most fields speak for, and these fields; None where they do not say."""
    scenario_only = ({*Scenario.model_fields, *FILE_KEYS}) - SHARED
    experiment = [key for key in fields if key in EXPERIMENT_ONLY]
    scenario = [key for key in fields if key in scenario_only]
    strategies = fields.get("strategies")
    if strategies is not None and isinstance(strategies.value, dict | list):
        # by name with their parts in a scenario, only names in an experiment
        (scenario if isinstance(strategies.value, dict) else experiment).append("strategies")
    if len(experiment) > len(scenario):
        return "experiment", experiment
    # a scenario may leave everything to the defaults, an experiment must name its scenario
    if len(scenario) > len(experiment) or (not experiment and fields.keys() <= SHARED):
        return "scenario", scenario
    return None, []


def _commands(kind: Kind, tree: Entry) -> str:
    if kind == "scenario":
        return "`arsim run`, `arsim check` and `arsim compare`"
    return f"`arsim {'study' if STUDY in tree.value else 'sweep'}`"
