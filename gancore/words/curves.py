"""What has to be known before curves are laid beside those of the question's own script."""

from __future__ import annotations

OTHER_CURVES = (
    "To compare with the original script's curves: it plots what Keras' train_on_batch returns, which before "
    "Keras 3.15 is the mean over all its calls so far, so its curves are smoother than these and lag behind."
)
"""Said wherever losses and accuracies over the steps can be seen or leave gancore."""

CRITIC = "With this loss the discriminator is a critic: its output is a score and no decision, so it has no accuracy."
UNJUDGED = (
    "This loss compares each point with its target and trains no discriminator, "
    "so that there are no losses, accuracies or pictures of one."
)


def without_measures(judged: bool, decides: bool) -> dict[str, str]:
    """Measure that a run has not → why, by whether a discriminator judges points and its output is a decision."""
    losses, accuracies = ("d_loss", "d_loss_real", "d_loss_fake"), ("d_acc", "d_acc_real", "d_acc_fake")
    if not judged:
        return dict.fromkeys((*losses, *accuracies), UNJUDGED)
    return {} if decides else dict.fromkeys(accuracies, CRITIC)
