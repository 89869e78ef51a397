"""Networks of all that they may be made of: as the plain loop has them, whatever trains beside, and after a break."""

from __future__ import annotations

import numpy as np
import pytest
from support.company import check_independence, finished
from support.matching import LAST, largest_difference
from support.network_cases import CASES, case

from gancore.config import RunConfig, with_changes
from gancore.training.program import LANES

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_lanes_match_the_plain_loop_on_the_same_draws(name):
    assert largest_difference([case(name, seed) for seed in range(LANES)], "float64", lanes=LAST) < 1e-5


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_a_run_depends_neither_on_its_company_nor_on_a_break(name):
    runs = [case(name, 0), case(name, 1, **{"dataset.scale": 0.5})]
    rates = {f"{n}.dropout": 0.15 for n in ("generator", "discriminator") if getattr(runs[0], n).dropout}
    check_independence([runs[0], with_changes(runs[1], rates)])


@pytest.fixture(scope="module")
def trained():
    """The end of a run with running averages and dropout, and its program."""
    from gancore.training.program import program
    from gancore.training.shapes import GraphShape

    config = case("batch norm and dropout")
    return config, finished([config]), program(GraphShape.of(config), LANES)


def test_dropouts_masks_have_the_rate_and_are_of_their_own_everywhere(trained):
    import tensorflow as tf

    config, _, compiled = trained
    runs = [with_changes(config, {"discriminator.dropout": rate, "seed": rate * 10}) for rate in (0.4, 0.2)[:LANES]]
    runs += [runs[-1]] * (LANES - len(runs))
    inputs = compiled.lane_inputs(runs)
    drawn = [compiled.draws(inputs, tf.constant(step)) for step in range(40)]
    of_round = np.stack([step.rounds[0].masks.discriminator.numpy() for step in drawn])  # [steps, R, rows, widths]
    assert of_round.shape[1:] == (LANES, 3 * 16, 16)
    for lane, rate in ((0, 0.4), (LANES - 1, 0.2 if LANES > 1 else 0.4)):
        kept = of_round[:, lane] > 0
        assert np.unique(of_round[:, lane]).tolist() == pytest.approx([0, 1 / (1 - rate)])
        assert kept.mean() == pytest.approx(1 - rate, abs=5 * (rate * (1 - rate) / kept.size) ** 0.5)
    # No two of a step's masks, nor those of two steps, points or units, have more in common than chance.
    seen = [step.rounds[0].masks.discriminator for step in drawn[:2]]
    seen += [masks.discriminator for step in drawn[:2] for masks in step.masks]
    columns = np.stack([mask.numpy()[0, :32, :16].ravel() for mask in seen])
    apart = np.corrcoef(columns) - np.eye(len(columns))
    assert np.abs(apart).max() < 5 / columns.shape[1] ** 0.5
    points = np.corrcoef(of_round[:, 0].reshape(-1, 16).T) - np.eye(16)
    assert np.abs(points).max() < 5.5 / (of_round.shape[0] * of_round.shape[2]) ** 0.5
    generator = drawn[0].rounds[0].masks.generator.numpy()
    assert generator.shape == (LANES, 16, 14) and np.unique(generator[0]).tolist() == pytest.approx([0, 1.25])


def test_what_a_network_keeps_is_stored_named_and_moves_with_its_own_updates_alone(trained):
    import tensorflow as tf

    config, end, compiled = trained
    names = {name for name in end.weights[0] if name.endswith(("mean", "variance"))}
    assert names == {
        f"{n}/{i}/{a}" for n in ("generator", "discriminator") for i in (0, 1) for a in ("mean", "variance")
    }
    assert end.weights[0]["generator/0/mean"].shape == (8,)
    inputs, state = compiled.lane_inputs([config] * LANES), compiled.initial_state([config] * LANES)
    after = compiled.advance(inputs, state, tf.constant(1))
    # Two updates each (two kinds of points; two generator updates): 1 - .99² or 1 - .9² of a mean near zero at most.
    share = after.discriminator.state[1].numpy()[0] - 0.9**2
    assert (share >= 0).all() and (share > 0).any()
    assert (after.generator.state[1].numpy()[0] >= 0.99**2 - 1e-6).all()


def test_snapshots_and_drawings_are_of_running_averages(trained):
    from gancore.recording.events import Snapshot
    from gancore.recording.landscape import generated
    from gancore.training.engine import train

    config, end, compiled = trained
    last = [event for event in train([config]) if isinstance(event, Snapshot)][-1].points[0]
    inputs = compiled.lane_inputs([config] * LANES)
    latents = compiled.latent(inputs.keys[:, 3], np.uint32(0), 2000).numpy()[0]

    class Fixed:
        def __init__(self):
            self.row = 0

        def standard_normal(self, shape, dtype):
            self.row += shape[0]
            return latents[self.row - shape[0] : self.row]

    points = generated(config, end.weights[0], 2000, Fixed())  # type: ignore[arg-type]
    np.testing.assert_allclose(points, last, atol=1e-5)


def test_a_checkpoint_without_what_a_network_keeps_is_refused(trained):
    from gancore.training.checkpoints import pack, unpack

    config, _, compiled = trained
    state = compiled.initial_state([config] * LANES)
    saved = pack(state, 0, LANES)
    assert any(name.startswith("generator/state/") for name in saved[0])
    lacking = [{name: value for name, value in one.items() if "/state/" not in name} for one in saved]
    with pytest.raises(KeyError, match="generator/state/0"):
        unpack(state, lacking)


def test_networks_without_any_of_it_keep_nothing_and_draw_nothing():
    import tensorflow as tf

    from gancore.training.program import program
    from gancore.training.shapes import GraphShape

    config = with_changes(RunConfig(), {"latent.dim": 3, "generator.hidden": [5], "discriminator.hidden": [6]})
    compiled = program(GraphShape.of(config), LANES)
    state = compiled.initial_state([config] * LANES)
    assert state.generator.state == state.discriminator.state == []
    drawn = compiled.draws(compiled.lane_inputs([config] * LANES), tf.constant(0))
    assert {*drawn.masks, drawn.rounds[0].masks} == {(None, None)}
