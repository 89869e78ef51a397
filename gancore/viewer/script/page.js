// On a page of the app: the state is kept in the address, so that moving the slider asks nothing of the server.
/** @import { Root } from "./mount.js" */
/** @import { Payload } from "./payload.js" */
/** @import { State } from "./state.js" */
import { mount } from "./mount.js";
import { DEFAULTS } from "./shared.js";

/**
 * What Streamlit gives a component.
 * @typedef {object} Component
 * @property {HTMLElement} parentElement
 * @property {{ key: string, study: string, payload: Payload, state: Partial<State>, share: boolean }} data
 * @property {(name: string, value: unknown) => void} setTriggerValue
 */

/** @typedef {Root & { gancoreKey?: string, gancoreStudy?: string }} PageRoot */

/** @param {Record<string, unknown>} changed */
function carry(changed) {
  const address = new URL(window.location.href);
  const known = address.searchParams;
  const text = (/** @type {string} */ name) => (changed[name] === null ? null : String(changed[name]));
  const wrong = Object.keys(DEFAULTS).filter((name) => known.get(name) !== text(name));
  for (const name of wrong) {
    const value = text(name);
    if (value === null) known.delete(name);
    else known.set(name, value);
  }
  if (wrong.length) window.history.replaceState(window.history.state, "", address);
}

/** @param {Component} component */
export default function page({ parentElement, data, setTriggerValue }) {
  /** @type {PageRoot | null} */
  const known = parentElement.querySelector(".gc-root");
  /** @type {PageRoot} */
  const root = known ?? document.createElement("div");
  if (!known) parentElement.append(root);
  // What plays or waits ends with the page; without it, it would write into the next page's address.
  const end = () => root.gancoreView?.end();
  if (root.gancoreKey === data.key) return end;
  const before = root.gancoreView && root.gancoreStudy === data.study ? root.gancoreView.state : data.state;
  root.gancoreKey = data.key;
  root.gancoreStudy = data.study;
  const view = mount(root, data.payload, {
    state: before,
    share: data.share,
    onChange: carry,
    onPick: (picked) => setTriggerValue("picked", picked),
  });
  // What was refused, or belonged to another study, is in the address no longer.
  carry(view.changed());
  return end;
}
