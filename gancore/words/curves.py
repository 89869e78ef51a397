"""What has to be known before curves are laid beside those of the question's own script."""

from __future__ import annotations

OTHER_CURVES = (
    "To compare with the original script's curves: it plots what Keras' train_on_batch returns, which before "
    "Keras 3.15 is the mean over all its calls so far, so its curves are smoother than these and lag behind."
)
"""Said wherever losses and accuracies over the steps can be seen or leave gancore."""
