"""What the section `study` names, checked against the rest of its experiment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sim.errors import Problem, nearest_name
from sim.metrics.catalogue import KPIS
from sim.questions.sweeps.paths import STRATEGIES
from sim.questions.sweeps.schema import ExperimentSpec
from sim.scenario.document import Entry
from sim.scenario.schema.common import Spec

_NAMES = {
    "between": "strategies", "strategy": "strategies", "good_enough": "outcomes",
    "today": "levers", "advisors": "levers", "promoters": "levers",
}  # fmt: skip
"""Field of a study → what its names (or its keys) must be among."""


def study_problems(spec: ExperimentSpec, strategies: Sequence[str], tree: Entry) -> Iterator[Problem]:
    """Yield what is wrong with the study: names that the experiment does not have, dimensions it cannot use."""
    if spec.study is None:
        return
    kind, asked = spec.study.kind, spec.study.asked
    yield from _name_problems(spec, asked, kind, strategies, tree)
    strategy = getattr(asked, "strategy", None)
    for path in spec.levers if strategy in strategies else ():
        if not path.startswith(f"{STRATEGIES}.{strategy}."):
            mark = tree.value["levers"].mark_of((path,))
            yield Problem(mark.file, mark.line, path, str(strategy), "is searched; must be a lever of this strategy")
    mark = tree.mark_of(("study", kind))
    if kind in {"selection", "robustness"} and len(strategies) < 2:
        yield Problem(mark.file, mark.line, "strategies", ", ".join(strategies), f"must be two at least for {kind}")
    for value, allowed in _misfits(spec, kind):
        yield Problem(mark.file, mark.line, f"study.{kind}", value, allowed)
    yield from _neutral_problems(spec, kind, tree)


def _name_problems(
    spec: ExperimentSpec, asked: Spec, kind: str, strategies: Sequence[str], tree: Entry
) -> Iterator[Problem]:
    """Yield names that the experiment does not have."""
    there = {"strategies": strategies, "outcomes": spec.outcomes, "levers": tuple(spec.levers)}
    for field, among in _NAMES.items():
        given = getattr(asked, field, None)
        names: Iterable[str] = () if given is None else (given,) if isinstance(given, str) else given
        mark = tree.mark_of(("study", kind, field))
        for name in names:
            if name not in there[among]:
                allowed = f"must be one of the experiment's {among}: {', '.join(there[among]) or 'none'}"
                near = nearest_name(name, there[among])
                yield Problem(mark.file, mark.line, f"study.{kind}.{field}", name, allowed, near)
        if field == "between" and given is not None and given[0] == given[1]:
            yield Problem(mark.file, mark.line, f"study.{kind}.between", given[0], "must be two strategies")


def _neutral_problems(spec: ExperimentSpec, kind: str, tree: Entry) -> Iterator[Problem]:
    """Yield outcomes that say what is better and yet have no better direction."""
    for number in _deciding(spec, kind):
        name, mark = spec.outcomes[number], tree.mark_of(("outcomes", number))
        if name in KPIS and KPIS[name].better == "neutral":
            allowed = f"decides the study {kind}: must be better higher or lower; a neutral KPI has no best strategy"
            yield Problem(mark.file, mark.line, "outcomes", name, allowed)


def _deciding(spec: ExperimentSpec, kind: str) -> range:
    """Return the places of the outcomes by which the study says what is better."""
    asked = spec.study.asked if spec.study else None
    if kind == "sensitivity" and getattr(asked, "between", None) is None:
        return range(0)
    return range(len(spec.outcomes) if kind == "optimise" else 1)


def _misfits(spec: ExperimentSpec, kind: str) -> Iterator[tuple[str, str]]:
    """Yield what does not fit between the kind of study and the levers and uncertainties."""
    every = {**spec.levers, **spec.uncertainties}
    if kind == "boundary" and (len(every) != 2 or any(own.is_listed for own in every.values())):
        yield ", ".join(every), "needs two levers or uncertainties, both with a distribution"
    if kind == "selection" and every:
        yield ", ".join(every), "chooses among the strategies as they are; it has no levers or uncertainties"
    if kind in {"optimise", "sizing"} and (spec.uncertainties or not spec.levers):
        yield ", ".join(spec.uncertainties) or "no levers", "needs levers, and no uncertainties"
    if kind == "sizing" and (free := [path for path, own in spec.levers.items() if not own.is_listed]):
        yield free[0], "needs a list or a grid of sizes"
