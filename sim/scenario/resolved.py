"""The resolved scenario: written down in full, so that a run can be repeated from its results folder, and its hash."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.representer import SafeRepresenter

from sim._version import __version__
from sim.scenario.schema import Scenario

LONG_LINE = 1_000_000


class _Representer(SafeRepresenter):
    """ruamel's own, but for text; a subclass, so that no other writer of YAML in the process is changed."""

    def represent_text(self, text: str) -> Any:
        """Write text with control characters and odd line ends as escapes, which alone come back as they were."""
        return self.represent_scalar("tag:yaml.org,2002:str", text, style=None if text.isprintable() else '"')


_Representer.add_representer(str, _Representer.represent_text)


def resolved_yaml(scenario: Scenario, census_path: str | None = None) -> str:
    """Write every field of a scenario as YAML; loading it gives an equal scenario.

    Parameters
    ----------
    scenario : the scenario.
    census_path : stands in for the absolute census path, for a folder that carries its own copy of the census.
    """
    data = _plain(scenario.model_dump())
    if census_path is not None and scenario.outlets.census is not None:
        data["outlets"]["census"]["path"] = census_path
    yaml = YAML(typ="safe", pure=True)
    yaml.Representer = _Representer
    yaml.default_flow_style = False
    yaml.allow_unicode = True
    yaml.width = LONG_LINE
    yaml.representer.sort_base_mapping_type_on_output = False
    stream = io.StringIO()
    yaml.dump(data, stream)
    return f"# Resolved by arsim {__version__}: every field, defaults included.\n{stream.getvalue()}"


def write_resolved(scenario: Scenario, folder: Path) -> Path:
    """Write `scenario.yaml` into a folder, with a copy of the census beside it, so that the folder can be moved."""
    census = scenario.outlets.census
    name = None
    if census is not None:
        name = "census" + Path(census.path).suffix.lower()
        shutil.copyfile(census.path, folder / name)
    file = folder / "scenario.yaml"
    file.write_text(resolved_yaml(scenario, name), encoding="utf-8")
    return file


def scenario_hash(scenario: Scenario) -> str:
    """Return 64 hexadecimal digits that are equal for scenarios that ask for the same market.

    The census counts by its content, not by its path. Mappings count in their order, because the order of channels is
    the order in which they are built.
    """
    data = scenario.model_dump(mode="json")
    if scenario.outlets.census is not None:
        content = Path(scenario.outlets.census.path).read_bytes()
        data["outlets"]["census"]["path"] = hashlib.sha256(content).hexdigest()
    return hashlib.sha256(json.dumps(data, ensure_ascii=True).encode()).hexdigest()


def _plain(value: Any) -> Any:
    """Turn tuples into lists, which is what YAML has."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value
