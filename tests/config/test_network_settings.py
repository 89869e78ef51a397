"""Settings of the networks: what makes no sense is refused with field, value and what is allowed; names; labels."""

from __future__ import annotations

import pytest

from gancore.config import ConfigError, RunConfig, flatten, with_changes
from gancore.studies.labels import label_of
from gancore.training.shapes import GraphShape

D, G = "discriminator", "generator"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {f"{D}.packing": 3},
            "discriminator.packing: 3 is not allowed with batch_size 32, which it does not divide; use one of 1, 2, or "
            "a batch_size that 3 divides",
        ),
        (
            {f"{D}.norm.kind": "batch", "penalty.kind": "r1"},
            "discriminator.norm.kind: 'batch' is not allowed with penalty.kind r1, which takes the slope at each point "
            "by itself, while a point's logit then depends on its batch; use none or layer",
        ),
        ({f"{D}.norm.kind": "batch", "penalty.kind": "gradient"}, "discriminator.norm.kind: 'batch' is not allowed"),
        ({f"{D}.minibatch.kind": "std", "penalty.kind": "dragan"}, "discriminator.minibatch.kind: 'std' is not allo"),
        (
            {f"{D}.minibatch.kind": "std", "batch_size": 1},
            "discriminator.minibatch.kind: 'std' is not allowed with a b",
        ),
        (
            {f"{G}.norm.kind": "batch", "batch_size": 1},
            "generator.norm.kind: 'batch' is not allowed with a batch of one",
        ),
        (
            {f"{D}.residual": 3},
            "discriminator.residual: 3 is not allowed with discriminator.hidden of 2 layers; use 0, 1 o",
        ),
        ({f"{G}.residual": 1, f"{G}.hidden": ""}, "generator.residual: 1 is not allowed with generator.hidden of 0 l"),
        (
            {f"{G}.output": "range", f"{G}.output_scale": 2.0},
            "generator.output_scale: 2.0 is not allowed with generator",
        ),
        ({f"{D}.dropout": 1.0}, "discriminator.dropout: 1.0 is not allowed; it must be less than or equal to 0.95"),
        ({f"{D}.packing": 17}, "discriminator.packing: 17 is not allowed; it must be less than or equal to 16"),
        (
            {f"{D}.spectral_norm.iterations": -1},
            "discriminator.spectral_norm.iterations: -1 is not allowed; it must be",
        ),
        ({f"{D}.norm.kind": "group"}, "discriminator.norm.kind: 'group' is unknown; use one of batch, layer, none"),
        ({f"{G}.packing": 2}, "generator.packing: there is no such setting"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_starts(changes, sentence):
    with pytest.raises(ConfigError) as error:
        with_changes(RunConfig(), changes)
    assert str(error.value).startswith(sentence)


def test_what_goes_together_is_allowed():
    for changes in (
        {f"{D}.norm.kind": "layer", "penalty.kind": "gradient"},
        {f"{G}.norm.kind": "batch", "penalty.kind": "gradient"},
        {f"{D}.packing": 16, f"{D}.minibatch.kind": "std"},
        {f"{D}.residual": 2, f"{D}.activation": "maxout", f"{D}.norm.kind": "batch"},
    ):
        with_changes(RunConfig(), changes)


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("dropout", "discriminator.dropout"),
        ("batch_norm", "generator.norm.kind or discriminator.norm.kind"),
        ("discriminator.batch_norm", "discriminator.norm.kind"),
        ("spectral_norm", "discriminator.spectral_norm.iterations"),
        ("pac", "discriminator.packing"),
        ("generator.layer_norm", "generator.norm.kind"),
        ("minibatch_std", "discriminator.minibatch.kind"),
        ("fourier_features", "generator.fourier.frequencies or discriminator.fourier.frequencies"),
    ],
)
def test_a_well_known_name_is_led_to_its_setting(given, meant):
    with pytest.raises(ConfigError) as error:
        with_changes(RunConfig(), {given: "1"})
    assert f"there is no such setting (did you mean {meant}?)" in str(error.value)


def test_at_their_neutral_values_they_are_not_part_of_a_run():
    later = [
        f"{network}.{name}"
        for network, more in ((G, []), (D, ["packing", "minibatch.kind"]))
        for name in ("pieces", "norm.kind", "dropout", "residual", "spectral_norm.iterations", *more)
    ]
    flat = flatten(RunConfig())
    assert with_changes(RunConfig(), {path: flat[path] for path in later}).run_id == RunConfig().run_id
    assert RunConfig().run_id == "403182e1d3fe57055ac9702499fb7fc00b4064bf41926cc2dec50cb9cd1fd098"
    other = {"pieces": 3, "norm.kind": "layer", "dropout": 0.1, "residual": 1, "spectral_norm.iterations": 1}
    for path in later:
        name = path.partition(".")[2]
        value = {"packing": 2, "minibatch.kind": "std"}.get(name) or other[name]
        assert with_changes(RunConfig(), {path: value}).run_id != RunConfig().run_id, path


def test_rates_and_scales_share_a_program():
    def shape(**changes):
        return GraphShape.of(with_changes(RunConfig(), {path.replace("__", "."): v for path, v in changes.items()}))

    assert shape(discriminator__dropout=0.1) == shape(discriminator__dropout=0.5) != shape()
    frequencies = {"generator__fourier__frequencies": 4}
    assert shape(**frequencies, generator__fourier__scale=0.1) == shape(**frequencies, generator__fourier__scale=2.0)
    ranges = {"generator__output": "range"}
    assert shape(**ranges, dataset__scale=1.0) == shape(**ranges, dataset__scale=3.0)


@pytest.mark.parametrize(
    ("changes", "label"),
    [
        ({f"{D}.packing": 2}, "packs of 2"),
        ({f"{D}.minibatch.kind": "std"}, "minibatch deviation"),
        ({f"{D}.minibatch.kind": "discrimination"}, "minibatch discrimination"),
        ({f"{G}.norm.kind": "batch"}, "generator batch norm"),
        ({f"{D}.spectral_norm.iterations": 1}, "discriminator spectral norm"),
        ({f"{D}.spectral_norm.iterations": 3}, "discriminator spectral norm, 3 iterations"),
        ({f"{D}.dropout": 0.3}, "discriminator dropout 0.3"),
        ({f"{D}.residual": 1}, "discriminator residual 1"),
        ({f"{G}.output": "range"}, "output in the data's range"),
    ],
)
def test_labels_say_it_in_words(changes, label):
    assert label_of(with_changes(RunConfig(), changes)) == label
