// Elements, and canvases that fit their place on the screen.

/**
 * @typedef {string | number | boolean | null | undefined | ((event: any) => void)} Attribute
 */

/**
 * An element; an attribute that starts with "on" is a listener, and one that is false or null is left out.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, Attribute>} [attributes]
 * @param {...(Node | string | null | undefined | false)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false)
      element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/**
 * A select; the words of each value, in order.
 * @param {Record<string, Attribute>} attributes
 * @param {[string, string][]} options
 * @param {string} chosen
 * @param {(value: string) => void} act
 */
export function select(attributes, options, chosen, act) {
  const element = make(
    "select",
    { class: "gc-select", ...attributes, onchange: () => act(element.value) },
    ...options.map(([value, words]) => make("option", { value, selected: value === chosen }, words)),
  );
  return element;
}

/**
 * @param {string} label
 * @param {string} title
 * @param {() => void} act
 */
export const button = (label, title, act) =>
  make("button", { class: "gc-button", type: "button", title, "aria-label": title, onclick: act }, label);

/** @param {HTMLElement} element @param {string} text */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** @param {HTMLCanvasElement} canvas */
export function brush(canvas) {
  const context = canvas.getContext("2d");
  if (!context) throw new Error("This browser draws no canvas.");
  return context;
}

/**
 * A canvas's context, its backing store fitted to its size on the screen; null while it has none.
 * @param {HTMLCanvasElement} canvas
 */
export function fitted(canvas) {
  const ratio = window.devicePixelRatio || 1;
  const width = canvas.clientWidth;
  const height = canvas.clientHeight;
  if (!width || !height) return null;
  const wide = Math.round(width * ratio);
  const high = Math.round(height * ratio);
  if (canvas.width !== wide || canvas.height !== high) {
    canvas.width = wide;
    canvas.height = high;
  }
  const context = brush(canvas);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return { context, width, height };
}

/**
 * An image of so many pixels each way.
 * @param {number} n
 * @param {(row: number, column: number) => number[]} pixel red, green, blue and opacity from 0 to 255; row 0 on top
 */
export function image(n, pixel) {
  const canvas = make("canvas", { width: n, height: n });
  const context = brush(canvas);
  const data = context.createImageData(n, n);
  for (let row = 0; row < n; row++)
    for (let column = 0; column < n; column++) data.data.set(pixel(row, column), 4 * (row * n + column));
  context.putImageData(data, 0, 0);
  return canvas;
}
