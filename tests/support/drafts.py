"""A study that uses everything, for tests of drafts."""

from __future__ import annotations

EVERYTHING = """
name = "everything"
title = "Ein <script>alert(1)</script> \\"Titel\\" 🙂 = [x](y)"
question = "Was; hilft, und 'wem'?\\nUnd \\u007f?"
seeds = 7
datasets = ["moons", "circle"]
generators = ["c = a*b"]
[budget]
samples = 64000
[base]
loss.kind = "minimax"
g_optimizer.learning_rate = 1e-5
latent = {dim = 2, kind = "uniform"}
[factors.a]
path = "batch_size"
levels = [32, 64]
labels = ["small; batch", "say \\"64\\""]
[factors.b]
levels = [{set = {}}, {set = {"generator.hidden" = [16, 32], "generator.output" = "linear"}, label = "other generator"}]
[factors.c]
levels = [{value = [], label = "none"}, {value = [8]}]
path = "discriminator.hidden"
[[control]]
name = "clock"
set = {"update.shared_adam_clock" = true, "dataset.scale" = 0.125}
[[claim]]
text = "a | b `helps`"
factor = "a"
metric = "coverage"
direction = "lower"
[[claim]]
text = "=1+1"
from = "clock"
to = "baseline"
"""
