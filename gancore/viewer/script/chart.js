// Curves of variants on one pair of axes: median and quartiles over seeds, or every seed. One may be picked out.
/** @import { Line, Variant } from "./series.js" */
/** @import { Scale } from "./plot.js" */
/** @import { View } from "./view.js" */
import { Cursor } from "./cursor.js";
import { fitted, make } from "./dom.js";
import { band, line, scaled } from "./plot.js";
import { Pointer } from "./pointer.js";
import { smoothing } from "./state.js";
import { last, nearest, ticks } from "./statistics.js";
import { shapeOf, trace } from "./swatch.js";
import { number, short, thousands } from "./words.js";

/**
 * What can be pointed at: a variant's median (run is null), or one seed's curve.
 * @typedef {{ one: Line, run: number | null, values: ArrayLike<number> }} Entry
 */

const ALONG = { steps: "training step", samples: "real samples seen", seconds: "seconds of training" };
const KEYS =
  "Arrow keys read values and pick out a curve, which Enter keeps; with Shift they select a range; Escape clears it.";
export class Chart {
  /**
   * @param {View} view
   * @param {Variant[]} series whose curves these are
   * @param {Variant[]} [others] whose medians stand behind them in grey
   * @param {string} [title]
   */
  constructor(view, series, others = [], title = "") {
    this.view = view;
    this.series = series;
    this.others = others;
    this.key = "";
    /** @type {Line[]} */
    this.drawn = [];
    /** @type {Scale | null} */
    this.scale = null;
    /** @type {{ x: number[], y: number[] } | null} */
    this.domains = null;
    this.cursor = new Cursor(this);
    this.base = make("canvas", {
      class: "gc-lines",
      role: "application",
      tabindex: 0,
      "aria-roledescription": "chart",
      "aria-description": KEYS,
      onkeydown: (/** @type {KeyboardEvent} */ event) => this.cursor.press(event),
      onkeyup: (/** @type {KeyboardEvent} */ event) => this.cursor.release(event),
      onblur: () => this.cursor.leave(),
    });
    this.over = make("canvas", { class: "gc-over", "aria-hidden": "true" });
    const named = title && make("div", { class: "gc-title" }, title);
    this.element = make("div", { class: "gc-chart" }, named, make("div", { class: "gc-plot" }, this.base, this.over));
    this.pointer = new Pointer(this);
  }

  /**
   * Lines to draw of those variants that are shown.
   * @param {string} key
   * @param {Variant[]} [series]
   * @returns {Line[]}
   */
  lines(key, series = this.series) {
    const { state } = this.view;
    const source = this.view.source(key);
    const shown = series.filter((one) => one.has(source, key) && !state.off.includes(one.key));
    return shown.map((one) => one.line(source, key, state));
  }

  /**
   * @param {string} key
   * @param {{ x: number[], y: number[] }} domains
   */
  draw(key, domains) {
    this.key = key;
    this.domains = domains;
    this.drawn = this.lines(key);
    this.paint();
    const smooth = smoothing(this.view.state);
    const ends = this.drawn.map((one) => `${one.series.label} ${number(last(one.middle))}`);
    const said = `${this.view.label(key)} over training${smooth ? `, ${smooth}` : ""}`;
    const told = ends.length ? `at the end the medians are ${ends.join(", ")}` : "no run here has it";
    this.base.setAttribute("aria-label", `${said}; ${told}`);
  }

  /** The curve that is picked out, here or in another chart; null where none is. */
  lit() {
    const key = this.view.highlighted();
    const all = [...this.series, ...this.others];
    return all.length > 1
      ? this.lines(
          this.key,
          all.filter((one) => one.key === key),
        )[0]
      : undefined;
  }

  paint() {
    const area = fitted(this.base);
    if (!area || !this.domains) return;
    const { context, width, height } = area;
    const { x, y } = this.domains;
    this.scale = scaled(width, height, x, y);
    const { left, right, top, bottom } = this.scale;
    this.axes(context, width);
    context.save();
    context.beginPath();
    context.rect(left, top, right - left, bottom - top);
    context.clip();
    this.curves(context, this.scale);
    context.restore();
    const inside = this.drawn.some((one) =>
      one.x.some((at, i) => at >= x[0] && at <= x[1] && Number.isFinite(one.middle[i])),
    );
    if (!inside) {
      context.textAlign = "center";
      context.fillStyle = this.view.ink;
      context.fillText("No value in this range.", (left + right) / 2, (top + bottom) / 2);
    }
    this.mark(this.view.step());
    // A canvas is printed as what draws it, and there the clearing of one clears what lies below: paper has one alone.
    if (this.view.printing) this.point(context, this.scale, this.view.step());
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {number} width
   */
  axes(context, width) {
    if (!this.scale || !this.domains) return;
    const { scale, domains } = this;
    const { left, right, bottom } = scale;
    const { state, ink } = this.view;
    context.font = "11px system-ui, sans-serif";
    context.fillStyle = ink;
    context.lineWidth = 1;
    context.strokeStyle = "rgba(138,143,152,0.28)";
    context.textBaseline = "middle";
    context.textAlign = "right";
    for (const tick of ticks(domains.y[0], domains.y[1], 4)) {
      context.beginPath();
      context.moveTo(left, scale.y(tick));
      context.lineTo(right, scale.y(tick));
      context.stroke();
      context.fillText(short(tick), left - 6, scale.y(tick));
    }
    context.textAlign = "center";
    context.textBaseline = "top";
    for (const tick of ticks(domains.x[0], domains.x[1], width < 280 ? 3 : 5))
      context.fillText(short(tick), scale.x(tick), bottom + 5);
    const along = ALONG[/** @type {keyof typeof ALONG} */ (state.x)];
    const smooth = smoothing(state);
    const said = smooth ? `${along}, ${smooth}` : along;
    const wide = context.measureText(said).width;
    context.fillText(wide < width - 8 ? said : along, Math.min((left + right) / 2, width - wide / 2 - 4), bottom + 19);
  }

  /**
   * Others and what is not picked out in grey, then the rest in its colours.
   * @param {CanvasRenderingContext2D} context
   * @param {Scale} scale
   */
  curves(context, scale) {
    const { state, payload } = this.view;
    const { muted } = payload.colours;
    const lit = this.lit();
    if (payload.curves.keys[this.key].percent && this.domains)
      line(context, this.domains.x, [50, 50], scale, { colour: muted, dash: [4, 4], width: 1 });
    // A chart of one variant keeps it in its colour beside what is picked out.
    const front = lit && this.drawn.length > 1 ? [lit] : [...new Set([...this.drawn, ...(lit ? [lit] : [])])];
    const back = [...this.lines(this.key, this.others), ...this.drawn].filter((one) => !front.includes(one));
    for (const one of back) line(context, one.x, one.middle, scale, { colour: muted, width: 1, alpha: 0.5 });
    if (state.spread === "seeds") {
      const alpha = lit ? 0.9 : 0.45;
      for (const one of front)
        for (const row of one.rows)
          line(context, one.x, row, scale, { colour: one.series.colour, dash: one.series.dash, width: 1, alpha });
      return;
    }
    for (const one of front) band(context, one, scale, one.series.colour, one === lit ? 0.25 : 0.14);
    // What smoothing takes away stays faintly underneath; every seed's own curves are too many for that.
    for (const one of front)
      if (one.raw) line(context, one.x, one.raw, scale, { colour: one.series.colour, width: 1, alpha: 0.35 });
    for (const one of front) {
      const { colour, dash } = one.series;
      line(context, one.x, one.middle, scale, { colour, dash, width: one === lit ? 3 : 2 });
    }
  }

  /** @param {number} step */
  mark(step) {
    const area = fitted(this.over);
    if (!area || !this.scale) return;
    const { context } = area;
    const { scale } = this;
    this.point(context, scale, step);
    this.over.dataset.step = String(step);
    const brushed = this.pointer.dragged ?? this.cursor.brushed();
    if (brushed) {
      context.fillStyle = this.view.ink;
      context.globalAlpha = 0.15;
      context.fillRect(brushed[0], scale.top, brushed[1] - brushed[0], scale.bottom - scale.top);
      context.globalAlpha = 1;
    }
    this.cursor.draw(context);
  }

  /**
   * The marker of the step: a line over steps, a dot on each curve where variants differ in pace.
   * @param {CanvasRenderingContext2D} context
   * @param {Scale} scale
   * @param {number} step
   */
  point(context, scale, step) {
    context.strokeStyle = this.view.ink;
    context.lineWidth = 1;
    if (this.view.state.x === "steps") {
      const x = scale.x(step);
      if (x < scale.left - 0.5 || x > scale.right + 0.5) return;
      context.beginPath();
      context.moveTo(x, scale.top);
      context.lineTo(x, scale.bottom);
      context.stroke();
      return;
    }
    const lit = this.lit();
    for (const one of this.drawn) {
      if (lit && one !== lit) continue;
      const i = nearest(one.steps, step);
      const [x, y] = [scale.x(one.x[i]), scale.y(one.middle[i])];
      if (x < scale.left || x > scale.right || !Number.isFinite(y)) continue;
      context.fillStyle = one.series.colour;
      trace(context, shapeOf(one.series.dash), x, y, 4);
      context.fill();
      context.stroke();
    }
  }

  /** @returns {Entry[]} every variant's median, or every seed's curve where these are drawn */
  entries() {
    if (this.view.state.spread !== "seeds") return this.drawn.map((one) => ({ one, run: null, values: one.middle }));
    return this.drawn.flatMap((one) => one.rows.map((values, run) => ({ one, run, values })));
  }

  /**
   * @param {Entry} entry
   * @param {number} i
   */
  words({ one, run, values }, i) {
    const smooth = smoothing(this.view.state);
    const at = `Step ${thousands(one.steps[i])}`;
    if (run !== null) {
      const value = `${this.view.label(this.key)}: ${number(values[i])}`;
      return [one.series.label, `Seed ${one.series.seeds[run]}`, at, value, ...(smooth ? [smooth] : [])];
    }
    const runs = one.rows.filter((row) => Number.isFinite(row[i])).length;
    const seeds = `${runs} seed${runs === 1 ? "" : "s"}${smooth ? `, ${smooth}` : ""}`;
    const quartiles = `Quartiles ${number(one.low[i])} to ${number(one.high[i])}`;
    return [one.series.label, at, `Median ${number(one.middle[i])}`, quartiles, seeds];
  }
}
