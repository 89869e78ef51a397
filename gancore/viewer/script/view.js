// The whole view: grid, one slider, curves, and what can be chosen.
/** @import { Payload } from "./payload.js" */
/** @import { State } from "./state.js" */
/** @import { Source } from "./series.js" */
import { forLight } from "./colour.js";
import { Curves } from "./curves.js";
import { points } from "./decode.js";
import { make } from "./dom.js";
import { grid } from "./grid.js";
import { Notes } from "./notes.js";
import { FINAL, Panel } from "./panel.js";
import { Variant } from "./series.js";
import { DEFAULTS, LAYERS, TONES } from "./shared.js";
import { changed, initial, SIDES, smoothing } from "./state.js";
import { within } from "./statistics.js";
import { Tip } from "./tip.js";
import { key, Toolbar } from "./toolbar.js";
import { thousands } from "./words.js";

/**
 * @typedef {object} Options
 * @property {Partial<State>} [state]
 * @property {boolean} [share] whether links can be copied
 * @property {(changed: Record<string, unknown>) => void} [onChange]
 * @property {(run: { variant: string, seed: number }) => void} [onPick]
 */

const PAPER_INK = "#1c2128";
const NARROW = "(max-width: 640px)";

export class View {
  /**
   * @param {HTMLElement} root
   * @param {Payload} payload
   * @param {Options} options
   */
  constructor(root, payload, options) {
    this.root = root;
    this.payload = payload;
    this.options = options;
    this.state = initial(options.state);
    this.series = payload.curves.series.map((spec) => new Variant(spec));
    this.names = Object.keys(payload.curves.keys).filter((name) =>
      this.series.some((series) => series.has(this.source(name), name)),
    );
    this.settle();
    this.position = 0;
    /** @type {number[]} */
    this.steps = [];
    this.picked = "";
    this.printing = false;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.telling = undefined;
    /** The variant that is pointed at. @type {string | null} */
    this.pointed = null;
    /** @type {Map<number, Float32Array>} */
    this.clouds = new Map();
    /** Colours of points now. @type {{ real: string, fake: string }} */
    this.dots = payload.colours;
    /** @type {HTMLDetailsElement[]} */
    this.folds = [];
    this.narrow = window.matchMedia(NARROW);
    this.tip = new Tip();
    this.said = make("output", { class: "gc-said", "aria-live": "polite" });
    this.paper = make("div", { class: "gc-print" });
    this.panels = payload.panels.map((spec) => new Panel({ ...payload.variants[spec.key], ...spec }, this));
    this.notes = new Notes(this);
    this.toolbar = new Toolbar(this);
    this.section = this.names.length ? new Curves(this) : null;
    this.element = make(
      "div",
      { class: "gc-view" },
      this.toolbar.element,
      this.notes.about,
      this.paper,
      grid(this),
      this.section?.element,
      this.tip.element,
      this.said,
    );
    root.replaceChildren(this.element);
    this.pick(this.state.pick);
    this.ended = new AbortController();
    this.resized = new ResizeObserver(() => this.redraw());
    this.resized.observe(root);
    this.listen();
  }

  /** What a link asked for and is not here falls back to the default. */
  settle() {
    const { state, names, series } = this;
    for (const side of SIDES)
      if (!names.includes(state[side])) state[side] = names.includes(DEFAULTS[side]) ? DEFAULTS[side] : names[0];
    if (!series.some(({ key }) => key === state.highlight)) state.highlight = null;
    if (state.curves === "rows" && !this.payload.table) state.curves = DEFAULTS.curves;
  }

  listen() {
    const { signal } = this.ended;
    const media = (/** @type {string} */ query, /** @type {(matches: boolean) => void} */ act) =>
      window.matchMedia(query).addEventListener("change", ({ matches }) => act(matches), { signal });
    // At once for what is printed now, and again once a page around has followed the scheme.
    media("(prefers-color-scheme: dark)", () => {
      this.redraw();
      setTimeout(() => this.redraw(), 50);
    });
    media("print", (matches) => this.print(matches));
    media(NARROW, (matches) => {
      for (const fold of this.folds) fold.open = !matches;
    });
    window.addEventListener("beforeprint", () => this.print(true), { signal });
    window.addEventListener("afterprint", () => this.print(false), { signal });
  }

  end() {
    this.toolbar.stop();
    clearTimeout(this.telling);
    this.resized.disconnect();
    this.ended.abort();
  }

  /** @param {boolean} on paper is white, whatever the screen is */
  print(on) {
    this.printing = on;
    this.redraw();
  }

  get ink() {
    return this.printing ? PAPER_INK : getComputedStyle(this.root).color;
  }

  get tones() {
    return forLight(this.ink) ? TONES.light : TONES.dark;
  }

  get charts() {
    return this.section?.charts ?? [];
  }

  get sides() {
    return this.section?.sides ?? { left: [], right: [] };
  }

  step() {
    return this.steps[this.position] ?? 0;
  }

  /** @param {string} name of a quantity */
  label(name) {
    return this.payload.curves.keys[name].label;
  }

  /** @param {string} name of a quantity @returns {Source} */
  source(name) {
    return /** @type {Source} */ (this.payload.curves.keys[name].source);
  }

  /** @param {number} index real points, decoded once */
  reals(index) {
    const found = this.clouds.get(index) ?? points(this.payload.reals[index].points);
    this.clouds.set(index, found);
    return found;
  }

  /**
   * Chooses whose runs the panels show, and with them the steps of the slider.
   * @param {string | null} name
   */
  pick(name) {
    const { picks } = this.payload;
    const pick = picks.find((one) => one.name === name) ?? picks[0];
    this.picked = pick.name;
    this.panels.forEach((panel, i) => {
      panel.show(pick.shown[i]);
    });
    this.steps = [...new Set(pick.shown.flatMap((shown) => shown?.steps ?? []))].sort((a, b) => a - b);
    const wanted = this.state.step ?? Infinity;
    this.toolbar.fit(pick.shown.some((shown) => shown?.layers));
    this.seek(
      this.steps.findLastIndex((step) => step <= wanted),
      false,
    );
    this.redraw();
  }

  /**
   * Moves to a frame: every panel, and the marker on every curve.
   * @param {number} position
   * @param {boolean} [tell]
   */
  seek(position, tell = true) {
    const end = this.steps.length - 1;
    this.position = Math.max(0, within(position, 0, end));
    this.state.step = this.position === end ? null : this.step();
    this.toolbar.show();
    this.place();
    this.section?.mark(this.step());
    if (tell) this.tell();
  }

  redraw() {
    this.place();
    this.section?.draw();
  }

  /** Panels, and all words, at this step. */
  place() {
    const drawn = this.drawn();
    // In all panels alike, though the field be in some: one legend is for all.
    this.dots = drawn.includes("field") || drawn.includes("density") ? this.tones : this.payload.colours;
    for (const panel of this.panels) panel.draw(this.step());
    this.colour();
    this.notes.update();
    this.inWords();
  }

  /** Names of the layers of networks that are drawn in some panel at this step. */
  drawn() {
    const known = this.panels.some((panel) => panel.networks(this.step()));
    return this.state.layers.filter((name) => known || !FINAL.includes(name));
  }

  /** Gives the legend the colours that points and fields have now. */
  colour() {
    const { tones } = this;
    const colours = { real: this.dots.real, fake: this.dots.fake, ground: tones.ground };
    const fields = { "real-field": tones.real_field, "fake-field": tones.fake_field };
    for (const [name, value] of Object.entries({ ...colours, ...fields }))
      this.element.style.setProperty(`--gc-${name}`, value);
  }

  /** On paper, what the controls say on a screen. */
  inWords() {
    const { state, picked } = this;
    const smooth = smoothing(state);
    const layers = this.drawn().map((name) => LAYERS[/** @type {keyof typeof LAYERS} */ (name)].label.toLowerCase());
    const seed = Number.isNaN(+picked) ? `each variant's ${picked} seed` : `seed ${picked}`;
    const whose = { each: "every seed in a panel of its own", all: "every seed in one panel" }[picked] ?? seed;
    const over = state.spread === "seeds" ? "every seed" : "median and quartiles over seeds";
    const below = layers.length ? `; with ${layers.join(", ")}` : "";
    const one = this.series.find((series) => series.key === state.highlight);
    const lit = one ? `; ${one.label} highlighted` : "";
    const curves = `Curves: ${over}${smooth ? `, ${smooth}` : ""}${lit}.`;
    const text = `Step ${thousands(this.step())}; points of ${whose}${below}. ${curves}`;
    this.paper.replaceChildren(make("p", {}, text), key());
    this.section?.inWords();
  }

  /** The variant that is picked out: what is pointed at, or else what is kept. */
  highlighted() {
    return this.pointed ?? this.state.highlight;
  }

  /** @param {string | null} variant that is pointed at now */
  light(variant) {
    if (variant === this.pointed) return;
    this.pointed = variant;
    this.lit();
  }

  /** @param {string | null} variant that stays picked out; the one that does already is let go */
  keep(variant) {
    this.state.highlight = variant === this.state.highlight ? null : variant;
    this.lit();
    this.inWords();
    this.tell();
  }

  lit() {
    const lit = this.highlighted();
    for (const { element, spec } of this.panels) element.classList.toggle("gc-lit", spec.key === lit);
    this.section?.paint();
  }

  /** @param {Partial<State>} changes */
  change(changes) {
    Object.assign(this.state, changes);
    this.redraw();
    this.tell();
  }

  /** @param {number[] | null} range */
  zoom(range) {
    this.change({ range: range?.map((at) => +at.toPrecision(4)) ?? null });
  }

  /** Tells the page that carries the state in an address, once it has settled. */
  tell() {
    clearTimeout(this.telling);
    if (this.options.onChange) this.telling = setTimeout(() => this.options.onChange?.(this.changed()), 300);
  }

  changed() {
    return changed(this.state);
  }
}
