// One scatter panel: real points underneath, generated ones on top, and what may be drawn below them.
/** @import { Look, PanelSpec, Shown } from "./payload.js" */
/** @import { Networks } from "./layers.js" */
/** @import { View } from "./view.js" */
import { points } from "./decode.js";
import { brush, fitted, make, say } from "./dom.js";
import { decoded, drawArrows, drawDensity, drawField, drawManifold, drawReach, drawUndecided } from "./layers.js";
import { LAYERS } from "./shared.js";
import { dot, shapeOf } from "./swatch.js";
import { closeness, number, share, thousands, where } from "./words.js";

// Nearly opaque: paler, both would lose to a dark background what tells them apart in grey.
const REAL_ALPHA = 0.9;

/** Layers that show the networks at the end of training. */
export const FINAL = Object.entries(LAYERS).flatMap(([name, layer]) => (layer.final ? [name] : []));

/** @typedef {{ cloud: Float32Array, networks: Networks | null }} Frames */

export class Panel {
  /**
   * @param {PanelSpec & Look} spec
   * @param {View} view
   */
  constructor(spec, view) {
    this.spec = spec;
    this.view = view;
    /** @type {Shown | null} */
    this.shown = null;
    /** @type {Map<Shown, Frames>} */
    this.known = new Map();
    /** @type {{ key: string, below: HTMLCanvasElement, between: HTMLCanvasElement } | null} */
    this.background = null;
    this.canvas = make("canvas", { class: "gc-scatter", role: "img" });
    this.caption = make("span", { class: "gc-caption" });
    const words = make("span", { class: "gc-words" }, spec.title);
    const title = make("span", { class: "gc-title", title: spec.title }, dot(spec.colour, shapeOf(spec.dash)), words);
    const pick = view.options.onPick;
    this.element = make(
      pick ? "button" : "div",
      { class: "gc-panel", "data-variant": spec.key },
      title,
      this.canvas,
      this.caption,
    );
    if (pick)
      this.element.addEventListener("click", () => this.shown && pick({ variant: spec.key, seed: this.seed() }));
    for (const event of ["pointerenter", "focus"]) this.element.addEventListener(event, () => view.light(spec.key));
    for (const event of ["pointerleave", "blur"]) this.element.addEventListener(event, () => view.light(null));
    this.canvas.addEventListener("pointermove", (event) => this.hover(event));
    this.canvas.addEventListener("pointerleave", () => view.tip.hide());
  }

  /**
   * Takes the frames of a pick.
   * @param {Shown | null} shown
   */
  show(shown) {
    this.shown = shown;
    this.element.classList.toggle("gc-empty", !shown);
    this.background = null;
  }

  /** @param {Shown} shown @returns {Frames} decoded once */
  frames(shown) {
    let found = this.known.get(shown);
    if (!found) {
      const networks = shown.layers ? decoded(shown.layers) : null;
      found = { cloud: points(shown.points), networks };
      this.known.set(shown, found);
    }
    return found;
  }

  /**
   * Index of the frame at a step: the last one that is not later.
   * @param {number} step
   */
  frame(step) {
    return this.shown
      ? Math.max(
          0,
          this.shown.steps.findLastIndex((at) => at <= step),
        )
      : 0;
  }

  /**
   * The generated points [count * 2] of the frame at a step.
   * @param {number} step
   */
  points(step) {
    if (!this.shown) return new Float32Array(0);
    const size = 2 * this.shown.count;
    const index = this.frame(step);
    return this.frames(this.shown).cloud.subarray(index * size, (index + 1) * size);
  }

  /** The networks whose points are shown at a step; null before the end of training, of which alone they are known.
   * @param {number} step */
  networks(step) {
    const own = this.shown && this.frames(this.shown).networks;
    return own && this.shown?.steps[this.frame(step)] === own.step ? own : null;
  }

  seed() {
    return this.shown ? (this.shown.seed ?? this.shown.seeds[0]) : 0;
  }

  /**
   * Whose points the frame at a step has: of some runs the last ones alone were kept.
   * @param {number} index of the frame
   */
  who(index) {
    if (!this.shown) return "";
    const { seed, seeds, end_alone: alone, steps } = this.shown;
    if (seed !== null) return `seed ${seed}${alone.length ? ` · only step ${thousands(steps[0])} was kept` : ""}`;
    const before = alone.length > 0 && index < steps.length - 1;
    return before ? `${seeds.length - alone.length} of ${seeds.length} seeds` : `${seeds.length} seeds`;
  }

  /** @param {number} step */
  draw(step) {
    const area = fitted(this.canvas);
    if (!area) return;
    const { context, width: side } = area;
    const { layers } = this.view.state;
    const networks = this.networks(step);
    const { tones, dots: on } = this.view;
    const key = [this.canvas.width, layers, networks ? "networks" : "", this.view.ink, on.real].join(" ");
    if (this.background?.key !== key) this.background = { key, ...this.underneath(side, networks, on.real) };
    context.drawImage(this.background.below, 0, 0, side, side);
    const cloud = this.points(step);
    if (this.shown && layers.includes("density")) drawDensity({ context, side }, cloud, tones);
    context.drawImage(this.background.between, 0, 0, side, side);
    if (!this.shown) return say(this.caption, "Not trained yet.");
    const scale = side / 2;
    const size = Math.max(1.8, side / 100);
    context.fillStyle = on.fake;
    let outside = 0;
    let count = 0;
    for (let i = 0; i < cloud.length; i += 2) {
      const [x, y] = [cloud[i], cloud[i + 1]];
      if (Number.isNaN(x)) continue;
      count++;
      if (Math.abs(x) > 1 || Math.abs(y) > 1) outside++;
      else context.fillRect((x + 1) * scale - size / 2, (1 - y) * scale - size / 2, size, size);
    }
    this.tell(this.shown, step, count - outside, outside);
  }

  /**
   * In words what was drawn.
   * @param {Shown} shown
   * @param {number} step
   * @param {number} inside
   * @param {number} outside
   */
  tell(shown, step, inside, outside) {
    const index = this.frame(step);
    const reals = this.view.payload.reals[this.spec.real];
    const { near } = reals;
    const { near: close, coverage, w1_excess: excess } = shown.values;
    const said = closeness(reals, close[index], coverage[index], excess[index]);
    this.canvas.dataset.step = String(shown.steps[index]);
    const ended = shown.diverged !== null ? ` · diverged at ${thousands(shown.diverged)}` : "";
    const middle = shown.seed === null ? "median " : "";
    const averaged = this.spec.averaged ? " · averaged weights" : "";
    const without = reals.missing ? ` · ${reals.missing}` : "";
    const who = this.who(index);
    say(this.caption, `${who}${said ? ` · ${middle}${said}` : ""}${averaged}${ended}${without}`);
    const beyond = outside ? `, ${outside} points outside the frame` : "";
    this.canvas.setAttribute(
      "aria-label",
      `${this.spec.title}, ${who}, step ${thousands(shown.steps[index])}: ${inside} generated points${this.spec.averaged ? " of averaged weights" : ""} in red ` +
        `${reals.missing ? `(${reals.missing})` : "over real points in blue"}${said ? `, ${middle}${said}${near && ` (near: ${near})`}` : ""}${beyond}`,
    );
  }

  /**
   * What stays while the slider moves, drawn once: the field below the density, and real points above it.
   * @param {number} side
   * @param {Networks | null} networks
   * @param {string} real colour of real points
   */
  underneath(side, networks, real) {
    const { ink, tones, state } = this.view;
    const ratio = this.canvas.width / side;
    const blank = () => {
      const canvas = make("canvas", { width: this.canvas.width, height: this.canvas.width });
      const context = brush(canvas);
      context.scale(ratio, ratio);
      return { canvas, square: { context, side } };
    };
    const below = blank();
    const between = blank();
    const chosen = (/** @type {string} */ name) => networks !== null && state.layers.includes(name);
    if (networks && chosen("field")) drawField(below.square, networks, tones);
    if (networks && chosen("field")) drawUndecided(below.square, networks, ink);
    if (networks && (chosen("field") || chosen("arrows"))) drawReach(below.square, networks, ink);
    const cloud = this.view.reals(this.spec.real);
    const scale = side / 2;
    const size = Math.max(1.4, side / 130);
    const { context } = between.square;
    context.fillStyle = real;
    context.globalAlpha = real === this.view.payload.colours.real ? REAL_ALPHA : 1;
    for (let i = 0; i < cloud.length; i += 2)
      context.fillRect((cloud[i] + 1) * scale - size / 2, (1 - cloud[i + 1]) * scale - size / 2, size, size);
    context.globalAlpha = 1;
    if (networks && chosen("arrows")) drawArrows(between.square, networks, ink);
    if (networks && chosen("manifold")) drawManifold(between.square, networks, ink);
    return { below: below.canvas, between: between.canvas };
  }

  /** @param {PointerEvent} event */
  hover(event) {
    if (!this.shown) return;
    const { metrics, reals } = this.view.payload;
    const [middleX, middleY, halfX, halfY] = reals[this.spec.real].window;
    const box = this.canvas.getBoundingClientRect();
    const index = this.frame(this.view.step());
    const place = (/** @type {number} */ at) => (at / box.width) * 2 - 1;
    const x = middleX + halfX * place(event.clientX - box.left);
    const y = middleY - halfY * place(event.clientY - box.top);
    const at = where(reals[this.spec.real].units, x, y);
    const lines = Object.entries(metrics).flatMap(([key, label]) => {
      const value = this.shown?.values[key][index] ?? null;
      return value === null ? [] : [`${label}: ${key === "w1_excess" ? number(value) : share(value)}`];
    });
    const who = this.shown.seed !== null ? `Seed ${this.shown.seed}` : `Seeds ${this.shown.seeds.join(", ")}`;
    this.view.tip.show(event, [this.spec.title, `${who}, step ${thousands(this.shown.steps[index])}`, ...lines, at]);
  }
}
