"""gancore dirac: two numbers on which a loss and a penalty show whether training converges, circles or diverges."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gancore.cli.common import JsonOption, changes, print_json, print_table
from gancore.config import ConfigError
from gancore.words import DASH, number

if TYPE_CHECKING:
    from gancore.dirac import Seen

NAMES = {"start": "--start", "steps": "--steps", "rate": "--rate"}
SUFFIXES = (".svg", ".png", ".html")


def dirac(
    loss: Annotated[
        str | None, typer.Option("--loss", metavar="KIND", help="A loss [default: non_saturating].")
    ] = None,
    penalty: Annotated[
        str | None,
        typer.Option(
            "--penalty",
            metavar="KIND",
            help="A penalty, such as r1, of γ = 1, or gradient, of λ = 0.1 [default: none].",
        ),
    ] = None,
    optimizer: Annotated[
        str | None,
        typer.Option("--optimizer", metavar="KIND", help="Of both networks, such as optimistic_adam [default: sgd]."),
    ] = None,
    rate: Annotated[float, typer.Option("--rate", metavar="η", help="Learning rate of both networks.")] = 0.2,
    simultaneous: Annotated[
        bool,
        typer.Option("--simultaneous", help="Move both networks at once, not the discriminator first."),
    ] = False,
    d_steps: Annotated[
        int | None, typer.Option("--d-steps", metavar="N", help="Updates of the discriminator in a step [default: 1].")
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="PATH=VALUE", help="Change a setting, such as penalty.gamma=0.1."),
    ] = None,
    start: Annotated[
        str, typer.Option("--start", metavar="θ,ψ", help="Where it begins: the generated point, and D's slope.")
    ] = "1,1",
    steps: Annotated[int, typer.Option("--steps", metavar="N", help="Steps to take.")] = 500,
    every_pair: Annotated[
        bool, typer.Option("--all", help="Every loss with every penalty, in place of --loss and --penalty.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Draw it: .svg, .png, or .html with a slider of the steps."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Why does a GAN circle? The smallest one shows it: two numbers, moved by gancore's own steps.

    The real data are one point at 0. The generator is one number, θ: its point. The discriminator is one number, ψ:
    D(x) = ψ·x. Both are 0 at the equilibrium. Without a penalty most losses go round it for ever, as neither number
    ever pulls itself back; R1, which is γ/2·ψ² here, pulls ψ to 0, and the generated point follows (Mescheder, Geiger
    and Nowozin 2018).

    It says what was measured (it converges, circles, diverges or settles elsewhere; how far it is from the equilibrium
    in the end) and why: eigenvalues of the field at the equilibrium, where it has any. Negative real parts pull in.
    Without real parts both only turn round each other, and simultaneous steps lead outwards.

    --set takes what a run has of loss., penalty., g_optimizer., d_optimizer. and update. As in a run, the
    discriminator's loss is the mean over real and generated points, half of their sum in the paper.

    For example: gancore dirac
    then, with the cure: gancore dirac --penalty r1
    at once rather than in turn: gancore dirac --loss wasserstein --simultaneous
    with a look ahead: gancore dirac --set update.kind=extragradient --out dirac.html
    and all of them: gancore dirac --all --out pairs.svg
    """
    from gancore.dirac import dirac, pairs, seen

    wanted = _wanted(loss, penalty, optimizer, simultaneous, d_steps, changes(settings))
    if out is not None and out.suffix.lower() not in SUFFIXES:
        raise ConfigError.refused("--out", str(out), f"use a name that ends in {', '.join(SUFFIXES)}")
    if every_pair and any(path.startswith(("loss.", "penalty.")) for path in wanted):
        raise ConfigError.of(
            "--all", "it has every loss with every penalty; leave out --loss, --penalty and their --set"
        )
    try:
        asked = dirac(wanted, _pair(start), steps, rate)
    except ConfigError as error:
        raise error.named(NAMES) from None
    found = []
    for one in pairs(asked) if every_pair else [asked]:
        try:
            found.append(seen(one))
        except ConfigError as error:  # of a plug-in's part, which is no reason to show no other
            if not every_pair:
                raise
            print(f"gancore: left out: {error}", file=sys.stderr)
    if out is not None:
        _draw(found, out, every_pair)
    if as_json:
        for one in found:
            print_json(one.plain())
    elif every_pair:
        _print_pairs(found)
    else:
        _print(found[0])


def _wanted(
    loss: str | None,
    penalty: str | None,
    optimizer: str | None,
    simultaneous: bool,
    d_steps: int | None,
    settings: dict[str, str],
) -> dict[str, Any]:
    """The settings by path; raises ConfigError where one is given twice."""
    given: dict[str, Any] = {}
    options = [
        ("--loss", loss, ("loss.kind",)),
        ("--penalty", penalty, ("penalty.kind",)),
        ("--optimizer", optimizer, ("g_optimizer.kind", "d_optimizer.kind")),
        ("--simultaneous", "simultaneous" if simultaneous else None, ("update.order",)),
        ("--d-steps", d_steps, ("update.d_steps",)),
    ]
    for option, value, paths in options:
        if value is None:
            continue
        for path in paths:
            if path in settings:
                raise ConfigError.of(option, f"--set {path} says the same; give one of them")
            given[path] = value
    return given | settings


def _pair(text: str) -> list[float]:
    """The numbers of ``--start``; raises ConfigError."""
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        raise ConfigError.refused("--start", text, "use two numbers, such as 1,1") from None


def _print(one: Seen) -> None:
    from gancore.dirac import explained, measured

    for sentence in (measured(one), *explained(one)):
        print(sentence)


def _print_pairs(found: list[Seen]) -> None:
    from gancore.dirac import eigenvalues_words

    rows = []
    for one in found:
        settings = one.asked.plain()
        eigenvalues = DASH if one.eigenvalues is None else eigenvalues_words(one.eigenvalues)
        laps = number(one.laps, 2)
        rows.append(
            [settings["loss"]["kind"], settings["penalty"]["kind"], one.verdict, number(one.last), laps, eigenvalues]
        )
    print_table(["loss", "penalty", "verdict", "distance", "laps", "eigenvalues at the equilibrium"], rows)


def _draw(found: list[Seen], out: Path, every_pair: bool) -> None:
    """Write the picture; raises ConfigError where the file cannot be written."""
    from gancore.dirac import GAME, measured, title
    from gancore.report.theory import pairs_chart, portrait_chart, write_chart

    if every_pair:
        chart, head, below = pairs_chart(found), "The Dirac GAN: every loss with every penalty", GAME
    else:
        chart, head = portrait_chart(found[0], slider=out.suffix.lower() == ".html"), title(found[0])
        below = measured(found[0])
    try:
        write_chart(chart, out, head, below)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ConfigError(f"--out: {str(out)!r} cannot be written ({reason}); use another name") from None
