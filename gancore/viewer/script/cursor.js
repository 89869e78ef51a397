// A chart's cursor for the keyboard: it shows the tip that a pointer shows, picks out a curve, and selects a range.
/** @import { Chart, Entry } from "./chart.js" */
import { within } from "./statistics.js";
import { shapeOf, trace } from "./swatch.js";

const MOVES = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"];

/** @param {Entry} entry */
const known = ({ values }) => Array.from(values).some(Number.isFinite);

export class Cursor {
  /** @param {Chart} chart */
  constructor(chart) {
    this.chart = chart;
    /** @type {{ key: string, run: number | null, x: number } | null} */
    this.at = null;
    /** @type {number | null} */
    this.anchor = null;
    /** @type {number[] | null} */
    this.span = null;
  }

  clear() {
    this.anchor = null;
    this.span = null;
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    const { chart } = this;
    const { key, shiftKey } = event;
    if (key === "Escape") return this.escape();
    if (key === "Enter" && this.at) return chart.view.keep(this.at.key);
    if (!MOVES.includes(key) || !chart.scale) return;
    event.preventDefault();
    const entries = chart.entries().filter(known);
    if (!entries.length) return;
    const now = this.entry(entries);
    const turn = key === "ArrowUp" ? -1 : key === "ArrowDown" ? 1 : 0;
    if (turn && now && this.at) {
      const next = entries[(entries.indexOf(now) + turn + entries.length) % entries.length];
      return this.move(next, this.at.x);
    }
    const back = key === "ArrowLeft" || key === "End";
    const entry = now ?? entries[0];
    const seen = this.rows(entry, false);
    if (!seen.length) return;
    const first = entry.one.x[seen[back ? seen.length - 1 : 0]];
    const start = now && this.at ? this.at.x : first;
    if (shiftKey) this.anchor ??= start;
    else this.clear();
    if (key === "Home" || key === "End" || !(now || shiftKey)) return this.move(entry, first);
    const rows = shiftKey ? this.rows(entry, true) : seen;
    const next = rows.indexOf(this.row(entry, start)) + (back ? -1 : 1);
    this.move(entry, entry.one.x[rows[within(next, 0, rows.length - 1)]]);
  }

  escape() {
    const { view } = this.chart;
    this.at = null;
    this.clear();
    this.quiet();
    if (view.state.range) view.zoom(null);
    else if (view.state.highlight) view.keep(null);
    else this.mark();
  }

  /**
   * A range is taken when Shift is let go, and grows from its first end when it is held again.
   * @param {KeyboardEvent} event
   */
  release(event) {
    if (event.key !== "Shift" || !this.span || this.span[0] === this.span[1]) return;
    const range = [...this.span].sort((a, b) => a - b);
    this.span = null;
    this.chart.view.zoom(range);
    this.tell();
  }

  leave() {
    this.at = null;
    this.clear();
    this.quiet();
    this.mark();
  }

  /**
   * Rows that can be stepped to: those on the axis, or all of them where a range grows.
   * @param {Entry} entry
   * @param {boolean} all
   */
  rows({ one, values }, all) {
    const { x0, x1 } = this.chart.scale ?? { x0: -Infinity, x1: Infinity };
    const inside = (/** @type {number} */ i) => all || (one.x[i] >= x0 && one.x[i] <= x1);
    return one.x.map((_, i) => i).filter((i) => Number.isFinite(values[i]) && inside(i));
  }

  /**
   * @param {Entry} entry
   * @param {number} x
   */
  row(entry, x) {
    const { one } = entry;
    const apart = (/** @type {number} */ i) => Math.abs(one.x[i] - x);
    const rows = one.x.map((_, i) => i).filter((i) => Number.isFinite(entry.values[i]));
    return rows.reduce((best, i) => (apart(i) < apart(best) ? i : best));
  }

  /** @param {Entry[]} entries */
  entry(entries) {
    const { at } = this;
    return at ? entries.find(({ one, run }) => one.series.key === at.key && run === at.run) : undefined;
  }

  /**
   * @param {Entry} entry
   * @param {number} x
   */
  move(entry, x) {
    this.at = { key: entry.one.series.key, run: entry.run, x: entry.one.x[this.row(entry, x)] };
    if (this.anchor !== null) this.span = [this.anchor, this.at.x];
    this.chart.view.light(this.at.key);
    this.mark();
    this.tell();
  }

  /** The entry, its row and where it stands on the canvas; null where it is no longer drawn. */
  found() {
    const { scale } = this.chart;
    const entry = this.entry(this.chart.entries());
    if (!this.at || !entry || !scale || !known(entry)) return null;
    const i = this.row(entry, this.at.x);
    const x = within(scale.x(entry.one.x[i]), scale.left, scale.right);
    return { entry, i, x, y: within(scale.y(entry.values[i]), scale.top, scale.bottom) };
  }

  tell() {
    const found = this.found();
    if (!found) return this.quiet();
    const { view, base } = this.chart;
    const box = base.getBoundingClientRect();
    const words = this.chart.words(found.entry, found.i);
    view.tip.show({ clientX: box.left + found.x, clientY: box.top + found.y }, words);
    view.said.textContent = words.join(", ");
  }

  quiet() {
    const { view } = this.chart;
    view.light(null);
    view.tip.hide();
    view.said.textContent = "";
  }

  mark() {
    this.chart.mark(this.chart.view.step());
  }

  brushed() {
    const { scale } = this.chart;
    return this.span && scale && this.span.map((x) => scale.x(x));
  }

  /** @param {CanvasRenderingContext2D} context */
  draw(context) {
    const found = this.found();
    if (!found) return;
    context.strokeStyle = this.chart.view.ink;
    context.fillStyle = found.entry.one.series.colour;
    context.lineWidth = 2;
    trace(context, shapeOf(found.entry.one.series.dash), found.x, found.y, 5);
    context.fill();
    context.stroke();
  }
}
