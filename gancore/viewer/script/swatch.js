// What a variant looks like: colours come round again after eight variants, with other dashes and other shapes.
import { make } from "./dom.js";

/** @typedef {"circle" | "diamond" | "square"} Shape */

/** @param {number[]} dash @returns {Shape} */
export const shapeOf = (dash) => (!dash[1] ? "circle" : dash[0] > 3 ? "diamond" : "square");

const BORDERS = { circle: "solid", diamond: "dashed", square: "dotted" };

/** @param {{ dash: number[], colour: string }} look */
export const swatch = ({ dash, colour }) =>
  make("span", { class: "gc-swatch", style: `border-top:3px ${BORDERS[shapeOf(dash)]} ${colour}` });

/** @param {string} colour @param {Shape} [shape] */
export const dot = (colour, shape = "circle") =>
  make("span", { class: `gc-dot gc-${shape}`, style: `background:${colour}` });

/**
 * The outline of a shape, to be filled or stroked.
 * @param {CanvasRenderingContext2D} context
 * @param {Shape} shape
 * @param {number} x
 * @param {number} y
 * @param {number} r
 */
export function trace(context, shape, x, y, r) {
  context.beginPath();
  if (shape === "circle") context.arc(x, y, r, 0, 7);
  else if (shape === "square") context.rect(x - r, y - r, 2 * r, 2 * r);
  else
    for (const [dx, dy] of [
      [0, -1.3],
      [1.3, 0],
      [0, 1.3],
      [-1.3, 0],
    ])
      context.lineTo(x + dx * r, y + dy * r);
  context.closePath();
}
