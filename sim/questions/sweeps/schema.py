"""What an experiment file may say, and its fields explained."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import BaseModel, model_validator

from sim.questions.question import kinds, study_spec
from sim.scenario.describe import explain_model, first_line
from sim.scenario.fields import bounds, kind_words, lengths, place_of
from sim.scenario.schema.common import Spec, quantity

if TYPE_CHECKING:
    from sim.questions.question import StudySpec
else:
    StudySpec = study_spec()

Distribution = Literal["uniform", "loguniform", "normal", "triangular"]
Design = Literal["grid", "latin_hypercube", "sobol"]
_NEEDS: dict[str, tuple[str, ...]] = {
    "uniform": ("low", "high"),
    "loguniform": ("low", "high"),
    "normal": ("mean", "sd"),
    "triangular": ("low", "mode", "high"),
}
_PARAMETERS = ("low", "mode", "high", "mean", "sd")


class GridSpec(Spec):
    """Evenly spaced values, both ends included."""

    low: float = quantity(..., "First value.", unit="as the field", source="user")
    high: float = quantity(..., "Last value.", unit="as the field", source="user")
    n: int = quantity(..., "Number of values.", unit="values", source="user", ge=2, le=1000)

    @model_validator(mode="after")
    def _upwards(self) -> Self:
        if self.low >= self.high:
            raise ValueError("low must be below high")
        return self


class RangeSpec(Spec):
    """What a lever or an uncertainty may be: one of `list`, `grid` and `distribution`."""

    list: tuple[bool | int | float | str, ...] | None = quantity(
        None, "These values.", unit="as the field", source="user", min_length=1, max_length=1000
    )
    grid: GridSpec | None = quantity(None, "Evenly spaced values.", unit="-", source="user")
    distribution: Distribution | None = quantity(
        None, "Values are drawn from it; for the designs latin_hypercube and sobol.", unit="-", source="user"
    )
    low: float | None = quantity(None, "Lowest value; a normal distribution is cut there.", unit="as the field")
    mode: float | None = quantity(None, "Likeliest value of a triangular distribution.", unit="as the field")
    high: float | None = quantity(None, "Highest value; a normal distribution is cut there.", unit="as the field")
    mean: float | None = quantity(None, "Mean of a normal distribution before it is cut.", unit="as the field")
    sd: float | None = quantity(None, "Its standard deviation.", unit="as the field", gt=0)

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        ways = [name for name in ("list", "grid", "distribution") if getattr(self, name) is not None]
        if len(ways) != 1:
            raise ValueError(f"give one of list, grid and distribution, not {' and '.join(ways) or 'none'}")
        given = [name for name in _PARAMETERS if getattr(self, name) is not None]
        if self.distribution is None:
            if given:
                raise ValueError(
                    f"{', '.join(given)} belong to a distribution; a grid is {{low, high, n}} under `grid`"
                )
            return self
        needed = _NEEDS[self.distribution]
        also = ("low", "high") if self.distribution == "normal" else ()
        if missing := [name for name in needed if name not in given]:
            raise ValueError(f"a {self.distribution} distribution needs {', '.join(missing)}")
        if extra := [name for name in given if name not in (*needed, *also)]:
            raise ValueError(f"a {self.distribution} distribution has no {', '.join(extra)}")
        return self

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        low, mode, high = self.low, self.mode, self.high
        if low is not None and high is not None and low >= high:
            raise ValueError("low must be below high")
        if mode is not None and low is not None and high is not None and not low <= mode <= high:
            raise ValueError("mode must lie between low and high")
        if self.distribution == "loguniform" and low is not None and low <= 0:
            raise ValueError("low must be above 0 on a logarithmic scale")
        if self.list is not None and len(set(self.list)) < len(self.list):
            raise ValueError("a value stands twice in the list")
        return self

    @property
    def is_listed(self) -> bool:
        """Whether there are single values to choose from, and no distribution."""
        return self.distribution is None


class ExperimentSpec(Spec):
    """An experiment: which strategies are tried where, and what is measured."""

    name: str = quantity(
        ..., "Name; results are filed under it.", unit="-", source="user", pattern=r"^\w[\w.-]*$", max_length=80
    )
    question: str = quantity("", "What the experiment is to answer.", unit="-", source="user")
    scenario: str = quantity(..., "Base scenario: a path, relative to the experiment's file.", unit="-", source="user")
    strategies: tuple[str, ...] | None = quantity(
        None,
        "Strategies that are run at every point; all of the scenario and the baseline when absent.",
        unit="-",
        source="user",
        min_length=1,
        max_length=50,
    )
    levers: dict[str, RangeSpec] = quantity(
        text="Ours to choose: parameters of strategies by path, strategies.NAME.NUMBER.KIND.PARAMETER.",
        unit="-",
        source="user",
        factory=dict,
        max_length=50,
    )
    uncertainties: dict[str, RangeSpec] = quantity(
        text="The world's: fields of the scenario by path, such as team.visit.speed_km_per_hour.",
        unit="-",
        source="user",
        factory=dict,
        max_length=100,
    )
    constants: dict[str, Any] = quantity(
        text="Fields of the scenario, or parameters of strategies, that are held at another value than the base's.",
        unit="-",
        source="user",
        factory=dict,
        max_length=200,
    )
    outcomes: tuple[str, ...] = quantity(
        ("profit_manufacturer", "market_share_units"),
        "KPIs that are measured (`arsim kpis`).",
        unit="-",
        min_length=1,
        max_length=200,
    )
    design: Design = quantity(
        "grid", "grid: every combination of listed values; latin_hypercube and sobol: points drawn evenly.", unit="-"
    )
    cross_levers: bool = quantity(
        False,
        "Whether every combination of levers (listed values) is tried at every drawn point of the world.",
        unit="-",
    )
    samples: int | None = quantity(
        None, "Points that are drawn; a power of 2 for sobol.", unit="points", source="user", ge=1, le=1_000_000
    )
    replications: int = quantity(
        4, "Runs of each strategy at each point; the same luck at every point.", unit="runs", ge=1, le=100_000
    )
    study: StudySpec | None = quantity(
        None,
        "A question that chooses its runs itself, for `arsim study`; a plain sweep when absent.",
        unit="-",
        source="user",
    )
    seed: int | None = quantity(
        None, "Root seed of luck and design; the scenario's when absent.", source="user", ge=0, le=2**63 - 1
    )
    max_runs: int = quantity(
        2000,
        "Budget: an experiment of more runs is refused, unless --limit confirms it.",
        unit="runs",
        ge=1,
        le=10_000_000,
    )

    @property
    def has_design(self) -> bool:
        """Whether the points are those of a design, and not chosen by a study."""
        return self.study is None or self.study.asked.by_design

    @model_validator(mode="after")
    def _once(self) -> Self:
        needs_dimensions = self.study is None or self.study.asked.needs_dimensions
        if needs_dimensions and not self.levers and not self.uncertainties:
            raise ValueError("needs at least one lever or uncertainty")
        if both := sorted(self.levers.keys() & self.uncertainties.keys()):
            raise ValueError(f"{both[0]} is a lever and an uncertainty; keep one")
        if twice := sorted(self.constants.keys() & {*self.levers, *self.uncertainties}):
            raise ValueError(f"{twice[0]} is a constant and varies; keep one")
        return self

    @model_validator(mode="after")
    def _design_fits(self) -> Self:
        if not self.has_design:
            if extra := sorted(self.model_fields_set & {"design", "samples", "cross_levers"}):
                assert self.study is not None
                raise ValueError(f"the study {self.study.kind} chooses its points itself; {extra[0]} has no use")
            return self
        if self.design == "grid" and self.samples is not None:
            raise ValueError(
                "samples belong to the designs latin_hypercube and sobol; a grid has as many points as it has"
            )
        if self.design != "grid" and self.samples is None:
            raise ValueError(f"the design {self.design} needs samples")
        if self.design == "sobol" and self.samples is not None and self.samples & (self.samples - 1):
            raise ValueError("sobol needs a power of 2 as samples, such as 64 or 128")
        return self

    @model_validator(mode="after")
    def _listed_where_crossed(self) -> Self:
        if not self.has_design:
            return self
        crossed = {**self.levers, **self.uncertainties} if self.design == "grid" else {}
        crossed = self.levers if self.cross_levers else crossed
        for path, spec in crossed.items():
            if not spec.is_listed:
                raise ValueError(
                    f"{path} has a distribution, but every combination can be tried only of a list or a grid"
                )
        if self.cross_levers and (self.design == "grid" or not self.levers or not self.uncertainties):
            raise ValueError("cross_levers needs levers, uncertainties and a drawn design")
        return self


PARTS: tuple[tuple[str, type[BaseModel]], ...] = (
    ("an experiment", ExperimentSpec),
    ("a lever or an uncertainty", RangeSpec),
    ("grid", GridSpec),
    *((f"study: {name}", kind) for name, kind in kinds().items()),
)


def explained() -> str:
    """Return every field for the terminal."""
    return "\n\n".join(explain_model(model, title) for title, model in PARTS[:2])


def table() -> str:
    """Return every field as Markdown, for the page on experiments."""
    return "\n".join(line for title, model in PARTS for line in _section(title, model))


def _section(title: str, model: type[BaseModel]) -> Iterator[str]:
    yield f"### {title[0].upper()}{title[1:]}"
    yield ""
    yield first_line(model)
    yield ""
    yield "| field | type | bounds | default | what it is |"
    yield "| --- | --- | --- | --- | --- |"
    for name, field in model.model_fields.items():
        place = place_of(field)
        limits = "; ".join(w for w in (bounds(place), f"{lengths(place)} long" if lengths(place) else "") if w)
        default = "must be given" if field.is_required() else _default(field.get_default(call_default_factory=True))
        cells = (f"`{name}`", kind_words(place), limits, default, field.description or "")
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
    yield ""


def _default(value: object) -> str:
    if value is None or value == {} or value == "":
        return "absent"
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)
