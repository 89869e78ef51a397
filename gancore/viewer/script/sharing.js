// The address of this very view, or what shows it inside another page, to be copied.
/** @import { View } from "./view.js" */
import { make } from "./dom.js";

/** A job is this server's own: elsewhere a link with one would only be told that it is unknown. */
function shared() {
  const address = new URL(window.location.href);
  address.searchParams.delete("job");
  return address;
}

function embedded() {
  const address = shared();
  address.searchParams.set("embed", "true");
  const source = address.href.replaceAll('"', "%22").replaceAll("&", "&amp;");
  return `<iframe src="${source}" width="100%" height="900" style="border:0" title="gancore"></iframe>`;
}

/** @param {View} view */
export function shareButtons(view) {
  const copy = (/** @type {string} */ label, /** @type {string} */ title, /** @type {() => string} */ text) => {
    const act = async () => {
      view.options.onChange?.(view.changed());
      try {
        await navigator.clipboard.writeText(text());
        element.textContent = "Copied";
      } catch {
        window.prompt(title, text());
      }
      setTimeout(() => {
        element.textContent = label;
      }, 1500);
    };
    const element = make("button", { class: "gc-button", type: "button", title, onclick: act }, label);
    return element;
  };
  return [
    make("span", { class: "gc-gap" }),
    copy("Copy link", "A link to what you see now", () => shared().href),
    copy("Copy embed code", "HTML that shows the grid and the curves inside another page", embedded),
  ];
}
