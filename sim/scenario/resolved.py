"""The resolved scenario: written down in full, so that a run can be repeated from its results folder, and its hash."""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
import uuid
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.representer import SafeRepresenter

from sim._version import __version__
from sim.scenario.schema import Scenario

LONG_LINE: Final = 1_000_000


class _Representer(SafeRepresenter):
    """ruamel's own, but for text; a subclass, so that no other writer of YAML in the process is changed."""

    def represent_text(self, text: str) -> Any:
        """Write text with control characters and odd line ends as escapes, which alone come back as they were."""
        return self.represent_scalar("tag:yaml.org,2002:str", text, style=None if text.isprintable() else '"')


_Representer.add_representer(str, _Representer.represent_text)


def carried_files(scenario: Scenario) -> dict[str, Path]:
    """Return the files that a scenario needs besides itself, by the name they get in a folder that carries them.

    The census, and the Python files of the user's own strategies.
    """
    files: dict[str, Path] = {}
    if scenario.outlets.census is not None:
        census = Path(scenario.outlets.census.path)
        files["census" + census.suffix.lower()] = census
    for source in _strategy_files(scenario):
        name, number = source.name, 2
        while name in files:
            name, number = f"{source.stem}_{number}{source.suffix}", number + 1
        files[name] = source
    return files


def _strategy_files(scenario: Scenario) -> list[Path]:
    kinds = (kind for parts in scenario.strategies.values() for part in parts for kind in part)
    return [Path(kind) for kind in dict.fromkeys(kinds) if kind.endswith(".py")]


def _with_places(scenario: Scenario, data: dict[str, Any], places: Mapping[Path, str]) -> dict[str, Any]:
    """Write other places for the census and the strategies' files into plain values of some sections of a scenario."""
    census = scenario.outlets.census
    if census is not None and "outlets" in data:
        data["outlets"]["census"]["path"] = places.get(Path(census.path), census.path)
    if "strategies" in data:
        data["strategies"] = {
            name: [{places.get(Path(kind), kind): values for kind, values in part.items()} for part in parts]
            for name, parts in data["strategies"].items()
        }
    return data


def resolved_yaml(scenario: Scenario, files: Mapping[str, Path] | None = None) -> str:
    """Write every field of a scenario as YAML; loading it gives an equal scenario.

    Parameters
    ----------
    scenario : the scenario.
    files : of `carried_files`, for a folder that carries its own copies; absolute paths are written when absent.
    """
    data = _plain(_with_places(scenario, scenario.model_dump(), {path: name for name, path in (files or {}).items()}))
    yaml = YAML(typ="safe", pure=True)
    yaml.Representer = _Representer
    yaml.default_flow_style = False
    yaml.allow_unicode = True
    yaml.width = LONG_LINE
    yaml.representer.sort_base_mapping_type_on_output = False
    stream = io.StringIO()
    yaml.dump(data, stream)
    return f"# Resolved by arsim {__version__}: every field, defaults included.\n{stream.getvalue()}"


def resolved_flow(scenario: Scenario, files: Mapping[str, Path] | None = None) -> str:
    """Write the same as `resolved_yaml` in YAML's flow style, like JSON: less pretty, forty times faster."""
    data = _plain(_with_places(scenario, scenario.model_dump(), {path: name for name, path in (files or {}).items()}))
    # JSON has no dates: they go through it with a mark that no text of the scenario can have by chance.
    mark = uuid.uuid4().hex
    text = json.dumps(data, ensure_ascii=False, indent=1, default=lambda day: mark + date.isoformat(day))
    text = re.sub(rf'"{mark}([-\d]+)"', r"\1", text)
    # As escapes alone, letters that cannot be printed come back as they were.
    text = re.sub(r"[^ -~\n]", lambda found: found[0] if found[0].isprintable() else f"\\U{ord(found[0]):08x}", text)
    return f"# Resolved by arsim {__version__}: every field, defaults included.\n{text}\n"


def write_resolved(scenario: Scenario, folder: Path, *, quick: bool = False) -> Path:
    """Write `scenario.yaml` into a folder, with copies of the files it needs, so that the folder can be moved.

    Parameters
    ----------
    quick : for many thousands of scenarios that people seldom read: in the style of `resolved_flow`.
    """
    files = carried_files(scenario)
    for name, source in files.items():
        shutil.copyfile(source, folder / name)
    file = folder / "scenario.yaml"
    file.write_text((resolved_flow if quick else resolved_yaml)(scenario, files), encoding="utf-8")
    return file


Texts = dict[str, tuple[object, str]]
"""Section of a scenario → its value and the text that is hashed; see `scenario_hash`."""


def scenario_hash(scenario: Scenario, texts: Texts | None = None) -> str:
    """Return 64 hexadecimal digits that are equal for scenarios that ask for the same market.

    The census and the strategies' files count by their content, not by their path. Mappings count in their order,
    because the order of channels is the order in which they are built.

    Parameters
    ----------
    texts : filled with the text of each section, and used where a later scenario has the very same section: whoever
        hashes thousands of scenarios that differ in few sections writes the others down once.
    """
    known = {} if texts is None else texts
    sections = {name: getattr(scenario, name) for name in type(scenario).model_fields}
    new = {name for name, section in sections.items() if name not in known or known[name][0] is not section}
    contents = _contents(scenario) if new & {"outlets", "strategies"} else {}
    data = _with_places(scenario, scenario.model_dump(mode="json", include=new), contents)
    known.update({name: (sections[name], json.dumps(data[name], ensure_ascii=True)) for name in new})
    text = ", ".join(f'"{name}": {known[name][1]}' for name in sections)
    return hashlib.sha256(f"{{{text}}}".encode()).hexdigest()


@cache
def schema_hash() -> str:
    """Return a short hash of every field of a scenario with its type and default; texts do not count.

    A program with other fields gives every scenario another hash, so that it does not find runs of this one.
    """
    models = Scenario.model_json_schema()
    sections = {"Scenario": models, **models["$defs"]}
    said = {name: section.get("properties", {}) for name, section in sections.items()}
    for properties in said.values():
        for own in properties.values():
            own.pop("description", None)
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()[:12]


def _contents(scenario: Scenario) -> dict[Path, str]:
    """Return the hash of the content of every file that a scenario needs."""
    return {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in carried_files(scenario).values()}


def _plain(value: Any) -> Any:
    """Turn tuples into lists, which is what YAML has."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value
