"""From a scenario file to one tree: `base`, named `overrides`, `apply`, and `--set`.

Order, weakest first: the base (resolved by itself), the file's own fields, the overrides named in `apply` in their
order, `--set`. Mappings merge key by key, everything else (lists too) replaces as a whole.

A file may also be an experiment: where the other kind is expected it is refused in one line, not by field. Experiments
are checked in a layer above; only the names of their fields are known here, and a test compares them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from sim.errors import InputError, Problem, nearest_name
from sim.scenario.document import Entry, FieldPath, Mark, dotted, parse_yaml, read_document
from sim.scenario.schema import Scenario

Kind = Literal["scenario", "experiment"]

BASE, OVERRIDES, APPLY = "base", "overrides", "apply"
FILE_KEYS: Final = (BASE, OVERRIDES, APPLY)
"""What a scenario's file may hold besides the fields of the scenario."""
STUDY: Final = "study"
_EXPERIMENT = "question scenario levers uncertainties constants outcomes design cross_levers samples max_runs"
EXPERIMENT_ONLY: Final = frozenset({STUDY, *_EXPERIMENT.split()})
"""Fields of an experiment that a scenario does not have."""
SHARED: Final = frozenset({"name", "strategies", "replications", "seed"})
"""Fields that both have."""
MOST_NAMED: Final = 2
ON_COMMAND_LINE: Final = Mark("--set", 0)


@dataclass
class Composition:
    """A resolved tree and what it was made of.

    Attributes
    ----------
    tree : the merged fields, each with the mark of the file in which it stands.
    blocks : override blocks that may be applied, by name.
    applied : for each leaf path set by an override so far, the override's name.
    problems : what is wrong with `overrides`, `apply` and `--set`.
    """

    tree: Entry
    blocks: dict[str, Entry] = field(default_factory=dict)
    applied: dict[FieldPath, str] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def compose_file(file: str, chain: tuple[str, ...] = ()) -> Composition:
    """Read a scenario file with everything it is based on.

    Parameters
    ----------
    file : the scenario file.
    chain : real paths of the files that are based on it, to refuse circles.

    Raises
    ------
    InputError
        When a file of the chain cannot be read or is no scenario, or the chain runs in a circle.
    """
    entry = read_kind(file, "scenario")
    own = dict(entry.value)
    base, overrides, apply = (own.pop(key, None) for key in FILE_KEYS)
    composition = _base(base, file, (*chain, os.path.realpath(file)))
    merge(composition.tree, Entry(own, entry.mark))
    _collect_blocks(composition, overrides)
    _apply_blocks(composition, apply)
    return composition


def _base(base: Entry | None, file: str, chain: tuple[str, ...]) -> Composition:
    if base is None:
        return Composition(Entry({}, Mark(file, 0)))
    if not isinstance(base.value, str):
        allowed = "must be the path of another scenario file, relative to this one"
        raise InputError([base.mark.problem(BASE, "not a path", allowed)])
    other = os.path.normpath(os.path.join(os.path.dirname(file), base.value))
    if os.path.realpath(other) in chain:
        allowed = "must not lead back to a file that is based on it"
        raise InputError([base.mark.problem(BASE, base.value, allowed)])
    if not os.path.exists(other):
        allowed = f"must be an existing file, relative to this one; {other} was not found"
        near = nearest_name(os.path.basename(other), _scenario_files(os.path.dirname(other)))
        raise InputError([base.mark.problem(BASE, base.value, allowed, near)])
    return compose_file(other, chain)


def _scenario_files(folder: str) -> list[str]:
    place = folder or "."
    return sorted(n for n in os.listdir(place) if n.endswith((".yaml", ".yml"))) if os.path.isdir(place) else []


def merge(target: Entry, over: Entry) -> None:
    """Merge `over` into `target`: mappings key by key, anything else replaces."""
    target.mark = over.mark
    for key, entry in over.value.items():
        present = target.value.get(key)
        if present is not None and isinstance(present.value, dict) and isinstance(entry.value, dict):
            merge(present, entry)
        else:
            target.value[key] = copy_of(entry)


def copy_of(entry: Entry) -> Entry:
    """Return a copy that shares no mapping or list with `entry` (blocks and anchors are used more than once)."""
    if isinstance(entry.value, dict):
        return Entry({key: copy_of(child) for key, child in entry.value.items()}, entry.mark)
    if isinstance(entry.value, list):
        return Entry([copy_of(child) for child in entry.value], entry.mark)
    return Entry(entry.value, entry.mark)


def leaves(entry: Entry, prefix: FieldPath = ()) -> Iterator[FieldPath]:
    """Yield the paths that an override sets: everything that is not a mapping with something in it."""
    if isinstance(entry.value, dict) and entry.value:
        for key, child in entry.value.items():
            yield from leaves(child, (*prefix, key))
    else:
        yield prefix


def _collect_blocks(composition: Composition, overrides: Entry | None) -> None:
    if overrides is None:
        return
    if not isinstance(overrides.value, dict):
        _add(composition, overrides.mark, OVERRIDES, "not a mapping", "must be a mapping of named override blocks")
        return
    for name, block in overrides.value.items():
        place = f"{OVERRIDES}.{name}"
        if not isinstance(block.value, dict):
            _add(composition, block.mark, place, "not a mapping", "must be a mapping of scenario fields")
        elif name in composition.blocks and name in composition.names:
            _add(composition, block.mark, place, "a second block", "the base has applied a block of that name already")
        else:
            composition.blocks[name] = block
            _refuse_file_keys(composition, place, block)


def _refuse_file_keys(composition: Composition, place: str, block: Entry) -> None:
    for key in FILE_KEYS:
        if key in block.value:
            entry = block.value[key]
            _add(composition, entry.mark, f"{place}.{key}", "a key of the file", "cannot stand in an override block")


def _apply_blocks(composition: Composition, apply: Entry | None) -> None:
    if apply is None:
        return
    items = apply.value if isinstance(apply.value, list) else None
    if items is None or not all(isinstance(item.value, str) for item in items):
        _add(composition, apply.mark, APPLY, "not a list of names", "must be a list of names under overrides")
        return
    for item in items:
        _apply_block(composition, item.value, item.mark)


def _apply_block(composition: Composition, name: str, mark: Mark) -> None:
    if name in composition.names:
        _add(composition, mark, APPLY, name, "is applied already")
        return
    if name not in composition.blocks:
        near = nearest_name(name, composition.blocks)
        known = ", ".join(composition.blocks) or "none"
        _add(composition, mark, APPLY, name, f"must be a name under overrides; there: {known}", near)
        return
    block = composition.blocks[name]
    paths = list(leaves(block))
    for path in paths:
        other = _conflict(composition.applied, path)
        if other is not None:
            allowed = f"overrides '{other}' and '{name}' both set it; apply only one of them"
            _add(composition, block.mark_of(path), dotted(path), f"set by '{name}'", allowed)
    composition.applied.update(dict.fromkeys(paths, name))
    composition.names.append(name)
    merge(composition.tree, Entry({k: v for k, v in block.value.items() if k not in FILE_KEYS}, composition.tree.mark))


def _conflict(applied: dict[FieldPath, str], path: FieldPath) -> str | None:
    """Return the name of an applied override that sets `path`, a part of it, or something around it."""
    for other, name in applied.items():
        n = min(len(other), len(path))
        if other[:n] == path[:n]:
            return name
    return None


def apply_sets(composition: Composition, sets: Sequence[str]) -> None:
    """Apply `path=value` pairs in order; values are YAML, and what is wrong is added to the problems."""
    seen: set[str] = set()
    for text in sets:
        path, found, value = text.partition("=")
        path = path.strip()
        if not found or not path:
            _add(composition, ON_COMMAND_LINE, path or text, "no value", "must be written as path=value")
        elif path in seen:
            _add(composition, ON_COMMAND_LINE, path, value, "is set twice")
        else:
            seen.add(path)
            _apply_set(composition, path, value)


def _apply_set(composition: Composition, path: str, value: str) -> None:
    try:
        entry = parse_yaml(value, f"--set {path}", marked=False) or Entry(None, ON_COMMAND_LINE)
    except InputError as error:
        composition.problems.extend(error.problems)
        return
    _remark(entry, ON_COMMAND_LINE)
    parts = [part for part in path.replace("[", ".").replace("]", "").split(".") if part]
    if not parts or parts[0] in FILE_KEYS:
        _add(composition, ON_COMMAND_LINE, path, value, "must be a field of the scenario")
        return
    _put(composition, parts, entry, path)


def _put(composition: Composition, parts: list[str], entry: Entry, path: str) -> None:
    here = composition.tree
    for position, part in enumerate(parts):
        last = position == len(parts) - 1
        if isinstance(here.value, list):
            index = _index(composition, here, part, parts[:position], path)
            if index is None:
                return
            if last:
                here.value[index] = entry
                return
            here = here.value[index]
        elif last:
            here.value[part] = entry
        else:
            here = _step_into(here, part)


def _step_into(here: Entry, part: str) -> Entry:
    child: Entry | None = here.value.get(part)
    if child is None or not isinstance(child.value, dict | list):
        # A scalar in the way gives way to a mapping; the schema then refuses what does not belong there.
        child = Entry({}, ON_COMMAND_LINE)
        here.value[part] = child
    return child


def _index(composition: Composition, here: Entry, part: str, before: list[str], path: str) -> int | None:
    n = len(here.value)
    if part.isascii() and part.isdigit() and int(part) < n:
        return int(part)
    allowed = f"{'.'.join(before)} has {n} items; name one by its position, 0 to {n - 1}" if n else "the list is empty"
    _add(composition, ON_COMMAND_LINE, path, part, allowed)
    return None


def _remark(entry: Entry, mark: Mark) -> None:
    entry.mark = mark
    children = entry.value.values() if isinstance(entry.value, dict) else entry.value
    if isinstance(entry.value, dict | list):
        for child in children:
            _remark(child, mark)


def _add(composition: Composition, mark: Mark, name: str, value: str, allowed: str, nearest: str = "") -> None:
    composition.problems.append(mark.problem(name, value, allowed, nearest))


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
