// The slider of steps, and what can be chosen of the panels.
/** @import { View } from "./view.js" */
import { button, make, select } from "./dom.js";
import { FINAL } from "./panel.js";
import { LAYERS } from "./shared.js";
import { shareButtons } from "./sharing.js";
import { dot } from "./swatch.js";
import { thousands } from "./words.js";

/** @type {[string, string][]} Frames a second, and what that is called. */
const SPEEDS = [
  ["2", "½×"],
  ["4", "1×"],
  ["8", "2×"],
  ["16", "4×"],
];

/** What the two colours are. */
export const key = () =>
  make("span", { class: "gc-field gc-key" }, dot("var(--gc-real)"), "real", dot("var(--gc-fake)"), "generated");

/**
 * Choices that stand open where there is room, and behind their summary on a phone.
 * @param {View} view
 * @param {string} words
 * @param {...(Node | null | false)} children
 */
export function fold(view, words, ...children) {
  const choices = make("div", { class: "gc-choices" }, ...children);
  const element = make("details", { class: "gc-fold" }, make("summary", {}, words), choices);
  element.open = !view.narrow.matches;
  view.folds.push(element);
  return element;
}

export class Toolbar {
  /** @param {View} view */
  constructor(view) {
    this.view = view;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.playing = undefined;
    this.slider = make("input", {
      type: "range",
      min: 0,
      max: 0,
      class: "gc-slider",
      "aria-label": "Training step",
      oninput: () => this.go(+this.slider.value),
    });
    this.label = make("output", { class: "gc-step" });
    this.player = button("▶", "Play", () => (this.playing === undefined ? this.play() : this.stop()));
    this.speed = select({ "aria-label": "Speed", title: "Speed" }, SPEEDS, "4", () => {});
    this.boxes = Object.entries(LAYERS).map(([name, { label, help }]) => {
      const box = make("input", { type: "checkbox", "aria-description": help, onchange: () => this.choose() });
      box.checked = view.state.layers.includes(name);
      return { name, box, element: make("label", { class: "gc-check", title: help }, box, label) };
    });
    const layers = (/** @type {boolean} */ final) =>
      this.boxes.filter(({ name }) => FINAL.includes(name) === final).map(({ element }) => element);
    const choices = fold(
      view,
      view.options.share ? "Layers and links" : "Layers",
      this.picks(),
      make("span", { class: "gc-hint" }, "Final networks"),
      ...layers(true),
      make("span", { class: "gc-hint" }, "This step"),
      ...layers(false),
      view.notes.more,
      ...(view.options.share ? shareButtons(view) : []),
    );
    this.element = make(
      "div",
      { class: "gc-bar" },
      make(
        "div",
        { class: "gc-time" },
        button("◀", "One step back", () => this.go(view.position - 1)),
        this.player,
        button("▶|", "One step forward", () => this.go(view.position + 1)),
        this.slider,
        this.label,
        this.speed,
      ),
      view.notes.line,
      make("div", { class: "gc-line" }, key(), choices),
    );
  }

  picks() {
    const { view } = this;
    const names = view.payload.picks.map(({ name }) => name);
    if (names.length < 2) return null;
    const chosen = names.map((name) => /** @type {[string, string]} */ ([name, name]));
    const act = (/** @type {string} */ name) => {
      view.state.pick = name;
      view.pick(name);
      view.tell();
    };
    return make("label", { class: "gc-field" }, "Show seed", select({}, chosen, view.state.pick ?? names[0], act));
  }

  choose() {
    this.view.change({ layers: this.boxes.filter(({ box }) => box.checked).map(({ name }) => name) });
  }

  /**
   * The steps that the slider has, and whether the networks can be drawn at all.
   * @param {boolean} networks
   */
  fit(networks) {
    const { steps } = this.view;
    this.slider.max = String(Math.max(0, steps.length - 1));
    this.slider.disabled = steps.length < 2;
    for (const { name, box } of this.boxes) box.disabled = FINAL.includes(name) && !networks;
  }

  show() {
    const step = thousands(this.view.step());
    this.slider.value = String(this.view.position);
    this.slider.setAttribute("aria-valuetext", `step ${step}`);
    this.label.textContent = `Step ${step}`;
  }

  /** @param {number} position by hand, which ends what plays */
  go(position) {
    this.stop();
    this.view.seek(position);
  }

  play() {
    const { view } = this;
    if (view.position >= view.steps.length - 1) view.seek(0, false);
    this.named("❚❚", "Pause");
    const beat = () => {
      if (view.position >= view.steps.length - 1) return this.stop();
      view.seek(view.position + 1);
      this.playing = setTimeout(beat, 1000 / +this.speed.value);
    };
    this.playing = setTimeout(beat, 100);
  }

  stop() {
    clearTimeout(this.playing);
    this.playing = undefined;
    this.named("▶", "Play");
  }

  /** @param {string} sign @param {string} words */
  named(sign, words) {
    this.player.textContent = sign;
    this.player.setAttribute("aria-label", words);
    this.player.title = words;
  }
}
