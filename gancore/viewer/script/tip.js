// A few lines beside the pointer, or beside the keyboard's cursor.
import { make } from "./dom.js";
import { within } from "./statistics.js";

export class Tip {
  constructor() {
    this.element = make("div", { class: "gc-tip", role: "tooltip" });
    this.element.hidden = true;
  }

  /**
   * @param {{ clientX: number, clientY: number }} place
   * @param {string[]} lines
   */
  show(place, lines) {
    this.element.replaceChildren(...lines.map((text, i) => make(i ? "div" : "strong", {}, text)));
    this.element.hidden = false;
    const { offsetWidth, offsetHeight, style } = this.element;
    style.left = `${within(place.clientX + 14, 0, window.innerWidth - offsetWidth - 8)}px`;
    style.top = `${within(place.clientY + 14, 0, window.innerHeight - offsetHeight - 8)}px`;
  }

  hide() {
    this.element.hidden = true;
  }

  /** After a tap, which no pointer's leaving ends: until the next tap, or until the page moves below it. */
  untilNext() {
    const hide = () => {
      this.hide();
      for (const event of ["pointerdown", "scroll"]) window.removeEventListener(event, hide, true);
    };
    for (const event of ["pointerdown", "scroll"]) window.addEventListener(event, hide, true);
  }
}
