"""Distributions that people train small GANs on in public, each stated in a study file and on the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from support.studies import HEAD
from support.tables_of_points import POINTS, saurus

from gancore.cli import run
from gancore.cli import train as train_command
from gancore.config import RunConfig
from gancore.datasets import OwnPoints
from gancore.parts.dataset import Dataset
from gancore.store import Store
from gancore.studies import hash_of, load_study

Draw = Callable[[np.random.Generator, int], np.ndarray]
N = 40_000
GRID = 16


class Case(NamedTuple):
    """A distribution as its source describes it."""

    toml: str
    """``[base.dataset]``."""
    line: str
    """Options of ``gancore train``."""
    draw: Draw
    """Points [n, 2] as the source's own script draws them."""
    size: int | None = None
    """Points of the training set; None where every step draws fresh ones."""


def columns(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.stack([x, y], axis=1)


def graph(f: Callable[[np.ndarray], np.ndarray], low: float, high: float) -> Draw:
    def draw(rng: np.random.Generator, n: int) -> np.ndarray:
        x = rng.uniform(low, high, n)
        return columns(x, f(x))

    return draw


def ring(rng: np.random.Generator, n: int) -> np.ndarray:
    a = rng.uniform(0, 2 * np.pi, n)
    return columns(0.5 + 0.3 * np.cos(a), 0.45 + 0.25 * np.sin(a)) + 0.025 * rng.normal(size=(n, 2))


def line(rng: np.random.Generator, n: int) -> np.ndarray:
    a = rng.uniform(size=n)
    return columns(0.8 - 0.75 * a, 0.6 + 0.3 * a) + 0.01 * rng.normal(size=(n, 2))


def gaussians(means: list[tuple[float, float]], deviations: list[tuple[float, float]]) -> Draw:
    def draw(rng: np.random.Generator, n: int) -> np.ndarray:
        k = rng.integers(len(means), size=n)
        return np.array(means)[k] + np.array(deviations)[k] * rng.normal(size=(n, 2))

    return draw


def noisy_circle(rng: np.random.Generator, n: int) -> np.ndarray:
    z = rng.normal(size=(n, 2))
    points = z / np.hypot(*z.T)[:, None] + z / 8.9
    return (points - points.mean(0)) / points.std(0)


def roll(rng: np.random.Generator, n: int) -> np.ndarray:
    t = 1.5 * np.pi * (1 + 2 * rng.uniform(size=n))
    return (columns(t * np.cos(t), t * np.sin(t)) + 0.25 * rng.normal(size=(n, 2))) / 7.5


def toy(means: list[tuple[float, float]], sigma: float, by: float) -> Draw:
    scaled = [(x / by, y / by) for x, y in means]
    return gaussians(scaled, [(sigma / by, sigma / by)] * len(means))


def linear(rng: np.random.Generator, n: int) -> np.ndarray:
    return rng.normal(size=(n, 2)) @ np.array([[1, 2], [-0.1, 0.5]]) + [1, 2]


def circles(rng: np.random.Generator, n: int) -> np.ndarray:
    a, radius = rng.uniform(0, 2 * np.pi, n), np.where(rng.uniform(size=n) < 0.5, 1, 0.5)
    return radius[:, None] * columns(np.cos(a), np.sin(a)) + 0.05 * rng.normal(size=(n, 2))


def moons(rng: np.random.Generator, n: int) -> np.ndarray:
    a, lower = rng.uniform(0, np.pi, n), rng.uniform(size=n) < 0.5
    points = columns(np.where(lower, 1 - np.cos(a), np.cos(a)), np.where(lower, 0.5 - np.sin(a), np.sin(a)))
    return points + 0.05 * rng.normal(size=(n, 2))


EIGHT = [(2 * np.cos(np.pi * k / 4), 2 * np.sin(np.pi * k / 4)) for k in range(8)]
GRID_25 = [(2.0 * i, 2.0 * j) for i in range(-2, 3) for j in range(-2, 3)]
FRESH = "\nfresh = true"
FRESHLY = " --set dataset.fresh=true"
BLOBS = "0.5 -0.4 0.4 0.1; 0.25 0.5 0 0.2; 0.25 0 -0.6 0.05"
# scikit-learn's coordinates: half moons of radius 1, not scaled to a square, as a formula of two pieces.
MOONS = {"x": "cos(t); 1 - cos(t)", "y": "sin(t); 0.5 - sin(t)"}

CASES: dict[str, Case] = {
    "1 Keras, y = x²": Case(
        'kind = "keras-parabola"' + FRESH, "--dataset keras-parabola" + FRESHLY, graph(np.square, -0.5, 0.5)
    ),
    "1 as y = f(x)": Case(
        'kind = "formula"\nx = "t"\ny = "t^2"\nstart = "-0.5"\nend = "0.5"\nalong = "parameter"' + FRESH,
        "--dataset formula --set dataset.x=t --set dataset.y=t^2 --set dataset.start=-0.5 --set dataset.end=0.5 "
        "--set dataset.along=parameter" + FRESHLY,
        graph(np.square, -0.5, 0.5),
    ),
    "2 GAN Lab, ring": Case('kind = "gan-lab-ring"' + FRESH, "--dataset gan-lab-ring" + FRESHLY, ring),
    "2 GAN Lab, two Gaussians": Case(
        'kind = "gan-lab-gaussians"' + FRESH,
        "--dataset gan-lab-gaussians" + FRESHLY,
        gaussians([(0.3, 0.7), (0.7, 0.4)], [(0.1, 0.1), (0.05, 0.2)]),
    ),
    "2 GAN Lab, line": Case('kind = "gan-lab-line"' + FRESH, "--dataset gan-lab-line" + FRESHLY, line),
    "2 GAN Lab, three blobs": Case(
        'kind = "gan-lab-blobs"' + FRESH,
        "--dataset gan-lab-blobs" + FRESHLY,
        gaussians([(0.35, 0.75), (0.75, 0.6), (0.45, 0.35)], [(0.025, 0.025)] * 3),
    ),
    "3 noisy circle": Case(
        f'kind = "noisy_circle"\nspread = {1 / 8.9}\nsize = 2000\nplacement.fit = "standardise"',
        f"--dataset noisy_circle --set dataset.spread={1 / 8.9} --set dataset.size=2000 "
        "--set dataset.placement.fit=standardise",
        noisy_circle,
        2000,
    ),
    "5 WGAN-GP, 8 Gaussians": Case(
        'kind = "8-gaussians-wgan-gp"' + FRESH, "--dataset 8-gaussians-wgan-gp" + FRESHLY, toy(EIGHT, 0.02, 1.414)
    ),
    "5 WGAN-GP, 25 Gaussians": Case(
        'kind = "25-gaussians-wgan-gp"' + FRESH, "--dataset 25-gaussians-wgan-gp" + FRESHLY, toy(GRID_25, 0.05, 2.828)
    ),
    "5 WGAN-GP, Swiss roll": Case(
        'kind = "swiss-roll-wgan-gp"' + FRESH, "--dataset swiss-roll-wgan-gp" + FRESHLY, roll
    ),
    "6 sine": Case(
        'kind = "sine-tutorial"\nsize = 1024',
        "--dataset sine-tutorial --set dataset.size=1024",
        graph(np.sin, 0, 2 * np.pi),
        1024,
    ),
    "7 d2l's Gaussian": Case(
        'kind = "d2l-gaussian"\nsize = 1000', "--dataset d2l-gaussian --set dataset.size=1000", linear, 1000
    ),
    "9 circles": Case(
        'kind = "circles"\nfactor = 0.5\nnoise = 0.05\nsize = 1500',
        "--dataset circles --set dataset.factor=0.5 --set dataset.noise=0.05 --set dataset.size=1500",
        circles,
        1500,
    ),
    "9 moons": Case(
        f'kind = "formula"\nx = "{MOONS["x"]}"\ny = "{MOONS["y"]}"\nstart = "0"\nend = "pi"\nnoise = 0.05\nsize = 1500',
        f"--dataset formula --set 'dataset.x={MOONS['x']}' --set 'dataset.y={MOONS['y']}' --set dataset.start=0 "
        "--set dataset.end=pi --set dataset.noise=0.05 --set dataset.size=1500",
        moons,
        1500,
    ),
    "9 blobs": Case(
        f'kind = "blobs"\ngaussians = "{BLOBS}"\nsize = 1500',
        f"--dataset blobs --set 'dataset.gaussians={BLOBS}' --set dataset.size=1500",
        lambda rng, n: gaussians(
            [(-0.4, 0.4), (-0.4, 0.4), (0.5, 0), (0, -0.6)], [(0.1, 0.1), (0.1, 0.1), (0.2, 0.2), (0.05, 0.05)]
        )(rng, n),
        1500,
    ),
    "12 x² sin 3x / (x² + 2)": Case(
        'kind = "formula"\nx = "t"\ny = "t^2*sin(3*t)/(t^2+2)"\nstart = "-1"\nend = "1"\nalong = "parameter"',
        "--dataset formula --set dataset.x=t --set 'dataset.y=t^2*sin(3*t)/(t^2+2)' --set dataset.start=-1 "
        "--set dataset.end=1 --set dataset.along=parameter",
        graph(lambda x: x**2 * np.sin(3 * x) / (x**2 + 2), -1, 1),
        10_000,
    ),
    "12 x³": Case(
        'kind = "polynomial"\ncoefficients = [0, 0, 0, 1]\nlow = -0.5\nhigh = 0.5',
        "--dataset polynomial --set dataset.coefficients=0,0,0,1 --set dataset.low=-0.5 --set dataset.high=0.5",
        graph(lambda x: x**3, -0.5, 0.5),
        10_000,
    ),
}
every = pytest.mark.parametrize("name", CASES)


def in_a_study(folder: Path, toml: str) -> Dataset:
    path = folder / "case.toml"
    path.write_text(f'{HEAD}[base.dataset]\n{toml}\n[[variant]]\nname = "one"\n', "utf-8")
    (variant,) = load_study(str(path), Store.open(), hash_of).variants
    return variant.config.dataset  # type: ignore[return-value]


@pytest.fixture
def on_the_line(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Dataset]:
    """What ``gancore train`` would train on."""
    import shlex

    def read(line: str) -> Dataset:
        given: list[RunConfig] = []

        def obtain(store, configs, *_: object, **__: object) -> list:
            given.extend(configs)
            return []

        monkeypatch.setattr(train_command, "obtain", obtain)
        for name in ("print_runs", "suggest_training"):
            monkeypatch.setattr(train_command, name, lambda *_: None)
        monkeypatch.setattr(train_command, "exit_code", lambda found: 0)
        assert run(["train", *shlex.split(line)]) == 0
        return given[0].dataset  # type: ignore[return-value]

    return read


def gap(one: np.ndarray, other: np.ndarray) -> float:
    """Largest difference of two samples' shares below and left of places of both: Kolmogorov's in the plane."""
    both = np.concatenate([one, other])
    x, y = (np.quantile(axis, np.linspace(0, 1, GRID + 1)[1:-1]) for axis in both.T)
    shares = []
    for points in (one, other):
        at = np.histogram2d(*points.T, bins=[[-np.inf, *x, np.inf], [-np.inf, *y, np.inf]])[0]
        shares.append(at.cumsum(0).cumsum(1) / len(points))
    return float(np.abs(shares[0] - shares[1]).max())


@every
def test_a_study_and_the_command_line_state_the_same(name: str, tmp_path: Path, on_the_line) -> None:
    case = CASES[name]
    dataset = in_a_study(tmp_path, case.toml)
    assert on_the_line(case.line) == dataset
    assert (None if dataset.fresh else dataset.size) == case.size


@every
def test_the_points_are_those_that_the_source_draws(name: str, tmp_path: Path) -> None:
    case, rng = CASES[name], np.random.default_rng(5)
    dataset, theirs = in_a_study(tmp_path, case.toml), case.draw(rng, N)
    ours = dataset.sample(rng, N)
    # Two true samples exceed it once in 100,000 comparisons.
    assert gap(ours, theirs) < 0.02
    spread = theirs.std(0).max()
    np.testing.assert_allclose(ours.mean(0), theirs.mean(0), atol=0.03 * spread)
    np.testing.assert_allclose(np.cov(ours.T), np.cov(theirs.T), atol=0.05 * spread**2)
    # What is trained on is such a sample too.
    assert gap(dataset.points().astype(np.float64), theirs) < 2.5 / np.sqrt(min(dataset.size, N)) + 0.01


class TestDatasaurus:
    @pytest.fixture
    def file(self, tmp_path: Path) -> Path:
        path = tmp_path / "saurus.tsv"
        saurus().to_csv(path, sep="\t", index=False)
        return path

    def test_one_shape_of_the_file_is_chosen_by_its_label(self, file: Path, tmp_path: Path, on_the_line) -> None:
        read = in_a_study(tmp_path, 'file = "saurus.tsv"\ncolumns = ["x", "y"]\nwhere = "dataset=dino"')
        assert isinstance(read, OwnPoints)
        asked = on_the_line(f"--points '{file}' --columns x,y --where dataset=dino")
        assert asked == read
        shown = read.shown(read.placed(read.everything()))
        assert sorted(shown.round(5).tolist()) == sorted(POINTS.tolist())

    def test_a_drawing_is_points_of_ones_own(self, tmp_path: Path) -> None:
        """GAN Lab's fifth distribution: what the Data page's canvas keeps."""
        sha256 = Store.open().points.add(POINTS, "drawn").sha256
        dataset = in_a_study(tmp_path, f'kind = "points"\nsha256 = "{sha256}"\naxes = "same"')
        assert not dataset.lacks() and np.abs(dataset.points()).max() <= 1 + 1e-6
