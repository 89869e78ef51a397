"""Studies in links: a study file, compressed with a dictionary of what study files usually say."""

from __future__ import annotations

import base64
import binascii
import re
import zlib

from gancore.config import ConfigError
from gancore.studies.drafts.known import known_study
from gancore.studies.drafts.text import draft_of, text_of
from gancore.studies.files import MAX_BYTES, parse_study
from gancore.studies.study import Study

MAX_LINK = 8_000
"""Characters of an encoded study; servers and browsers cut longer addresses off."""
MARK = "a"
"""First character of an encoded study. Another dictionary takes another one, so that old links stay readable."""
WORDS = b"""beta_1 beta_2 epsilon log_every snapshot_every activation leaky_relu shared_adam_clock = true latent.kind \
uniform g_optimizer.learning_rate = 0.000 d_optimizer.learning_rate discriminator.hidden [64, 128] generator.output \
linear non_saturating minimax loss.kind dataset.noise dataset.size = 10000 on the circle that the GAN learns with of a \
and Does it help?
datasets = ["parabola", "circle", "moons", "swiss_roll"]
generators = ["radius = update * batch"]
[budget]
samples = 320000
steps = 10000
[[control]]
name = "baseline"
[[variant]]
name = "combined"
label = "all four fixes"
set = {"update.kind" = "combined", "update.d_steps" = 2, "batch_size" = 256, "generator.hidden" = [16, 32], \
"dataset.scale" = 0.5}
[[variant]]
name = "baseline"
[[claim]]
text = " helps."
from = "baseline"
to = "all"
metric = "coverage"
direction = "lower"
[[claim]]
text = "A smaller radius helps."
factor = "radius"
level = "radius 0.5"
[[claim]]
text = "A larger batch helps."
factor = "batch"
level = "batch 256"
[factors."latent"]
levels = [{"set" = {"latent.dim" = 128}}, {"set" = {"latent.dim" = 2}}]
[factors."generator"]
levels = [{"set" = {"generator.hidden" = [64, 128]}}, {"set" = {"generator.hidden" = [16, 32]}}]
[factors."radius"]
levels = [{"set" = {"dataset.scale" = 1.0}, "label" = "radius 1"}, {"set" = {"dataset.scale" = 0.5}, "label" = "radius \
0.5"}]
[factors."update"]
levels = [{"set" = {"update.kind" = "separate"}}, {"set" = {"update.kind" = "combined"}}]
[factors."batch"]
levels = [{"set" = {"batch_size" = 32}}, {"set" = {"batch_size" = 256}}]
name = "my-study"
title = "My study"
question = "Which of these changes helps?"
seeds = 10
[base]
"dataset"."kind" = "circle"
"steps" = """
"""What most studies say, so that a link need not spell it out; it can never change under the same MARK."""


def encode_study(study: Study) -> str:
    """A study as text for a link (its study file, compressed); raises ConfigError where that gets too long."""
    text = study.to_toml()
    short = text_of(draft_of(study))
    if _is(short, study):
        text = short
    packer = zlib.compressobj(9, zdict=WORDS)
    packed = packer.compress(text.encode()) + packer.flush()
    encoded = MARK + base64.urlsafe_b64encode(packed).decode().rstrip("=")
    if len(encoded) > MAX_LINK:
        raise ConfigError(
            f"design: {study.name!r} makes a link of {len(encoded):,} characters; at most {MAX_LINK:,} are allowed, so "
            "save it as a file instead"
        )
    return encoded


def decode_study(text: str) -> Study:
    """The study of an encoded one; raises ConfigError on damage."""
    return parse_study(_decoded(text), "design")


def decode_known(text: str) -> tuple[Study, list[str]]:
    """The study of an encoded one without the settings that this version does not know (see ``known_study``)."""
    return known_study(_decoded(text), "design")


def _decoded(text: str) -> str:
    """The study file in a link; raises ConfigError on damage."""
    if len(text) > MAX_LINK:
        raise ConfigError.of("design", f"it has {len(text):,} characters; at most {MAX_LINK:,} are allowed")
    if not re.fullmatch(f"{MARK}[A-Za-z0-9_-]+", text):
        raise ConfigError.refused("design", text, "use a link that the builder made", "is not a study")
    try:
        packed = base64.urlsafe_b64decode(text[1:] + "=" * (-len(text[1:]) % 4))
        unpacker = zlib.decompressobj(zdict=WORDS)
        data = unpacker.decompress(packed, MAX_BYTES + 1)
        content = data.decode()
    except (binascii.Error, zlib.error, UnicodeDecodeError):
        raise ConfigError.of(
            "design", "the link is damaged, so its study cannot be read; copy the whole link"
        ) from None
    if len(data) > MAX_BYTES:
        raise ConfigError.of("design", f"the study has more than {MAX_BYTES // 1024} KB; at most that is allowed")
    if not unpacker.eof or unpacker.unused_data:
        raise ConfigError.of("design", "the link is cut off, so its study cannot be read; copy the whole link")
    return content


def _is(text: str, study: Study) -> bool:
    try:
        return parse_study(text) == study
    except ConfigError:
        return False
