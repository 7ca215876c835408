"""Find every place where two things of one type could stand in each other's place, by the syntax tree.

Four kinds: two positional arguments of a call, the values of two keyword arguments of a call, two fields of one bundle
read in one statement, and two fields in the declaration of a bundle that is made by place somewhere.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations
from pathlib import Path

SYMMETRIC = frozenset(
    {"min", "max", "hypot", "minimum", "maximum", "logical_and", "logical_or", "array_equal", "intersect1d"}
)
"""Functions that do not care about the order of their arguments."""
JOINED = frozenset({"stream", "uniform"})
"""Functions that join a key and a slot, their first two arguments, by an exclusive or."""
SHAPES = re.compile(r"^\s*((?:\w+, )*\w+)(?:, \w+)* : (?:shape|all of shape) (\([^)]*\))", re.MULTILINE)
DEFAULT_SHAPE = re.compile(r"shape (\([^)]*\))(?: unless said|\.\")")
UNKNOWN = "?"
Span = tuple[int, int]


@dataclass(frozen=True)
class Mutant:
    """One swap.

    Attributes
    ----------
    path : file, relative to the tree.
    kind : "argument", "keyword", "read" or "declaration".
    where : function or class, and what is called.
    spans : the two pieces of source that change places, as bytes of the file.
    """

    path: str
    line: int
    kind: str
    where: str
    first: str
    second: str
    spans: tuple[Span, Span]

    def applied(self, source: bytes) -> bytes:
        """The source with both pieces in each other's place."""
        (a, b), (c, d) = sorted(self.spans)
        return source[:a] + source[c:d] + source[b:c] + source[a:b] + source[d:]

    def __str__(self) -> str:
        return f"{self.path}:{self.line} {self.kind} in {self.where}: {self.first} <-> {self.second}"


@dataclass
class Signature:
    """Parameters of a function or fields of a bundle: names, annotations, shapes told in the docstring."""

    names: list[str]
    types: dict[str, str]

    def at(self, place: int) -> str:
        return self.types.get(self.names[place], UNKNOWN) if place < len(self.names) else UNKNOWN


@dataclass
class Knowledge:
    """What the tree says about types.

    Attributes
    ----------
    functions : signatures by name; None where two of one name differ.
    bundles : fields of every `NamedTuple`.
    by_place : bundles that are made by place somewhere.
    fields : types of columns of the world and of the scenario's fields, by name; None where they differ.
    """

    functions: dict[str, Signature | None] = field(default_factory=dict)
    bundles: dict[str, Signature] = field(default_factory=dict)
    by_place: set[str] = field(default_factory=set)
    fields: dict[str, str | None] = field(default_factory=dict)

    def add_field(self, name: str, kind: str) -> None:
        self.fields[name] = kind if self.fields.get(name, kind) == kind else None


@dataclass
class Source:
    """One file."""

    root: Path
    path: Path

    @cached_property
    def data(self) -> bytes:
        return self.path.read_bytes()

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.data)

    @cached_property
    def _starts(self) -> list[int]:
        starts = [0]
        for line in self.data.splitlines(keepends=True):
            starts.append(starts[-1] + len(line))
        return starts

    def span(self, node: ast.AST) -> Span:
        first = self._starts[node.lineno - 1] + node.col_offset
        return first, self._starts[node.end_lineno - 1] + node.end_col_offset

    def text(self, node: ast.AST) -> str:
        first, last = self.span(node)
        return " ".join(self.data[first:last].decode().split())


def learn(root: Path) -> Knowledge:
    """Read signatures, bundles, columns and schema of a tree."""
    known = Knowledge()
    sources = [Source(root, path) for path in sorted((root / "sim").rglob("*.py"))]
    for source in sources:
        for node in ast.walk(source.tree):
            if isinstance(node, ast.FunctionDef):
                signature = _signature(node)
                same = known.functions.get(node.name, signature)
                known.functions[node.name] = signature if same == signature else None
            elif isinstance(node, ast.ClassDef):
                _learn_class(known, node)
    for source in sources:
        for node in ast.walk(source.tree):
            is_made = isinstance(node, ast.Call) and _name(node.func) in known.bundles
            if is_made and (len(node.args) > 1 or any(isinstance(a, ast.Starred) for a in node.args)):
                known.by_place.add(_name(node.func))
    _learn_columns(known)
    return known


def _learn_class(known: Knowledge, node: ast.ClassDef) -> None:
    bases = {_name(base) for base in node.bases}
    fields = [s for s in node.body if isinstance(s, ast.AnnAssign) and isinstance(s.target, ast.Name)]
    if "NamedTuple" in bases:
        shapes = _shapes(ast.get_docstring(node) or "")
        types = {s.target.id: _typed(s.target.id, ast.unparse(s.annotation), shapes) for s in fields}
        known.bundles[node.name] = Signature([s.target.id for s in fields], types)
    elif any(base.endswith("Spec") or base in {"Spec", "Placed"} for base in bases):
        for s in fields:
            known.add_field(s.target.id, ast.unparse(s.annotation).replace("Share", "float"))


def _learn_columns(known: Knowledge) -> None:
    from sim.world.columns import COLUMNS

    for column in COLUMNS:
        known.add_field(column.name, f"{column.dtype[0]}{column.axes}")


def _shapes(doc: str) -> dict[str, str]:
    found = {name: shape for names, shape in SHAPES.findall(doc) for name in names.split(", ")}
    default = DEFAULT_SHAPE.search(doc)
    if default:
        found[""] = default.group(1)
    return found


def _typed(name: str, annotation: str, shapes: dict[str, str]) -> str:
    if "Array" not in annotation:
        return annotation
    return "Array" + shapes.get(name, shapes.get("", ""))


def _signature(node: ast.FunctionDef) -> Signature:
    arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    arguments = arguments[1:] if arguments and arguments[0].arg in {"self", "cls"} else arguments
    shapes = _shapes(ast.get_docstring(node) or "")
    types = {a.arg: _typed(a.arg, ast.unparse(a.annotation), shapes) for a in arguments if a.annotation is not None}
    return Signature([a.arg for a in arguments], types)


def _name(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def mutants(root: Path, known: Knowledge, folders: tuple[str, ...], only: str = "") -> list[Mutant]:
    """All swaps in the files of some folders, in the order of files and places."""
    found: list[Mutant] = []
    for folder in folders:
        for path in sorted((root / folder).rglob("*.py")):
            name = str(path.relative_to(root))
            if only in name:
                found += _Finder(Source(root, path), known, name).found()
    return found


class _Finder:
    def __init__(self, source: Source, known: Knowledge, name: str) -> None:
        self._source, self._known, self._path = source, known, name

    def found(self) -> list[Mutant]:
        tree = self._source.tree
        out = [m for node in ast.walk(tree) if isinstance(node, ast.ClassDef) for m in self._declarations(node)]
        for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
            types = _signature(function).types
            for statement in self._statements(function):
                for node in _inside(statement):
                    if isinstance(node, ast.Call):
                        out += self._of_call(function.name, types, node, statement)
                out += self._reads(function.name, types, statement)
        # An argument that is a field's read is found twice.
        once = {mutant.spans: mutant for mutant in sorted(out, key=lambda m: m.kind, reverse=True)}
        return sorted(once.values(), key=lambda m: (m.line, m.kind, m.spans))

    def _statements(self, function: ast.FunctionDef) -> Iterator[ast.AST]:
        """Simple statements and the heads of compound ones, nested functions left out."""
        waiting: list[ast.AST] = list(function.body)
        while waiting:
            node = waiting.pop(0)
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                continue
            if isinstance(node, ast.If | ast.While):
                yield node.test
            elif isinstance(node, ast.For):
                yield node.iter
            else:
                yield node
                continue
            waiting += [*node.body, *node.orelse]

    def _of_call(self, function: str, types: dict[str, str], call: ast.Call, statement: ast.AST) -> Iterator[Mutant]:
        callee = _name(call.func)
        if callee in SYMMETRIC:
            return
        signature = self._known.bundles.get(callee) or self._known.functions.get(callee)
        where = f"{function}, {callee}(...)"
        positional = [
            (signature.at(k) if signature else UNKNOWN, argument)
            for k, argument in enumerate(call.args)
            if not isinstance(argument, ast.Starred)
        ]
        for mutant in self._pairs("argument", where, types, positional, statement):
            if not (callee in JOINED and set(mutant.spans) == {self._source.span(a) for a in call.args[:2]}):
                yield mutant
        of = self._known.bundles.get(_name(call.args[0])) if callee == "bundle" and call.args else signature
        named = [(of.types.get(k.arg, UNKNOWN) if of else UNKNOWN, k.value) for k in call.keywords if k.arg]
        yield from self._pairs("keyword", where, types, named, statement)

    def _pairs(
        self, kind: str, where: str, types: dict[str, str], arguments: list[tuple[str, ast.expr]], statement: ast.AST
    ) -> Iterator[Mutant]:
        told = [(self._type(stated, node, types), node) for stated, node in arguments]
        for (one, a), (other, b) in combinations(told, 2):
            if one == other and not self._trivial(a, b):
                yield from self._mutant(kind, where, a, b, statement)

    def _trivial(self, a: ast.expr, b: ast.expr) -> bool:
        both = isinstance(a, ast.Constant) or isinstance(b, ast.Constant)
        texts = any(isinstance(x, ast.Constant) and isinstance(x.value, str) for x in (a, b))
        return texts or (both and type(a) is not type(b) and not self._is_number(a, b)) or ast.dump(a) == ast.dump(b)

    def _is_number(self, a: ast.expr, b: ast.expr) -> bool:
        return all(not isinstance(x, ast.Constant) or isinstance(x.value, int | float) for x in (a, b))

    def _type(self, stated: str, node: ast.expr, types: dict[str, str]) -> str:
        """The parameter's annotation; for arrays without a stated shape, what is known of the argument itself."""
        if stated not in {UNKNOWN, "Array"} and not (stated.startswith("Array") and len(stated) == 5):
            return stated
        own = self._own_type(node, types)
        if own != UNKNOWN:
            return own
        return stated if stated != UNKNOWN else type(node).__name__ + UNKNOWN

    def _own_type(self, node: ast.expr, types: dict[str, str]) -> str:
        if isinstance(node, ast.Name):
            return types.get(node.id, UNKNOWN)
        if isinstance(node, ast.Constant):
            return type(node.value).__name__
        if isinstance(node, ast.Attribute):
            holder = types.get(node.value.id, "") if isinstance(node.value, ast.Name) else ""
            if holder in self._known.bundles:
                return self._known.bundles[holder].types.get(node.attr, UNKNOWN)
            return self._known.fields.get(node.attr) or UNKNOWN
        return UNKNOWN

    def _reads(self, function: str, types: dict[str, str], statement: ast.AST) -> Iterator[Mutant]:
        """Pairs of fields of one bundle, one world or one section of the scenario, read in one statement."""
        reads: dict[tuple[str, str], list[ast.Attribute]] = defaultdict(list)
        for node in _inside(statement):
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
                kind = self._own_type(node, types)
                if kind != UNKNOWN:
                    reads[ast.dump(node.value), kind].append(node)
        for nodes in reads.values():
            for a, b in combinations(nodes, 2):
                if a.attr != b.attr:
                    yield from self._mutant("read", function, a, b, statement)

    def _mutant(self, kind: str, where: str, a: ast.AST, b: ast.AST, statement: ast.AST) -> Iterator[Mutant]:
        source = self._source
        spans = source.span(a), source.span(b)
        (_, end), (begin, _) = sorted(spans)
        mutant = Mutant(self._path, a.lineno, kind, where, source.text(a), source.text(b), spans)
        if end <= begin and not self._is_same(mutant, statement):
            yield mutant

    def _is_same(self, mutant: Mutant, statement: ast.AST) -> bool:
        """Whether the swap changes nothing but the order of a sum, a product or the like."""
        first, last = self._source.span(statement)
        before = self._source.data[first:last]
        moved = tuple((a - first, b - first) for a, b in mutant.spans)
        after = Mutant("", 0, "", "", "", "", moved).applied(before)
        try:
            return _canonical(before) == _canonical(after)
        except SyntaxError:
            return False

    def _declarations(self, node: ast.ClassDef) -> Iterator[Mutant]:
        if node.name not in self._known.by_place:
            return
        types = self._known.bundles[node.name].types
        fields = [s for s in node.body if isinstance(s, ast.AnnAssign) and isinstance(s.target, ast.Name)]
        for a, b in combinations(fields, 2):
            if types[a.target.id] == types[b.target.id]:
                spans = self._source.span(a), self._source.span(b)
                yield Mutant(self._path, a.lineno, "declaration", node.name, a.target.id, b.target.id, spans)


def _inside(node: ast.AST) -> Iterator[ast.AST]:
    """A node and all below it, without the bodies of functions inside."""
    yield node
    for child in ast.iter_child_nodes(node):
        yield from _inside(child)


def _canonical(code: bytes) -> str:
    tree = ast.parse(b"(" + code.strip() + b")" if not _is_statement(code) else _dedented(code))
    return _form(tree)


def _is_statement(code: bytes) -> bool:
    try:
        ast.parse(b"(" + code.strip() + b")")
    except SyntaxError:
        return True
    return False


def _dedented(code: bytes) -> bytes:
    return code.strip()


def _form(node: ast.AST) -> str:
    """A text that is the same for expressions that differ in the order of symmetric operands only."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mult | ast.BitOr | ast.BitAnd | ast.BitXor):
        parts = sorted(_form(part) for part in _operands(node, type(node.op)))
        return f"{type(node.op).__name__}[{','.join(parts)}]"
    if isinstance(node, ast.BoolOp):
        return f"{type(node.op).__name__}[{','.join(sorted(_form(v) for v in node.values))}]"
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and isinstance(node.ops[0], ast.Eq | ast.NotEq):
        sides = sorted((_form(node.left), _form(node.comparators[0])))
        return f"{type(node.ops[0]).__name__}[{','.join(sides)}]"
    if isinstance(node, ast.Call) and _name(node.func) in SYMMETRIC:
        return f"{_name(node.func)}[{','.join(sorted(_form(a) for a in node.args))}]"
    parts = []
    for name, value in ast.iter_fields(node):
        values = value if isinstance(value, list) else [value]
        parts.append(name + "=" + ";".join(_form(v) if isinstance(v, ast.AST) else repr(v) for v in values))
    return f"{type(node).__name__}({','.join(parts)})"


def _operands(node: ast.AST, op: type[ast.operator]) -> Iterator[ast.AST]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, op):
        yield from _operands(node.left, op)
        yield from _operands(node.right, op)
    else:
        yield node
