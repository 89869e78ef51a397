"""Names and types of what the script is fed; its declarations are written from these (``gancore.viewer.shared``)."""

from __future__ import annotations

from typing import NotRequired, TypedDict


class Colours(TypedDict):
    """Colours as ``#rrggbb``."""

    real: str
    fake: str
    muted: str


class Reals(TypedDict):
    """Real points of one dataset."""

    points: str
    """[n, 2] from ``packed_points``."""
    window: list[float]
    """What a panel shows of them, in dataset coordinates: x and y of its centre, and half its sides."""
    units: list[float]
    """Centre and length along x and y by which coordinates read in the units of a file: cx, cy, lx, ly; or none."""
    count: int
    """How many there are; fewer are drawn."""
    missing: str
    """Why none is drawn, in a few words; empty where they are."""
    near: str
    """What near means there: ``within 0.05 of the curve``; empty where nobody knows the support."""
    cells: int
    """Cells of equal probability that coverage is a share of; 0 where nobody knows them."""
    counted: str
    """What the cells are where they are counted, such as ``modes``; empty where coverage is a percentage."""


class Look(TypedDict):
    """What a variant looks like, and over which real points."""

    colour: str
    dash: list[int]
    real: int
    """Index into the payload's ``reals``."""
    averaged: bool
    """Whether its generators are those of averaged weights."""


class PanelSpec(TypedDict):
    """One panel."""

    key: str
    """The variant's name."""
    title: str
    place: list[int] | None
    """Row and column in the table."""


class Table(TypedDict):
    """Rows and columns of the grid, and what they stand for."""

    rows: list[str]
    columns: list[str]
    down: str
    along: str


class NetworkLayers(TypedDict):
    """What a run's final networks say; coordinates run from -1 to 1 through the panel."""

    step: int
    """Step of these networks: the end of the run's training."""
    window: list[float]
    """Where the discriminator was asked: x and y of the centre, and half the sides."""
    size: int
    field: str
    """int8 [size, size]: even steps of the inverse hyperbolic sine of the logit, from the lower side upward."""
    reach: float
    """That of the largest code, 127."""
    manifold: list[int]
    """Count of curves, and points along each."""
    curves: str
    """[count, along, 2] from ``packed_points``."""


class Shown(TypedDict):
    """Frames of one panel, of a run or of several in one cloud."""

    seed: int | None
    """None where several seeds share the panel."""
    seeds: list[int]
    end_alone: list[int]
    """Those of them whose last points alone were kept."""
    diverged: int | None
    steps: list[int]
    count: int
    """Generated points in a frame."""
    share: int
    """Those of each seed."""
    points: str
    """[frames, count, 2] from ``packed_points``."""
    values: dict[str, list[float | None]]
    """Metric → its value at each frame."""
    layers: NotRequired[NetworkLayers]


class Pick(TypedDict):
    """What every panel shows for one choice of seeds; None where nothing is trained."""

    name: str
    shown: list[Shown | None]


class Numbers(TypedDict):
    """Numbers from ``packed_numbers``."""

    middle: float
    unit: float
    low: float
    high: float
    codes: str


class Columns(TypedDict):
    """Columns of a table of runs: ``steps`` uint32 [n], and [runs, n] by name."""

    steps: str
    columns: dict[str, Numbers]


class Series(TypedDict):
    """A variant's curves."""

    key: str
    label: str
    colour: str
    dash: list[int]
    samples: int
    """Real samples that a step sees."""
    seeds: list[int]
    seconds: list[float]
    """Of each run, per step."""
    history: Columns
    scores: Columns


class CurveKey(TypedDict):
    """What curves can show."""

    label: str
    percent: bool
    source: str
    """``history`` or ``scores``."""


class Curves(TypedDict):
    """All variants' curves; ``rows`` says how many of how many rows per run there are."""

    keys: dict[str, CurveKey]
    series: list[Series]
    rows: list[int]


class Payload(TypedDict):
    """All that the view draws."""

    colours: Colours
    reals: list[Reals]
    metrics: dict[str, str]
    variants: dict[str, Look]
    panels: list[PanelSpec]
    table: Table | None
    picks: list[Pick]
    curves: Curves
