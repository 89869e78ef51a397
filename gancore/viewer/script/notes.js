// What the chosen layers show, in words, and why some of them are not drawn at this step.
/** @import { View } from "./view.js" */
import { button, make, say } from "./dom.js";
import { FINAL } from "./panel.js";
import { LAYERS } from "./shared.js";
import { thousands } from "./words.js";

/** @typedef {keyof typeof LAYERS} LayerName */

/** Where panels show other than one run of each variant. @type {Record<string, string>} */
const MANY = {
  each: "Networks are drawn where each variant has one panel; show one seed to see them.",
  all: "Networks are drawn where a panel has one seed's points; show one seed to see them.",
};

/**
 * One sentence on the layers of networks: where they are not drawn, why.
 * @param {number} count of such layers that are chosen
 * @param {{ end: number, drawn: boolean }[]} panels those whose networks are known: the step of these, and whether they
 *   are drawn now
 * @param {string} [picked] whose runs are shown
 */
export function sentence(count, panels, picked = "") {
  if (!count) return "";
  if (!panels.length) return MANY[picked] ?? "The networks of these runs were not kept, so there is nothing to draw.";
  const ends = [...new Set(panels.map((panel) => panel.end))].sort((a, b) => a - b);
  const waiting = panels.filter((panel) => !panel.drawn).length;
  const [subject, object] = count > 1 ? ["These layers show", "them"] : ["This layer shows", "it"];
  const when =
    ends.length > 1
      ? `at the end of each training, between steps ${thousands(ends[0])} and ${thousands(ends[ends.length - 1])}`
      : `at the end of training, step ${thousands(ends[0])}`;
  const shown = `${subject} the networks ${when}`;
  if (!waiting) return `${shown}.`;
  const all = waiting === panels.length ? "" : ` in ${waiting} more panel${waiting > 1 ? "s" : ""}`;
  return `${shown}, since only these are kept; drag the slider to the end to see ${object}${all}.`;
}

export class Notes {
  /** @param {View} view */
  constructor(view) {
    this.view = view;
    this.words = make("span", { role: "status" });
    this.onward = make(
      "button",
      { class: "gc-button", type: "button", onclick: () => view.seek(view.steps.length - 1) },
      "Go to the last step",
    );
    /** The sentence, which stays in sight with the slider. */
    this.line = make("div", { class: "gc-note" }, this.words, this.onward);
    /** What each layer shows. */
    this.about = make("dl", { class: "gc-about", id: `gc-about-${Math.random().toString(36).slice(2)}` });
    this.all = false;
    this.more = button("?", "What the layers show", () => this.toggle());
    this.more.setAttribute("aria-expanded", "false");
    this.more.setAttribute("aria-controls", this.about.id);
  }

  toggle() {
    this.all = !this.all;
    this.more.setAttribute("aria-expanded", String(this.all));
    this.update();
  }

  update() {
    const { view } = this;
    const chosen = view.state.layers.filter((name) => FINAL.includes(name));
    const panels = view.panels.flatMap((panel) => {
      const networks = panel.shown && panel.frames(panel.shown).networks;
      return networks ? [{ end: networks.step, drawn: panel.networks(view.step()) !== null }] : [];
    });
    const text = sentence(chosen.length, panels, view.picked);
    say(this.words, text);
    this.line.hidden = !text;
    this.onward.hidden = panels.every((panel) => panel.drawn);
    const names = /** @type {LayerName[]} */ (Object.keys(LAYERS));
    const explained = names.filter((name) => this.all || view.state.layers.includes(name));
    this.about.classList.toggle("gc-all", this.all);
    const drawn = view.drawn();
    const key = [...explained, "drawn", ...drawn].join(" ");
    if (this.about.dataset.layers === key) return;
    this.about.dataset.layers = key;
    this.about.replaceChildren(...explained.map((name) => this.explanation(name, drawn.includes(name))));
    this.about.hidden = !explained.length;
  }

  /**
   * @param {LayerName} name
   * @param {boolean} drawn on paper, only what is drawn is explained
   */
  explanation(name, drawn) {
    const scale = make("span", { class: "gc-scale", role: "img", "aria-label": "from generated over 50% to real" });
    const legend = make("span", { class: "gc-field" }, "generated", scale, "real");
    const { label, help } = LAYERS[name];
    return make(
      "div",
      { class: drawn ? null : "gc-waiting" },
      make("dt", {}, label),
      make("dd", {}, name === "field" && legend, make("span", { class: "gc-help" }, help)),
    );
  }
}
