// Curves below the panels: two quantities side by side, in one chart or in several, and the legend of all.
/** @import { Side } from "./state.js" */
/** @import { Variant } from "./series.js" */
/** @import { View } from "./view.js" */
import { Chart } from "./chart.js";
import { make, say, select } from "./dom.js";
import { heights } from "./plot.js";
import { CHOICES, COLOURS } from "./shared.js";
import { SIDES, smoothing } from "./state.js";
import { last } from "./statistics.js";
import { swatch } from "./swatch.js";
import { fold } from "./toolbar.js";

/** Charts on each side beyond which one per row would be more than a screen. */
const MOST_ROWS = 6;

/** @typedef {"spread" | "x" | "smooth" | "curves"} Choice */

export class Curves {
  /** @param {View} view */
  constructor(view) {
    this.view = view;
    /** @type {Record<Side, Chart[]>} */
    this.sides = { left: [], right: [] };
    const both = (/** @type {"div" | "span"} */ tag, /** @type {string} */ words) => ({
      left: make(tag, { class: words }),
      right: make(tag, { class: words }),
    });
    this.boxes = both("div", "gc-charts");
    this.heads = both("div", "gc-print gc-title");
    this.notes = both("span", "gc-hint");
    this.reset = make("button", { class: "gc-button gc-reset", type: "button" });
    this.listed = make("div", { class: "gc-print" });
    this.chips = view.series.map((series) => this.chip(series));
    this.highlight = select({ class: "gc-select gc-short" }, this.highlights(), view.state.highlight ?? "", (key) =>
      view.keep(key || null),
    );
    const [kept, rows] = view.payload.curves.rows;
    const choices = fold(
      view,
      "Curves: axes, seeds and smoothing",
      this.choose("Over seeds", "spread", (spread) => view.change({ spread })),
      this.choose("Along", "x", (x) => view.change({ x, range: null })),
      this.choose("Smoothed over", "smooth", (rows) => view.change({ smooth: +rows })),
      this.choose("Charts", "curves", (curves) => this.arrange(curves)),
      make("label", { class: "gc-field" }, "Highlight", this.highlight),
      kept < rows && make("span", { class: "gc-hint" }, `${kept} of ${rows} rows per run`),
    );
    this.element = make(
      "section",
      { class: "gc-curves", "aria-label": "Curves" },
      make("div", { class: "gc-line" }, choices, this.reset),
      make("div", { class: "gc-sides" }, ...SIDES.map((side) => this.side(side))),
      make("div", { class: "gc-legend" }, ...this.chips),
      this.listed,
    );
    this.fill();
  }

  get charts() {
    return SIDES.flatMap((side) => this.sides[side]);
  }

  /** @param {Side} side */
  side(side) {
    const { view } = this;
    const names = view.names.map((key) => /** @type {[string, string]} */ ([key, view.label(key)]));
    const quantity = select(
      { class: "gc-select gc-wide", "aria-label": `${side} curves` },
      names,
      view.state[side],
      (key) => view.change({ [side]: key }),
    );
    const head = make("div", { class: "gc-head-line" }, quantity, this.notes[side]);
    return make("div", {}, this.heads[side], head, this.boxes[side]);
  }

  /**
   * @param {string} label
   * @param {Choice} name
   * @param {(value: string) => void} act
   */
  choose(label, name, act) {
    const options = Object.entries(CHOICES[name]).filter(([value]) => value !== "rows" || this.view.payload.table);
    return make("label", { class: "gc-field" }, label, select({}, options, String(this.view.state[name]), act));
  }

  /** @returns {[string, string][]} */
  highlights() {
    return [["", "none"], ...this.view.series.map(({ key, label }) => /** @type {[string, string]} */ ([key, label]))];
  }

  /** @param {Variant} series */
  chip(series) {
    const { view } = this;
    const pressed = () => String(!view.state.off.includes(series.key));
    const toggle = () => {
      const { off } = view.state;
      view.state.off = off.includes(series.key) ? off.filter((key) => key !== series.key) : [...off, series.key];
      chip.setAttribute("aria-pressed", pressed());
      view.change({});
    };
    const lit = () => view.light(series.key);
    const out = () => view.light(null);
    const chip = make(
      "button",
      {
        class: "gc-chip",
        type: "button",
        title: "Show or hide",
        "aria-pressed": pressed(),
        onclick: toggle,
        onpointerenter: lit,
        onpointerleave: out,
        onfocus: lit,
        onblur: out,
        "data-variant": series.key,
      },
      swatch(series),
      series.label,
    );
    return chip;
  }

  /** @param {string} curves */
  arrange(curves) {
    this.view.state.curves = curves;
    this.fill();
    this.view.change({});
  }

  /** Charts for both sides: one for all variants, one per row of the grid, or one each. */
  fill() {
    const { view } = this;
    const groups = this.groups();
    for (const side of SIDES) {
      this.sides[side] = groups.map(({ title, series }) => {
        const others = view.series.filter((one) => !series.includes(one));
        return new Chart(view, series, others, title);
      });
      const many = { own: "gc-many", rows: "gc-some" }[this.kind()] ?? "";
      this.boxes[side].className = `gc-charts ${groups.length > 1 ? many : ""}`;
      this.boxes[side].replaceChildren(...this.sides[side].map((chart) => chart.element));
    }
  }

  /** What "automatic" is here: one chart while colours alone tell its curves apart, else one per row of the grid. */
  kind() {
    const { state, series, payload } = this.view;
    if (state.curves !== "auto") return state.curves;
    const rows = payload.table?.rows.length ?? 0;
    return series.length > COLOURS && rows > 1 && rows <= MOST_ROWS ? "rows" : "shared";
  }

  /** @returns {{ title: string, series: Variant[] }[]} */
  groups() {
    const { series, payload } = this.view;
    const { table } = payload;
    if (this.kind() === "own") return series.map((one) => ({ title: one.label, series: [one] }));
    if (this.kind() === "shared" || !table) return [{ title: "", series }];
    const row = new Map(payload.panels.map(({ key, place }) => [key, place?.[0]]));
    const rows = table.rows.map((title, at) => ({ title, series: series.filter(({ key }) => row.get(key) === at) }));
    return rows.filter((group) => group.series.length);
  }

  draw() {
    this.offer();
    const { state } = this.view;
    const x = state.range ?? [0, this.usual()];
    for (const side of SIDES) {
      const key = state[side];
      const { percent } = this.view.payload.curves.keys[key];
      const lines = this.sides[side].flatMap((chart) => chart.lines(key));
      const y = heights(lines, percent, state.spread === "seeds");
      for (const chart of this.sides[side]) chart.draw(key, { x, y });
    }
  }

  /** After another variant was picked out. */
  paint() {
    for (const chart of this.charts) chart.paint();
    const lit = this.view.highlighted();
    for (const chip of this.chips) chip.classList.toggle("gc-lit", chip.dataset.variant === lit);
    this.highlight.value = this.view.state.highlight ?? "";
  }

  /** @param {number} step */
  mark(step) {
    for (const chart of this.charts) chart.mark(step);
  }

  inWords() {
    const { view } = this;
    const smooth = smoothing(view.state);
    for (const side of SIDES) {
      say(this.heads[side], view.label(view.state[side]) + (smooth ? `, ${smooth}` : ""));
      say(this.notes[side], smooth);
    }
    const shown = view.series.filter(({ key }) => !view.state.off.includes(key));
    this.listed.replaceChildren(
      ...shown.map((series) => make("span", { class: "gc-field" }, swatch(series), series.label)),
    );
  }

  ends() {
    const axis = this.view.state.x;
    return this.view.series.map((series) => +series.along(axis, last(series.steps.history)).toPrecision(6));
  }

  longest() {
    return Math.max(0, ...this.ends());
  }

  /** Where most variants end, in the unit of the axis: one that trains for far longer must not squeeze all others. */
  usual() {
    const counts = new Map();
    for (const end of this.ends()) counts.set(end, (counts.get(end) ?? 0) + 1);
    const often = Math.max(0, ...counts.values());
    const usual = Math.max(0, ...[...counts].filter(([, count]) => count === often).map(([end]) => end));
    return this.longest() > 1.5 * usual ? usual : this.longest() || 1;
  }

  /** A button for what the axis leaves out: all of the training, or back from there. */
  offer() {
    const { view } = this;
    const { range } = view.state;
    const cut = this.longest() > this.usual();
    const back = cut && range !== null && range[1] >= 0.99 * this.longest() && !range[0];
    this.reset.hidden = !range && !cut;
    this.reset.textContent = back ? "Usual range" : "Whole training";
    this.reset.onclick = () => view.zoom(back || !cut ? null : [0, this.longest()]);
  }
}
