"""Labels: what differs between configs, in words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gancore.config import Change, ConfigError, Loss, RunConfig, differing, flatten, intervals, parse_config, with_kinds
from gancore.datasets.named import label_of as label_of_dataset
from gancore.datasets.named import name_of, words_of
from gancore.recipes import KEY, RECIPES
from gancore.words import count, setting_in_label, setting_value

BASELINE = "baseline"


def label_of(config: RunConfig, others: Sequence[RunConfig] = ()) -> str:
    """What tells ``config`` from ``others``, whose first is the reference; ``baseline`` for the reference itself.

    Where the datasets differ, every label starts with the dataset's name (of a formula, with that). Without others the
    reference is the question's baseline.
    """
    reference = others[0] if others else parse_config({})
    pieces: list[str] = []
    if len({(_kind(other.dataset), words_of(other.dataset)) for other in (reference, *others, config)}) > 1:
        pieces.append(words_of(config.dataset))
    if _kind(config.loss) != _kind(reference.loss):
        pieces.append(_loss(_kind(config.loss)))
    values, before = flatten(config), flatten(reference)
    other_kinds = {path: value for path, value in values.items() if path.endswith("kind") and value != before.get(path)}
    if "dataset.kind" in other_kinds:
        other_kinds["dataset.kind"] = name_of(config.dataset)
    # A new kind brings its own fields; only those set to something else than its defaults are named. So do steps.
    expected = with_kinds(reference, other_kinds) if other_kinds else reference
    follow = {path for path, value in intervals(config.steps).items() if value == values[path]}
    ignored = {"seed", *follow} if config.steps != reference.steps else {"seed"}
    told = {f"dataset.{name}" for name in config.dataset.told}
    named = {*differing([expected, config], ignored), *other_kinds} - {"dataset.kind", "loss.kind"} - told
    pieces += [piece_of(path, value) for path, value in values.items() if path in named]
    return ", ".join(pieces) or BASELINE


def labels_of(configs: Sequence[RunConfig]) -> list[str]:
    """A label for each config, told from the others; the first is the reference."""
    return [label_of(config, configs) for config in configs]


def piece_of(path: str, value: Any) -> str:
    """One setting in words: ``batch 256``, ``generator 16-32``, ``generator learning rate 0.001``.

    Of any value that a file may set, as a level's words are asked for before its config is checked.
    """
    if path in WORDS:
        return WORDS[path](value)
    return f"{setting_in_label(path)} {_value(value)}"


def recipe_words(changes: Mapping[str, Any]) -> str | None:
    """A recipe's label where changes name one, with what stands beside it; None where they name none."""
    known = RECIPES.get(changes.get(KEY, ""))
    if known is None:
        return None
    return ", ".join([known.label, *(piece_of(path, value) for path, value in changes.items() if path != KEY)])


def slug(label: str) -> str:
    """A label as a name for links and options: ``batch 256, generator 16-32`` → ``batch-256-generator-16-32``."""
    return re.sub(r"[^a-z0-9]+", "-", label.lower()).strip("-") or BASELINE


def _value(value: Any) -> str:
    return "without hidden layers" if value in ([], ()) else setting_value(value)


def _kind(part: Any) -> str:
    return str(part.kind)


def _count(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else _value(value)


def dataset_label(kind: str) -> str:
    """A dataset kind's or a named constant's name for people: ``swiss_roll`` → ``Swiss roll``."""
    return label_of_dataset(kind)


def dataset_words(kind: str) -> str:
    """A group of an analysis for people: a dataset's name, or that it is of all.

    ``overall`` is the analysis of several datasets together, ``all`` that of a study whose variants are the datasets.
    """
    return {"overall": "All datasets together", "all": "All datasets"}.get(kind, dataset_label(kind))


def _loss(kind: str) -> str:
    return str(getattr(Loss.registry.get(kind), "label", f"{kind.replace('_', ' ')} loss"))


def _in_words(form: str) -> Callable[[Any], str]:
    """Puts a value, as labels have it, into words."""
    return lambda value: form.format(_value(value))


def changes_in_words(changes: Any) -> str:
    """Settings that change while a run trains: ``discriminator learning rate 0.0001 from step 3,000``.

    Of any value that a file may set, as ``piece_of``.
    """
    if not isinstance(changes, list | tuple) or not changes:
        return "no changes on the way" if changes in ((), [], "") else _value(changes)
    return ", ".join(map(change_in_words, changes))


def change_in_words(change: Any) -> str:
    """One of them, or the text that stands for it."""
    try:
        read = Change.read(change)
    except ConfigError:
        return _value(change)
    words = piece_of(read.path, int(read.value) if read.value == int(read.value) else read.value)
    return f"{words} from step {read.step:,}" if read.step else words


def changes_by_step(config: RunConfig) -> dict[int, str]:
    """Step → what changes there in a run, in words, for marks on its curves."""
    found: dict[int, list[str]] = {}
    for change in config.changes:
        found.setdefault(change.step, []).append(change_in_words(change))
    return {step: ", ".join(words) for step, words in found.items()}


NETWORKS = "generator", "discriminator"


def _norm(network: str) -> Callable[[Any], str]:
    return lambda value: f"no {network} norm" if value == "none" else f"{network} {_value(value)} norm"


def _spectral(network: str) -> Callable[[Any], str]:
    """One iteration goes without saying."""
    named = {"0": f"no {network} spectral norm", "1": f"{network} spectral norm"}
    return lambda value: named.get(str(value), f"{network} spectral norm, {_value(value)} iterations")


WORDS: dict[str, Callable[[Any], str]] = {
    "dataset.kind": lambda value: dataset_label(str(value)),
    "dataset.scale": _in_words("scale {}"),
    "dataset.size": lambda value: f"{_count(value)} points",
    "dataset.sha256": lambda value: f"points {str(value)[:8]}",
    "dataset.x": "x = {}".format,
    "dataset.y": "y = {}".format,
    "dataset.start": "from {}".format,
    "dataset.end": "to {}".format,
    "dataset.along": lambda value: "even along the curve" if value == "length" else f"even in the {value}",
    "dataset.noise": _in_words("noise {}"),
    "dataset.fresh": lambda value: (
        "fresh points" if value is True else "a fixed set" if value is False else _value(value)
    ),
    "dataset.noise_along": lambda value: f"noise along {'the normal' if value == 'normal' else f'{value} axes'}",
    "dataset.placement.shift_x": _in_words("shift x {}"),
    "dataset.placement.shift_y": _in_words("shift y {}"),
    "dataset.placement.rotation": _in_words("turned by {}°"),
    "dataset.placement.stretch_x": _in_words("stretch x {}"),
    "dataset.placement.stretch_y": _in_words("stretch y {}"),
    "dataset.placement.fit": lambda value: {"box": "fit to a box", "standardise": "standardised"}.get(
        str(value), "not fitted"
    ),
    "dataset.gaussians": _value,
    "loss.kind": lambda value: _loss(str(value)),
    "latent.kind": "{} latent".format,
    "latent.dim": "latent {}".format,
    "generator.hidden": _in_words("generator {}"),
    "generator.output": lambda value: (
        "output in the data's range" if value == "range" else f"{'1.5·tanh' if value == 'tanh_1.5' else value} output"
    ),
    "discriminator.packing": _in_words("packs of {}"),
    "discriminator.minibatch.kind": lambda value: {"none": "no minibatch features", "std": "minibatch deviation"}.get(
        str(value), f"minibatch {_value(value)}"
    ),
    **{f"{network}.norm.kind": _norm(network) for network in NETWORKS},
    **{f"{network}.spectral_norm.iterations": _spectral(network) for network in NETWORKS},
    "discriminator.hidden": _in_words("discriminator {}"),
    "update.kind": lambda value: "combined update" if value == "combined" else f"{value} updates",
    "update.d_steps": lambda value: count(value, "discriminator step"),
    "batch_size": "batch {}".format,
    "generator_batch": lambda value: f"generator batch {value}" if value else "equal batches",
    "update.unrolled": lambda value: f"unrolled {value}" if value else "not unrolled",
    "update.consensus": _in_words("consensus {}"),
    "steps": lambda value: f"{_count(value)} steps",
    "changes": changes_in_words,
}
"""Paths that read better in words of their own; any other path gets its name."""
