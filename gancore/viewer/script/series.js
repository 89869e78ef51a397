// Every run's rows of one variant, and what is drawn of them.
/** @import { Series } from "./payload.js" */
/** @import { State } from "./state.js" */
import { numbers, wholes } from "./decode.js";
import { quartiles, smoothed } from "./statistics.js";

/** @typedef {"history" | "scores"} Source */

/**
 * Curves to draw: every seed's row, and the quartiles of them.
 * @typedef {object} Line
 * @property {Variant} series
 * @property {number[]} steps
 * @property {number[]} x
 * @property {Float32Array[]} rows
 * @property {number[] | null} raw the median without smoothing, where there is any
 * @property {number[]} low
 * @property {number[]} middle
 * @property {number[]} high
 */

export class Variant {
  /** @param {Series} spec */
  constructor(spec) {
    this.spec = spec;
    const { key, label, colour, dash, seeds } = spec;
    this.key = key;
    this.label = label;
    this.colour = colour;
    this.dash = dash;
    this.seeds = seeds;
    this.seconds = quartiles(spec.seconds)[1];
    this.steps = { history: wholes(spec.history.steps), scores: wholes(spec.scores.steps) };
    /** @type {Map<string, Float32Array>} */
    this.tables = new Map();
    /** @type {Map<string, Line>} */
    this.lines = new Map();
  }

  /** @param {Source} source @param {string} key */
  has(source, key) {
    return key in this.spec[source].columns;
  }

  /** @param {Source} source @param {string} key [runs, steps], decoded once */
  table(source, key) {
    const found = this.tables.get(key) ?? numbers(this.spec[source].columns[key]);
    this.tables.set(key, found);
    return found;
  }

  /**
   * A step in the unit of the axis.
   * @param {string} axis
   * @param {number} step
   */
  along(axis, step) {
    if (axis === "samples") return step * this.spec.samples;
    return axis === "seconds" ? step * this.seconds : step;
  }

  /**
   * @param {Source} source
   * @param {string} key
   * @param {State} state
   */
  line(source, key, state) {
    const wanted = `${key} ${state.smooth} ${state.x}`;
    const known = this.lines.get(wanted);
    if (known) return known;
    const table = this.table(source, key);
    const steps = this.steps[source];
    const count = steps.length;
    const raw = this.seeds.map((_, run) => table.subarray(run * count, (run + 1) * count));
    const rows = raw.map((row) => smoothed(row, state.smooth));
    const spread = steps.map((_, i) => quartiles(rows.map((row) => row[i])));
    /** @type {Line} */
    const found = {
      series: this,
      steps,
      x: steps.map((step) => this.along(state.x, step)),
      rows,
      raw: state.smooth > 1 ? steps.map((_, i) => quartiles(raw.map((row) => row[i]))[1]) : null,
      low: spread.map((at) => at[0]),
      middle: spread.map((at) => at[1]),
      high: spread.map((at) => at[2]),
    };
    this.lines.set(wanted, found);
    return found;
  }
}
