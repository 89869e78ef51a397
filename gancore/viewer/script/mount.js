// Where a page or a report begins.
/** @import { Payload } from "./payload.js" */
/** @import { Options } from "./view.js" */
import { View } from "./view.js";

/** @typedef {HTMLElement & { gancoreView?: View }} Root */

/**
 * Draws the view of a payload in an element, in place of one that is there.
 * @param {Root} root
 * @param {Payload} payload
 * @param {Options} [options]
 */
export function mount(root, payload, options = {}) {
  root.gancoreView?.end();
  root.classList.add("gc-root");
  root.gancoreView = new View(root, payload, options);
  return root.gancoreView;
}
