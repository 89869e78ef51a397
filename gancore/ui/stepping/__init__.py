"""Single steps of a GAN on the Training page."""

from __future__ import annotations

from gancore.ui.stepping.address import PARAMETERS
from gancore.ui.stepping.trial import button, section

__all__ = ["PARAMETERS", "button", "section"]
