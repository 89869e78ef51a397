// A pointer on a chart: it reads and picks out the curve that it is near, and selects a range.
/** @import { Chart, Entry } from "./chart.js" */
import { within } from "./statistics.js";

/** Pixels from a curve within which it is pointed at, and that a pointer moves before it selects a range. */
const NEAR = 60;
const DRAGGED = 8;

export class Pointer {
  /** @param {Chart} chart */
  constructor(chart) {
    this.chart = chart;
    /** @type {number[] | null} */
    this.dragged = null;
    chart.over.addEventListener("pointermove", (event) => this.hover(event));
    chart.over.addEventListener("pointerleave", (event) => this.leave(event));
    chart.over.addEventListener("pointerdown", (event) => this.press(event));
    chart.over.addEventListener("dblclick", () => chart.view.zoom(null));
  }

  /**
   * The curve that a pointer is near, and its row.
   * @param {MouseEvent} event
   */
  at(event) {
    if (!this.chart.scale) return null;
    const box = this.chart.over.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    /** @type {{ apart: number, entry: Entry, i: number } | null} */
    let best = null;
    for (const entry of this.chart.entries())
      for (let i = 0; i < entry.values.length; i++) {
        if (!Number.isFinite(entry.values[i])) continue;
        const apart = Math.hypot(
          this.chart.scale.x(entry.one.x[i]) - x,
          0.6 * (this.chart.scale.y(entry.values[i]) - y),
        );
        if (!best || apart < best.apart) best = { apart, entry, i };
      }
    return best && best.apart <= NEAR ? best : null;
  }

  /** @param {MouseEvent} event */
  hover(event) {
    if (!this.chart.scale || this.dragged) return;
    const found = this.at(event);
    this.chart.view.light(found ? found.entry.one.series.key : null);
    if (found) this.chart.view.tip.show(event, this.chart.words(found.entry, found.i));
    else this.chart.view.tip.hide();
  }

  /** @param {PointerEvent} event a finger leaves with every tap, and what it pointed at stays */
  leave(event) {
    if (event.pointerType === "mouse") this.chart.view.tip.hide();
    this.chart.view.light(null);
  }

  /**
   * A range is dragged; a click or a tap keeps the curve below it picked out, or lets it go.
   * @param {PointerEvent} event
   */
  press(event) {
    const { scale } = this.chart;
    if (!scale || event.button) return;
    const box = this.chart.over.getBoundingClientRect();
    const place = (/** @type {PointerEvent} */ at) => within(at.clientX - box.left, scale.left, scale.right);
    const start = place(event);
    const moved = (/** @type {PointerEvent} */ next) => {
      this.dragged = [start, place(next)].sort((a, b) => a - b);
      this.chart.mark(this.chart.view.step());
    };
    const gone = () => {
      window.removeEventListener("pointermove", moved);
      window.removeEventListener("pointerup", ended);
      window.removeEventListener("pointercancel", gone);
      this.dragged = null;
      this.chart.mark(this.chart.view.step());
    };
    const ended = (/** @type {PointerEvent} */ next) => {
      const { dragged } = this;
      gone();
      if (!dragged || dragged[1] - dragged[0] < DRAGGED) return this.keep(next);
      const unit = (/** @type {number} */ x) =>
        scale.x0 + ((x - scale.left) / (scale.right - scale.left)) * (scale.x1 - scale.x0);
      this.chart.view.zoom(dragged.map(unit));
    };
    window.addEventListener("pointermove", moved);
    window.addEventListener("pointerup", ended);
    window.addEventListener("pointercancel", gone);
  }

  /** @param {PointerEvent} event */
  keep(event) {
    const found = this.at(event);
    if (event.pointerType !== "mouse") this.chart.view.tip.untilNext();
    this.chart.view.keep(found ? found.entry.one.series.key : null);
    if (found) this.chart.view.tip.show(event, this.chart.words(found.entry, found.i));
    else this.chart.view.tip.hide();
  }
}
