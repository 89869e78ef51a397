"""The sections of the page on the Dirac GAN: its settings, one trajectory with its verdict, and every pair."""

from __future__ import annotations

import contextlib
from typing import Any

import streamlit as st

from gancore.config import ConfigError
from gancore.dirac import GAME, MOST_STEPS, RATE, SOURCE, STEPS, VERDICTS, Dirac, Seen, dirac, explained, measured
from gancore.dirac import pairs as pairs_of
from gancore.dirac import seen as seen_of
from gancore.parts import Loss, Optimizer, Penalty, Update, roles
from gancore.parts.base import Role
from gancore.ui import heavy, url
from gancore.ui.show import show
from gancore.ui.text import escaped
from gancore.words import count, number, setting_in_words, typed

ORDERS = ["alternating", "simultaneous"]
LONGEST = 2_000
"""Steps that the slider takes; the command line takes more."""
NUMBERS = {"rate": (0.01, 1.0), "theta": (-2.0, 2.0), "psi": (-2.0, 2.0)}
STYLE = """
<style>
.st-key-portrait .vega-embed {display: flex; flex-direction: column;}
.st-key-portrait .vega-bindings {order: -1; padding: 0 0 0.4rem;}
.st-key-portrait .vega-bind {display: flex; gap: 0.6rem; align-items: center;}
.st-key-portrait .vega-bind label {display: flex; gap: 0.6rem; align-items: center;}
.st-key-portrait .vega-bind input {width: 14rem; height: 1.5rem; accent-color: #9a7fd1;}
.st-key-portrait .vega-embed, .st-key-portrait .vega-embed > div:first-of-type {width: 100% !important;}
.st-key-portrait .vega-embed svg {width: 100%; height: auto; max-width: 27rem;}
.st-key-all_pairs {overflow-x: auto;}
</style>
"""
TRIES: dict[str, dict[str, Any]] = {
    "No penalty": {},
    "R1": {"penalty": "r1"},
    "WGAN-GP": {"loss": "wasserstein", "penalty": "gradient"},
    "At once": {"loss": "wasserstein", "order": "simultaneous"},
    "Look ahead": {"loss": "wasserstein", "order": "simultaneous", "rule": "extragradient"},
    "Least squares": {"loss": "least_squares"},
}
"""What a student tries one after the other: name → the choices that differ from the first."""
CHOICES: dict[str, Any] = {
    "loss": "non_saturating",
    "penalty": "none",
    "order": "alternating",
    "rule": "combined",
    "optimizer": "sgd",
    "more": "",
}


def _kinds(family: Any) -> list[str]:
    return sorted(family.registry)


def _penalties() -> list[str]:
    return sorted(Penalty.registry, key=lambda kind: (kind != "none", kind))


def url_checks() -> dict[str, url.Check]:
    """URL parameter → check."""
    lists = {
        "loss": _kinds(Loss),
        "penalty": _penalties(),
        "optimizer": _kinds(Optimizer),
        "rule": _kinds(Update),
        "order": ORDERS,
    }
    numbers: dict[str, url.Check] = {name: _between(*ends) for name, ends in NUMBERS.items()}
    weights = {name: url.anything for kind in Penalty.registry for name in _weights(kind)}
    whole = {"turns": url.whole(1, 10), "length": url.whole(10, LONGEST), "pairs": url.one_of(["true", "false"])}
    return (
        {name: url.one_of(kinds) for name, kinds in lists.items()} | numbers | weights | whole | {"more": url.anything}
    )


def _between(low: float, high: float) -> url.Check:
    def check(value: str) -> None:
        try:
            fits = len(value) <= 24 and low <= float(value) <= high
        except ValueError:
            fits = False
        if not fits:
            raise ValueError(f"use a number from {typed(low)} to {typed(high)}")

    return check


def _weights(kind: str) -> dict[str, str]:
    """Widget's key → path, of the numbers that a penalty has."""
    numbers = [name for name, role in roles(Penalty.registry[kind]).items() if role is Role.PER_RUN]
    return {f"of_{name}": f"penalty.{name}" for name in numbers}


def opening() -> None:
    """What the game is, and what to try."""
    st.html(STYLE)
    st.markdown(
        f"{escaped(GAME)} Each step moves both a little along their own gradient. Watch whether the generated point "
        "comes to the data and stays."
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("Try:")
        for name, differing in TRIES.items():
            st.button(name, key=f"try_{name}", on_click=_take, args=(differing,))


def _take(differing: dict[str, Any]) -> None:
    for name, value in {**CHOICES, **differing}.items():
        st.session_state[name] = value
    for name in [name for name in st.session_state if str(name).startswith("of_")]:
        del st.session_state[name]


def settings(first: Any, rest: Any) -> Dirac | None:
    """The choices, drawn in two places; None, with the reason, where they do not go together."""
    with first:
        changes = _of_parts()
    with rest:
        changes |= _of_rules()
    try:
        rate, start, steps = _of_start(rest)
        return dirac(changes | _typed(st.session_state["more"] or ""), start, min(steps, MOST_STEPS), rate)
    except ConfigError as error:
        first.error(escaped(error))
        return None


BOUND: Any = {"bind": "query-params"}


def _of_parts() -> dict[str, Any]:
    """The loss, the penalty with its numbers, and the order, in one row."""
    losses, penalties = _kinds(Loss), _penalties()
    place = st.columns([3, 3, 4, 4], vertical_alignment="bottom")
    loss = place[0].selectbox("Loss", losses, losses.index("non_saturating"), key="loss", **BOUND)
    penalty = place[1].selectbox("Penalty", penalties, 0, key="penalty", **BOUND)
    changes: dict[str, Any] = {"loss.kind": loss, "penalty.kind": penalty}
    usual = dirac({"penalty.kind": penalty}).config.penalty
    numbers = _weights(penalty)
    cells = place[2].columns(len(numbers), vertical_alignment="bottom") if numbers else []
    for cell, (key, path) in zip(cells, numbers.items(), strict=True):
        name = path.split(".")[1]
        description = escaped(type(usual).model_fields[name].description or "")
        label = setting_in_words(name)
        given = cell.text_input(label, typed(getattr(usual, name)), key=key, help=description, **BOUND)
        changes[path] = given.strip()
    order = place[3].segmented_control(
        "Order",
        ORDERS,
        default=ORDERS[0],
        key="order",
        required=True,
        help="Alternating: the generator sees the discriminator after its update. Simultaneous: as it was before.",
        **BOUND,
    )
    return changes | {"update.order": order or ORDERS[0]}


def _of_start(place: Any) -> tuple[float, tuple[float, float], int]:
    """The learning rate, the start (θ, ψ) and the number of steps."""
    left, right = place.columns(2)
    rate = left.slider("Learning rate", *NUMBERS["rate"], RATE, 0.01, key="rate", **BOUND)
    steps = right.slider("Steps", 10, LONGEST, STEPS, 10, key="length", **BOUND)
    theta = left.slider("Start: generated point θ", *NUMBERS["theta"], 1.0, 0.1, key="theta", **BOUND)
    psi = right.slider("Start: slope ψ", *NUMBERS["psi"], 1.0, 0.1, key="psi", **BOUND)
    return rate, (theta, psi), steps


def _of_rules() -> dict[str, Any]:
    """The update rule, the optimizer and whatever else is typed, folded."""
    with st.expander("Update rule, optimizer and more", key="more_of_dirac"):
        rules, optimizers = _kinds(Update), _kinds(Optimizer)
        rule = st.selectbox("Update rule", rules, rules.index("combined"), key="rule", **BOUND)
        optimizer = st.selectbox("Optimizer of both", optimizers, optimizers.index("sgd"), key="optimizer", **BOUND)
        turns = st.slider("Discriminator updates in a step", 1, 10, 1, key="turns", **BOUND)
        st.text_input(
            "Other settings",
            key="more",
            placeholder="g_optimizer.momentum=0.5 update.unrolled=5",
            help="As after --set on the command line, with spaces between: what a run has of loss, penalty, "
            "g_optimizer, d_optimizer and update.",
            **BOUND,
        )
    kinds = {"g_optimizer.kind": optimizer, "d_optimizer.kind": optimizer}
    return {"update.kind": rule, "update.d_steps": turns, **kinds}


def _typed(text: str) -> dict[str, str]:
    """``PATH=VALUE`` texts with spaces between; raises ConfigError."""
    found = {}
    for one in text.split():
        path, equals, value = one.partition("=")
        if not equals:
            raise ConfigError.refused("Other settings", one, "use PATH=VALUE, such as update.unrolled=5")
        found[path] = value
    return found


def portrait(asked: Dirac, picture: Any, words: Any) -> None:
    """The trajectory in one place, and in another what it did and why."""
    from gancore.report.theory import portrait_chart

    try:
        one = _seen(asked)
    except ConfigError as error:
        picture.error(escaped(error))
        return
    with words:
        st.subheader(f":{_COLOURS.get(one.verdict, 'gray')}[●] {one.verdict.capitalize()}")
        said = measured(one).partition(": ")[2]
        for sentence in (f"{said[:1].upper()}{said[1:]}", *explained(one)):
            st.markdown(escaped(sentence))
        st.caption(
            "Green cross: the equilibrium. Ring: the start. Red: the step that the slider takes. Arrows: where both "
            "gradients lead, fainter where they are weak. Under the plane, on the same axis: the data and what D says "
            "along it. Below: the distance from the equilibrium, where a straight way down is convergence."
        )
        with st.expander("How it is computed", key="how_of_dirac"):
            st.markdown(
                "Losses, penalties, optimizers and update rules are the classes that training uses, and each step is "
                "the engine's own, in numpy with exact derivatives. As in training, the discriminator minimises the "
                "*mean* of its loss over real and generated points, half of the sum in the paper; R1 is γ/2·ψ². "
                f"{escaped(SOURCE)}."
            )
            st.code(_command(asked), language="bash", wrap_lines=True)
    with picture, st.container(key="portrait"):
        show(portrait_chart(one, side=350), key="dirac_portrait")


_COLOURS: dict[str, str] = dict(zip(VERDICTS, ("green", "orange", "red", "violet", "gray"), strict=True))


def weight(asked: Dirac) -> int:
    """Runs that the steps are like, for ``heavy.computed``: those of many updates, a minute's work, wait their turn."""
    update = asked.config.update
    updates = asked.steps * update.rounds * update.turns * (1 + update.unrolled)
    return heavy.LARGE + 1 if updates > LONGEST else 1


@heavy.computed("Taking the steps …", weight)
def _seen(asked: Dirac) -> Seen:
    return seen_of(asked)


@heavy.computed("Taking the steps of every pair …", lambda _: heavy.LARGE + 1)
def _every(asked: Dirac) -> list[Seen]:
    found = []
    for one in pairs_of(asked):
        heavy.still_wanted()
        with contextlib.suppress(ConfigError):  # a plug-in's part that needs TensorFlow; chosen above, it says so
            found.append(seen_of(one))
    return found


def every_pair(asked: Dirac | None) -> None:
    """Every loss with every penalty under the same steps, once they are asked for."""
    st.header("Every loss with every penalty")
    wanted = st.toggle(
        "Show all of them, from the same start and with the same steps", key="pairs", bind="query-params"
    )
    if not wanted or asked is None:
        return
    from gancore.report.theory import kinds_of, pairs_chart

    found = _every(asked)
    tally = {verdict: sum(one.verdict == verdict for one in found) for verdict in VERDICTS}
    said = ", ".join(f"{verdict}: {count(n, 'pair')}" for verdict, n in tally.items() if n)
    st.caption(
        escaped(
            f"{said[:1].upper()}{said[1:]}. Each penalty at its weight here (γ = 1, λ = 0.1). "
            "Cross: equilibrium; ring: start."
        )
    )
    with st.container(key="all_pairs"):
        show(pairs_chart(found), key="dirac_pairs")
    with st.expander("The same as a table", key="pairs_table"):
        rows = [
            dict(zip(("loss", "penalty"), kinds_of(one), strict=True))
            | {"verdict": one.verdict, "distance at the end": number(one.last), "laps": number(one.laps, 2)}
            for one in found
        ]
        st.dataframe(rows, hide_index=True)


def _command(asked: Dirac) -> str:
    """The command that prints this trajectory's verdict."""
    from gancore.config import flatten

    usual = flatten(dirac({"penalty.kind": asked.plain()["penalty"]["kind"]}).config)
    now = flatten(asked.config)
    changed = [f"--set {path}={now[path]}" for path in now if path in usual and now[path] != usual[path]]
    new = [f"--set {path}={value}" for path, value in now.items() if path not in usual]
    penalty = asked.plain()["penalty"]["kind"]
    first = [] if penalty == "none" else [f"--penalty {penalty}"]
    start = [f"--start {typed(asked.start[0])},{typed(asked.start[1])}"] if asked.start != (1.0, 1.0) else []
    steps = [f"--steps {asked.steps}"] if asked.steps != STEPS else []
    return " ".join(["gancore dirac", *first, *changed, *new, *start, *steps])
