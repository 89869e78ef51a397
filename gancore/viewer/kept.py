"""What was kept of the runs that a view shows, in words."""

from __future__ import annotations

from gancore.store import Store
from gancore.studies import Study
from gancore.studies.commands import study_command
from gancore.viewer import fields


def left_out(payload: fields.Payload, store: Store, study: Study, seeds: int) -> str:
    """Of how many of the runs that a payload shows the last points alone were kept, and which command trains them here
    whole, as Markdown; empty where every training was kept."""
    shown = [one for pick in payload["picks"] for one in pick["shown"] if one]
    alone = sum(len(one["end_alone"]) for one in shown)
    if not alone:
        return ""
    runs = sum(len(one["seeds"]) for one in shown)
    return (
        f"Of {alone} of these {runs} runs the bundle has the last points alone, and every curve; "
        f"`{study_command(study, seeds, store)} --again` trains them here and keeps all points."
    )
