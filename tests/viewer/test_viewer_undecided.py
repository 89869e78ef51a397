"""In the browser, the field of a discriminator has a line where its output is .5: without it grey has lost the sign."""

from __future__ import annotations

import base64

import numpy as np
from support import viewed
from support.chromium import in_browser
from support.viewing import mounted

from gancore.store import Store
from gancore.studies import load_study
from gancore.viewer import study_payload
from gancore.viewer.packing import MISSING

store = viewed.store
FIELD = 40
"""Levels of grey that an undecided field differs from its ground by, at most."""
LEVELS = """() => {
    const panel = view.panels[0], { frame, size: n, logits } = panel.networks(view.step());
    const { canvas } = panel, side = canvas.width;
    const seen = canvas.getContext('2d').getImageData(0, 0, side, side).data;
    const grey = (x, y) => {
        const at = 4 * (Math.round(y) * side + Math.round(x)), share = seen[at + 3] / 255;
        return 255 * (1 - share) + share * (0.299 * seen[at] + 0.587 * seen[at + 1] + 0.114 * seen[at + 2]);
    };
    const found = [];
    for (let row = 2; row + 3 < n; row++)
        for (let column = 2; column + 3 < n; column++) {
            const [one, other] = [logits[row * n + column], logits[row * n + column + 1]];
            if (one > 0 === other > 0) continue;
            const x = (1 + frame.left + ((column + one / (one - other)) * frame.width) / (n - 1)) * side / 2;
            const y = (1 - frame.low - (row * frame.height) / (n - 1)) * side / 2;
            if (x > 2 && y > 2 && x < side - 3 && y < side - 3)
                found.push(Math.min(...[-1, 0, 1].flatMap((i) => [-1, 0, 1].map((j) => grey(x + i, y + j)))));
        }
    return found;
}"""


def without(points: str) -> str:
    """Packed points, none of which is drawn: they would hide the line, or pass for it."""
    codes = np.full_like(viewed.unpacked(points, "<u2"), MISSING)
    return base64.b64encode(codes.tobytes()).decode()


@in_browser
def test_the_fields_line_at_a_half_is_dark_in_grey(chromium, store: Store) -> None:
    payload = study_payload(store, load_study("first-fixes", store), 2)
    for cloud in (*payload["reals"], *payload["picks"][0]["shown"]):
        cloud["points"] = without(cloud["points"])
    page = mounted(chromium, payload, {"layers": ["field"]})
    page.evaluate("view.seek(view.steps.length - 1); view.redraw()")
    levels = page.evaluate(LEVELS)
    assert len(levels) >= 10, "the field of this run changes its sign"
    assert np.median(levels) < 255 - 2 * FIELD
    page.evaluate("view.change({layers: []})")
    assert min(page.evaluate(LEVELS)) == 255, "nothing else is drawn there"
    page.context.close()
