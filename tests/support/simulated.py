"""The 2⁴ design of the studies that tests simulate."""

FACTORS = """[factors.a]
path = "update.kind"
levels = ["separate", "combined"]
[factors.b]
path = "batch_size"
levels = [32, 256]
[factors.c]
path = "latent.dim"
levels = [128, 2]
[factors.d]
path = "dataset.scale"
levels = [1.0, 0.5]
"""
