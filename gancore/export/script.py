"""A run as a plain Keras script of its own: only what its configuration uses, and nothing of gancore's.

``templates/script/main.py.jinja`` is the script; ``dataset/``, ``loss/``, ``penalty/`` and ``update/`` beside it hold a
file for each kind, so that a new kind is one file more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from gancore.config import ConfigError, RunConfig, flatten, quoted
from gancore.datasets.points import OwnPoints, load, split_seed
from gancore.export.draws import MAX_DRAWS, drawn_steps, draws
from gancore.export.script_layers import WIDTH, Call, Layers, layers_of
from gancore.export.script_optimizers import helpers_of, optimizer
from gancore.export.script_rules import REASONS, check_rules
from gancore.export.script_settings import Settings, choose
from gancore.parts import Placement, activations, identity
from gancore.parts.activations import Output
from gancore.parts.placement import UNPLACED

if TYPE_CHECKING:
    from jinja2 import Environment

ENDING = ".py.jinja"
KERAS_INITIAL = {
    "glorot_normal": "GlorotNormal",
    "he_uniform": "HeUniform",
    "he_normal": "HeNormal",
    "lecun_uniform": "LecunUniform",
    "lecun_normal": "LecunNormal",
    "orthogonal": "Orthogonal",
    "normal": "RandomNormal",
}
"""Kind → the class of ``keras.initializers``; Glorot's uniform one is what a layer has by itself."""
NOT_IN_SCRIPT = {"snapshot_every"}
"""Settings without a meaning there: the script keeps no snapshots."""


OF_A_DISCRIMINATOR = "discriminator.", "d_optimizer.", "penalty.", "update.", "instance_noise."
"""Settings that do nothing where none is trained, but for the generator's updates in a step."""


def script_text(config: RunConfig) -> str:
    """The script that trains this config; ConfigError for a setting or a kind that the templates do not know."""
    read = check_rules(config)
    environment = _environment()
    environment.filters |= {"number": _number, "brief": _brief, "broken": _broken}
    environment.globals |= {
        "optimizer": partial(optimizer, config.update),
        "choose": choose,
        "file": partial(_file, environment),
        "placement": _placement,
        "points_file": points_file,
        "split_seed": split_seed,
    }
    settings = Settings(config, "", read)
    networks = _networks(config, settings)
    text = environment.get_template(f"main{ENDING}").render(
        config=settings,
        run=config.run_id[:12],
        networks=networks,
        helpers=sorted({helper for network in networks.values() for helper in network.helpers}),
        training=helpers_of(config),
        packing=config.discriminator.packing,
        rows="ROWS" if settings.discriminator.packing > 1 else "BATCH",
        g_training=", training=True" * networks["generator"].training,
        d_training=", training=True" * networks["discriminator"].training,
    )
    # A later field that stands at its neutral value does nothing.
    idle = set(_leaves(config.model_dump(mode="json"))) - set(_leaves(identity(config)))
    if not config.loss.judged:
        idle |= {path for path in flatten(config) if path.startswith(OF_A_DISCRIMINATOR)} - {"update.g_steps"}
    left = sorted({*flatten(config)} - idle - read - NOT_IN_SCRIPT)
    if left:
        raise ConfigError(f"{left[0]}: this run sets it, and a script cannot{REASONS.get(left[0], '')}")
    return _tidy(text)


def _leaves(plain: Mapping[str, Any], path: str = "") -> Iterator[str]:
    """Dotted paths of plain data."""
    for name, value in plain.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{path}{name}.")
        else:
            yield f"{path}{name}"


def _tidy(text: str) -> str:
    """The script with at most two blank lines together, whatever a kind left out."""
    return re.sub(r"\n{4,}", "\n\n\n", text)


def points_file(sha256: str) -> str:
    """The name of the file beside a script that it reads points of one's own from, which are in none unless asked."""
    return f"points-{sha256[:12]}.npy"


def write_script(config: RunConfig, path: Path, with_draws: bool = False, with_points: bool = False) -> list[Path]:
    """Write the script, and where the draws are asked for ``NAME-draws.npz`` and ``NAME-replay.py`` beside it.

    The replay feeds the script the run's initial weights and what its first steps drew, so that it prints the first
    rows of the run's history. Points of one's own are written where they are asked for. Returns the files. Raises
    ConfigError, OSError.
    """
    if path.suffix != ".py":
        raise ConfigError(f"--script: {quoted(str(path))} is not allowed; the file's name must end in .py")
    text = script_text(config)
    steps = drawn_steps(config) if with_draws else 0
    if with_draws and (config.penalty.uniforms or config.loss.on("flip") or config.instance_noise.active):
        raise ConfigError(
            "--draws: the penalty, the loss or the noise of this run draws too, which the file does not hold; leave "
            "it out"
        )
    if with_draws and not _only_dense(config):
        raise ConfigError("--draws: the networks of this run keep or draw more than the file holds; leave it out")
    if with_draws and config.changes:
        raise ConfigError("--draws: settings of this run change on the way, which the replay does not do; leave it out")
    if with_draws and not steps:
        raise ConfigError(f"--draws: one step of this run draws more than {MAX_DRAWS // 10**6} MB; leave it out")
    own = config.dataset if isinstance(config.dataset, OwnPoints) else None
    if with_points and own is None:
        raise ConfigError("--with-points: this run is not trained on points of your own; leave it out")
    if with_draws and own is not None and not with_points:
        raise ConfigError("--draws: the replay needs the points that the run was trained on; add --with-points")
    points = load(own.sha256) if own is not None and with_points else None
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    written = [path]
    if own is not None and points is not None:
        written.append(path.with_name(points_file(own.sha256)))
        np.save(written[-1], points)
    if not with_draws:
        return written
    drawn, replay = path.with_name(f"{path.stem}-draws.npz"), path.with_name(f"{path.stem}-replay.py")
    with drawn.open("wb") as file:
        np.savez(file, **draws(config, steps))  # type: ignore[arg-type]
    template = _environment().get_template(f"replay{ENDING}")
    rounds = config.update.d_steps if config.loss.judged else 0
    lines = template.render(run=config.run_id[:12], steps=steps, rounds=rounds)
    replay.write_text(lines, encoding="utf-8")
    return [*written, drawn, replay]


def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("gancore.export", "templates/script"),
        autoescape=False,  # it is Python; settings are numbers and known words, so no text becomes code
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _activation(part: Settings) -> str:
    """What stands behind ``activation=`` for a network's hidden layers."""
    name = choose(part, "activation", {name: name for name in get_args(activations.Hidden)})
    slope = part.slope  # read, though only one of them looks at it
    if name == "leaky_relu" and slope != activations.LEAKY_SLOPE:
        return f"lambda x: keras.activations.leaky_relu(x, {slope})"
    if name == "maxout":
        return ""
    called = activations.ACTIVATIONS[name].keras
    return f'"{called}"' if called else "keras.ops.sin"


def _file(environment: Environment, folder: str, part: Settings, name: str) -> str:
    """The template of a kind, one of those in a folder."""
    paths = [path for path in environment.list_templates() if path.startswith(f"{folder}/")]
    return choose(part, name, {path.removeprefix(f"{folder}/").removesuffix(ENDING): path for path in paths})


def _placement(dataset: Settings) -> dict[str, list[Any]] | None:
    """Where a distribution lies: ``matrix`` and ``offset`` before scaling, ``shift`` after; None if it is unplaced."""
    placement = dataset.placement
    stated = {name: getattr(placement, name) for name in Placement.model_fields}
    if Placement(**stated) == UNPLACED:
        return None
    matrix, offset = dataset.affine()
    shift = [stated["shift_x"], stated["shift_y"]]
    return {"matrix": matrix.tolist(), "offset": offset.tolist(), "shift": shift}


def _number(value: int) -> str:
    """A whole number as people write it in Python: 10_000."""
    return f"{value:_}" if value >= 10_000 else str(value)


def _brief(value: float) -> str:
    """A number without the decimals that it has not."""
    return repr(value).removesuffix(".0")


def _broken(code: str, before: int) -> str:
    """An expression after so many characters of its line; a sum or product that is too long, a term a line."""
    if before + len(code) <= WIDTH:
        return code
    for signs in ("+-", "*/"):
        depth, starts = 0, [0]
        for index, character in enumerate(code):
            depth += (character == "(") - (character == ")")
            if not depth and character in signs and code[index - 1 : index + 2] == f" {character} ":
                starts.append(index)
        if len(starts) > 1:
            terms = [code[start:end].rstrip() for start, end in zip(starts, [*starts[1:], None], strict=True)]
            return "\n".join(["(", *(f"        {term}" for term in terms), "    )"])
    return code


def _dense(initial: Settings, units: int, activation: str = "", bias: bool = True) -> Call:
    """A dense layer, with how its kernel starts; the activation is code.

    Each has an initializer of its own: one unseeded object of Keras gives layers of equal shape equal kernels.
    """
    arguments = [
        str(units),
        *([f"activation={activation}"] if activation else []),
        *([] if bias else ["use_bias=False"]),
    ]
    if initial.kind != "glorot_uniform":
        name = choose(initial, "kind", KERAS_INITIAL)
        field = {"orthogonal": ("gain", "gain"), "normal": ("stddev", "sigma")}.get(initial.kind)
        given = f"{field[0]}={getattr(initial, field[1])!r}" if field else ""
        arguments.append(f"kernel_initializer=keras.initializers.{name}({given})")
    return Call("keras.layers.Dense", tuple(arguments))


def _networks(config: RunConfig, settings: Settings) -> dict[str, Layers]:
    """Both networks' layers as code."""
    g, d = settings.generator, settings.discriminator
    output = choose(g, "output", {name: activations.ACTIVATIONS[name].keras or "" for name in get_args(Output)})
    networks = config.generator.network(config.latent), config.discriminator.network()
    last = "" if output == "linear" else f'"{output}"'
    made = {
        "generator": layers_of(g, networks[0], _activation(g), (2, last), partial(_dense, g.initial)),
        "discriminator": layers_of(
            d, networks[1], _activation(d), (1, ""), partial(_dense, d.initial), config.penalty.active
        ),
    }
    kind = d.minibatch.kind
    if kind != "none" and d.norm.kind == "batch" and config.update.together:
        raise ConfigError(
            f"discriminator.minibatch.kind: {kind!r} with norm.kind batch and combined updates has no script, where "
            "Keras would normalise reals and fakes apart"
        )
    if config.generator.output == "range" and config.dataset.fresh:
        raise ConfigError("generator.output: 'range' with dataset.fresh has no script, where no set of points is kept")
    return made


def _only_dense(config: RunConfig) -> bool:
    """Whether the networks keep nothing but a kernel and a bias of each layer in a row, and draw nothing."""
    networks = config.generator.network(config.latent), config.discriminator.network()
    names = [name.partition("/")[2] for network in networks for name in network.arrays]
    plain = all(spec.activation != "maxout" for spec in (config.generator, config.discriminator))
    return plain and {*names} <= {"kernel", "bias"} and not any(network.masked for network in networks)
