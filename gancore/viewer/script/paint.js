// A canvas on which people paint points: the longer the brush stays, the more of them.
import { button, fitted, make, say } from "./dom.js";
import { Drawing, LEVELS, MOST, RATE, sprayed } from "./spray.js";
import { thousands } from "./words.js";

/**
 * What Streamlit gives a component.
 * @typedef {object} Component
 * @property {HTMLElement} parentElement
 * @property {{ least: number }} data
 * @property {(name: string, value: unknown) => void} setTriggerValue
 */

/** How far an arrow key moves the brush, and with Shift. */
const STEP = 0.02;
const LEAP = 0.1;
/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const HELP =
  "Drawing of points. Paint with mouse or finger. With the keyboard: arrows move the brush, Shift makes them move it " +
  "further, Space paints while it is held, Backspace undoes.";

class Painter {
  /** @param {HTMLElement} root @param {number} least @param {(points: number[]) => void} send */
  constructor(root, least, send) {
    this.least = least;
    this.send = send;
    this.drawing = new Drawing();
    /** @type {[number, number]} */
    this.at = [0, 0];
    /** @type {[number, number]} */
    this.was = [0, 0];
    this.time = 0;
    this.owed = 0;
    this.frame = 0;
    this.painting = false;
    this.keyboard = false;
    this.canvas = make("canvas", { class: "gc-paint", tabindex: 0, role: "application", "aria-label": HELP });
    this.width = make("input", { type: "range", min: 0.005, max: 0.2, step: 0.005, value: 0.04, class: "gc-width" });
    this.status = make("p", { class: "gc-count", role: "status" });
    root.replaceChildren(
      this.canvas,
      make(
        "div",
        { class: "gc-paint-bar" },
        make("label", {}, "Brush ", this.width),
        button("Undo", "Undo the last stroke", () => this.undo()),
        button("Clear", "Clear the drawing", () => this.clear()),
        button("Use these points", "Use these points", () => this.use()),
      ),
      this.status,
    );
    this.listen();
    this.size = new ResizeObserver(() => this.draw());
    this.size.observe(this.canvas);
    this.tell();
  }

  listen() {
    const canvas = this.canvas;
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      event.preventDefault();
      canvas.focus();
      canvas.setPointerCapture(event.pointerId);
      this.keyboard = false;
      this.at = this.place(event);
      this.start();
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!(this.painting && this.keyboard)) this.at = this.place(event);
      if (!this.painting) this.draw();
    });
    for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, () => this.stop());
    canvas.addEventListener("keydown", (event) => this.press(event));
    canvas.addEventListener("keyup", (event) => event.key === " " && this.stop());
    canvas.addEventListener("blur", () => this.stop());
    canvas.addEventListener("focus", () => this.draw());
  }

  /** @param {PointerEvent} event @returns {[number, number]} */
  place(event) {
    const box = this.canvas.getBoundingClientRect();
    const x = (2 * (event.clientX - box.left)) / box.width - 1;
    const y = 1 - (2 * (event.clientY - box.top)) / box.height;
    return [Math.min(1, Math.max(-1, x)), Math.min(1, Math.max(-1, y))];
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    const arrow = ARROWS[event.key];
    const undo = event.key === "Backspace" || (event.key === "z" && (event.ctrlKey || event.metaKey));
    if (!arrow && event.key !== " " && !undo) return;
    event.preventDefault();
    event.stopPropagation();
    if (undo) this.undo();
    else if (arrow) {
      this.keyboard = true;
      const step = event.shiftKey ? LEAP : STEP;
      const [x, y] = this.at;
      this.at = [Math.min(1, Math.max(-1, x + step * arrow[0])), Math.min(1, Math.max(-1, y + step * arrow[1]))];
      this.draw();
    } else if (!event.repeat) {
      this.keyboard = true;
      this.start();
    }
  }

  start() {
    if (this.painting) return;
    this.painting = true;
    this.drawing.begin();
    this.was = this.at;
    this.time = performance.now();
    this.owed = 1;
    this.frame = requestAnimationFrame((now) => this.paint(now));
  }

  /** @param {number} now */
  paint(now) {
    this.spray(now);
    this.draw();
    if (this.painting) this.frame = requestAnimationFrame((next) => this.paint(next));
  }

  /** Puts down the points of the time since it was last called, on the way that the brush took. @param {number} now */
  spray(now) {
    this.owed += (RATE * Math.max(0, now - this.time)) / 1000;
    const count = Math.floor(this.owed);
    this.owed -= count;
    this.drawing.add(sprayed(this.was, this.at, count, Number(this.width.value)));
    this.was = this.at;
    this.time = now;
    this.tell();
  }

  stop() {
    if (!this.painting) return;
    this.painting = false;
    cancelAnimationFrame(this.frame);
    this.spray(performance.now());
    this.draw();
  }

  undo() {
    this.stop();
    this.drawing.undo();
    this.changed();
  }

  clear() {
    this.stop();
    this.drawing.clear();
    this.changed();
  }

  changed() {
    this.tell();
    this.draw();
  }

  use() {
    this.stop();
    const count = this.drawing.count;
    if (count < this.least)
      say(this.status, `${thousands(count)} points are too few: draw at least ${this.least}, then use them.`);
    else this.send(this.drawing.points());
  }

  tell() {
    const count = this.drawing.count;
    const full = count >= MOST ? ", which is as many as a drawing may have" : "";
    say(this.status, count ? `${thousands(count)} points${full}` : "Paint: the longer you stay, the more points.");
  }

  draw() {
    const found = fitted(this.canvas);
    if (!found) return;
    const { context, width, height } = found;
    const x = (/** @type {number} */ value) => ((value + 1) / 2) * width;
    const y = (/** @type {number} */ value) => ((1 - value) / 2) * height;
    const style = getComputedStyle(this.canvas);
    context.fillStyle = style.getPropertyValue("--gc-points") || "#4198f0";
    const points = this.drawing.points();
    for (let i = 0; i < points.length; i += 2)
      context.fillRect(x(points[i] / LEVELS) - 1, y(points[i + 1] / LEVELS) - 1, 2, 2);
    if (document.activeElement !== this.canvas && !this.painting) return;
    context.strokeStyle = style.color;
    context.beginPath();
    context.arc(x(this.at[0]), y(this.at[1]), Math.max(3, Number(this.width.value) * width), 0, 2 * Math.PI);
    context.stroke();
  }

  end() {
    this.stop();
    this.size.disconnect();
  }
}

/** @param {Component} component */
export default function page({ parentElement, data, setTriggerValue }) {
  /** @type {HTMLElement & { gancorePainter?: Painter }} */
  const root = parentElement.querySelector(".gc-painter") ?? make("div", { class: "gc-root gc-painter" });
  if (!root.isConnected) parentElement.append(root);
  const send = (/** @type {number[]} */ points) => setTriggerValue("drawn", { points });
  if (root.gancorePainter) root.gancorePainter.send = send;
  else root.gancorePainter = new Painter(root, data.least, send);
  root.gancorePainter.draw(); // the theme may have changed
  return () => root.gancorePainter?.end();
}
