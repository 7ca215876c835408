"""One YAML file as a tree of nodes that know in which file and line they stand.

The tree is built from ruamel.yaml's node graph and not from its round-trip objects: every scalar then has its own mark,
and numbers, dates and duplicate keys are decided here, in one place.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from sim.errors import InputError, Problem, nearest_name

FieldPath = tuple[str | int, ...]
MAX_DEPTH = 60
MAX_NODES = 2_000_000
_TAG = "tag:yaml.org,2002:"
_LARGEST_EXACT_FLOAT = 2.0**53


@dataclass(frozen=True)
class Mark:
    """Where something stands; line 0 is outside any file."""

    file: str
    line: int

    def problem(self, field: str, value: str, allowed: str, nearest: str = "") -> Problem:
        """Return what is wrong with what stands here."""
        return Problem(self.file, self.line, field, value, allowed, nearest)


@dataclass
class Entry:
    """A value with its mark: `value` is a dict of entries, a list of entries, or a scalar."""

    value: Any
    mark: Mark

    def plain(self) -> Any:
        """Return the value without marks; lists become tuples, as the strict schema wants them."""
        if isinstance(self.value, dict):
            return {key: entry.plain() for key, entry in self.value.items()}
        if isinstance(self.value, list):
            return tuple(entry.plain() for entry in self.value)
        return self.value

    def child(self, part: str | int) -> Entry | None:
        """Return a field of a mapping or an item of a list; None when it is not there."""
        if isinstance(self.value, dict):
            return self.value.get(part)
        is_item = isinstance(self.value, list) and isinstance(part, int) and 0 <= part < len(self.value)
        return self.value[part] if is_item else None

    def at(self, *path: str | int) -> Entry | None:
        """Return what stands at a path; None when nothing does."""
        entry: Entry | None = self
        for part in path:
            entry = None if entry is None else entry.child(part)
        return entry

    def fields(self, *path: str | int) -> dict[str, Entry]:
        """Return the mapping that stands at a path; an empty one when there is none."""
        entry = self.at(*path)
        return entry.value if entry is not None and isinstance(entry.value, dict) else {}

    def mark_of(self, path: FieldPath) -> Mark:
        """Return the mark of `path`, or of its nearest parent that was written down."""
        entry = self
        for part in path:
            child = entry.child(part)
            if child is None:
                break
            entry = child
        return entry.mark


def entry_of(value: Any, mark: Mark) -> Entry:
    """Return plain values as entries that all carry one mark."""
    if isinstance(value, dict):
        return Entry({key: entry_of(child, mark) for key, child in value.items()}, mark)
    if isinstance(value, list | tuple):
        return Entry([entry_of(child, mark) for child in value], mark)
    return Entry(value, mark)


def dotted(path: FieldPath) -> str:
    """Write a field path as users do: `products.list.0.brand`."""
    return ".".join(str(part) for part in path)


def read_document(file: str, kind: str) -> Entry:
    """Read one YAML file whose top level is a mapping.

    Parameters
    ----------
    kind : what the file should be, for messages: scenario or experiment.

    Raises
    ------
    InputError
        When the file cannot be read or is not valid YAML; duplicate keys are all reported.
    """
    text = _read_text(file, kind)
    entry = parse_yaml(text, file)
    allowed = f"must be a mapping of {kind} fields"
    if entry is None:
        raise InputError([Problem(file, 0, kind, "empty file", allowed)])
    if not isinstance(entry.value, dict):
        found = "a list" if isinstance(entry.value, list) else "a single value"
        raise InputError([entry.mark.problem(kind, found, allowed)])
    return entry


def parse_yaml(text: str, file: str, *, marked: bool = True) -> Entry | None:
    """Parse YAML text into marked entries; `None` for an empty text.

    Parameters
    ----------
    text : the YAML.
    file : name used in marks and problems.
    marked : False for text that is not in a file (a command-line value): every line is 0.
    """
    yaml = YAML(typ="safe", pure=True)
    try:
        node = yaml.compose(text)
    except MarkedYAMLError as error:
        raise InputError([_syntax_problem(error, text, file, marked)]) from None
    except ReaderError as error:
        line = text[: error.position].count("\n") + 1 if marked else 0
        shown = f"character {ord(text[error.position])}" if error.position < len(text) else "a character"
        raise InputError([Problem(file, line, "YAML", shown, "control characters are not allowed")]) from None
    except RecursionError:
        raise InputError([_too_deep(file, 0)]) from None
    except (YAMLError, ValueError) as error:
        raise InputError([Problem(file, 0, "YAML", "this text", _one_line(str(error)))]) from None
    if node is None:
        return None
    builder = _Builder(yaml, file, marked)
    entry = builder.entry(node, 0)
    if builder.problems:
        raise InputError(builder.problems)
    return entry


def _read_text(file: str, kind: str) -> str:
    try:
        content = Path(file).read_bytes()
    except FileNotFoundError:
        raise InputError([_missing_file(file, kind)]) from None
    except IsADirectoryError:
        raise InputError([Problem(file, 0, "file", "a folder", "must be a file, not a folder")]) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError([Problem(file, 0, "file", "unreadable", _one_line(str(reason)))]) from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        shown = f"byte 0x{content[error.start]:02x}"
        raise InputError([Problem(file, line, "file", shown, "must be text in UTF-8")]) from None


def _missing_file(file: str, kind: str) -> Problem:
    folder = os.path.dirname(file) or "."
    names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    near = nearest_name(os.path.basename(file), [n for n in names if n.endswith((".yaml", ".yml"))])
    nearest = os.path.join(os.path.dirname(file), near) if near else ""
    return Problem(file, 0, "file", "not found", f"must be an existing {kind} file", nearest)


def _syntax_problem(error: MarkedYAMLError, text: str, file: str, marked: bool) -> Problem:
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark is not None else 0
    lines = text.splitlines()
    shown = lines[line - 1].strip() if 0 < line <= len(lines) else "end of text"
    reason = ", ".join(str(part) for part in (error.problem, error.context) if part)
    return Problem(file, line if marked else 0, "YAML", shown or "end of text", _one_line(reason) or "not valid YAML")


def _too_deep(file: str, line: int) -> Problem:
    return Problem(file, line, "YAML", "nested values", f"must be nested at most {MAX_DEPTH} deep")


def _one_line(text: str) -> str:
    return " ".join(text.split())


@dataclass
class _Builder:
    """Turns ruamel.yaml's nodes into entries and collects what is wrong with them."""

    yaml: YAML
    file: str
    marked: bool
    problems: list[Problem] = field(default_factory=list)
    n_nodes: int = 0

    def mark(self, node: Node) -> Mark:
        return Mark(self.file, node.start_mark.line + 1 if self.marked else 0)

    def entry(self, node: Node, depth: int) -> Entry:
        mark = self.mark(node)
        self.n_nodes += 1
        # Aliases may repeat a part (or contain themselves), so the tree can be far larger than the file.
        if depth > MAX_DEPTH or self.n_nodes > MAX_NODES:
            raise InputError([*self.problems, _too_deep(self.file, mark.line)])
        if isinstance(node, MappingNode):
            return Entry(self.mapping(node, depth), mark)
        if isinstance(node, SequenceNode):
            return Entry([self.entry(child, depth + 1) for child in node.value], mark)
        return Entry(self.scalar(node), mark)

    def mapping(self, node: MappingNode, depth: int) -> dict[str, Entry]:
        own: dict[str, Entry] = {}
        merged: dict[str, Entry] = {}
        for key_node, value_node in node.value:
            if str(key_node.tag) == _TAG + "merge":
                for source in self.merge_sources(value_node):
                    merged = {**self.mapping(source, depth + 1), **merged}
                continue
            key = self.key(key_node)
            if key is None:
                continue
            value = self.entry(value_node, depth + 1)
            # YAML marks what is not there after the line on which it is missing.
            if isinstance(value.value, dict | list) or value_node.value == "":
                value.mark = self.mark(key_node)
            if key in own:
                allowed = f"stands twice here (first on line {own[key].mark.line}); keep one"
                self.add(key_node, key, "duplicate key", allowed)
                continue
            own[key] = value
        return {**merged, **own}

    def merge_sources(self, node: Node) -> Iterator[MappingNode]:
        for source in node.value if isinstance(node, SequenceNode) else [node]:
            if isinstance(source, MappingNode):
                yield source
            else:
                self.add(node, "<<", "a value", "must name a mapping or a list of mappings")

    def key(self, node: Node) -> str | None:
        if isinstance(node, ScalarNode) and node.value != "":
            return str(node.value)
        self.add(node, "key", "a list or mapping" if not isinstance(node, ScalarNode) else "''", "keys must be text")
        return None

    def scalar(self, node: Node) -> Any:
        kind = str(node.tag).removeprefix(_TAG)
        if kind == "str":
            return str(node.value)
        if kind not in {"null", "bool", "int", "float", "timestamp"}:
            self.add(node, "tag", str(node.tag), "tags are not used in scenarios; write the plain value")
            return None
        try:
            value = self.yaml.constructor.construct_object(node, deep=True)
        except (ValueError, OverflowError, YAMLError):
            # An impossible date or number stays the text that it is; the schema then says what is meant.
            return str(node.value)
        return _whole(value, str(node.value)) if kind == "float" else value

    def add(self, node: Node, name: str, value: str, allowed: str) -> None:
        self.problems.append(self.mark(node).problem(name, value, allowed))


def _whole(value: Any, written: str) -> Any:
    """Read `4e6` as the whole number that it is: YAML calls it a float, users of cent amounts do not."""
    exact = "." not in written and "e" in written.lower() and abs(value) < _LARGEST_EXACT_FLOAT
    return int(value) if exact and value == int(value) else value
