// The panels, in a table of the study's factors or one after the other.
/** @import { View } from "./view.js" */
import { make } from "./dom.js";

/** @param {View} view */
export function grid({ payload, panels }) {
  const { table } = payload;
  if (!table) {
    const size = panels.length <= 4 ? "gc-large" : panels.length > 40 ? "gc-small" : "gc-medium";
    return make("div", { class: `gc-grid ${size}` }, ...panels.map((panel) => panel.element));
  }
  const cells = [make("div", { class: "gc-corner" })];
  for (const words of table.columns) cells.push(make("div", { class: "gc-head" }, words));
  table.rows.forEach((words, row) => {
    cells.push(make("div", { class: "gc-head gc-row" }, make("span", {}, words)));
    table.columns.forEach((_, column) => {
      const panel = panels.find(({ spec }) => spec.place?.[0] === row && spec.place[1] === column);
      const cell = panel ? panel.element : make("div", { class: "gc-panel gc-empty" });
      cells.push(/** @type {HTMLDivElement} */ (cell));
    });
  });
  return make("div", { class: "gc-grid gc-table", style: `--gc-columns:${table.columns.length}` }, ...cells);
}
