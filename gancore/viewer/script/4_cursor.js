// A chart's cursor for the keyboard: it shows the tip that a pointer shows, and brushes a range.
class Cursor {
  constructor(chart) { this.chart = chart; this.at = null; this.clear(); }

  clear() { this.anchor = null; this.span = null; }

  press(event) {
    const { chart } = this, { key, shiftKey } = event;
    if (key === "Escape") { this.at = null; this.clear(); this.quiet(); return chart.view.state.range ? chart.view.zoom(null) : this.mark(); }
    if (!["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"].includes(key) || !chart.scale) return;
    event.preventDefault();
    const entries = chart.entries().filter(({ values }) => values.some((value) => isFinite(value)));
    if (!entries.length) return;
    const now = this.entry(entries), up = { ArrowUp: -1, ArrowDown: 1 }[key];
    if (up && now) return this.move(entries[(entries.indexOf(now) + up + entries.length) % entries.length], this.at.x);
    const back = key === "ArrowLeft" || key === "End", entry = now || entries[0], seen = this.rows(entry, false);
    if (!seen.length) return;
    const first = entry.one.x[seen[back ? seen.length - 1 : 0]], start = now ? this.at.x : first;
    if (shiftKey) this.anchor ??= start; else this.clear();
    if (key === "Home" || key === "End" || !(now || shiftKey)) return this.move(entry, first);
    const rows = shiftKey ? this.rows(entry, true) : seen, next = rows.indexOf(this.row(entry, start)) + (back ? -1 : 1);
    this.move(entry, entry.one.x[rows[Math.max(0, Math.min(rows.length - 1, next))]]);
  }

  // A range is taken when Shift is let go, and grows from its first end when it is held again.
  release(event) {
    if (event.key !== "Shift" || !this.span || this.span[0] === this.span[1]) return;
    const range = [...this.span].sort((a, b) => a - b);
    this.span = null;
    this.chart.view.zoom(range);
    this.tell();
  }

  leave() { this.at = null; this.clear(); this.quiet(); this.mark(); }

  // Rows that can be stepped to: those on the axis, or all of them where a range grows.
  rows({ one, values }, all) {
    const { x0, x1 } = this.chart.scale;
    return one.x.map((_, i) => i).filter((i) => isFinite(values[i]) && (all || (one.x[i] >= x0 && one.x[i] <= x1)));
  }

  row({ one, values }, x) {
    return one.x.map((_, i) => i).filter((i) => isFinite(values[i])).reduce((best, i) => (Math.abs(one.x[i] - x) < Math.abs(one.x[best] - x) ? i : best));
  }

  entry(entries) { return this.at && entries.find(({ one, run }) => one.series.key === this.at.key && run === this.at.run); }

  move(entry, x) {
    this.at = { key: entry.one.series.key, run: entry.run, x: entry.one.x[this.row(entry, x)] };
    if (this.anchor !== null) this.span = [this.anchor, this.at.x];
    this.mark();
    this.tell();
  }

  // The entry, its row and where it stands on the canvas; null where it is no longer drawn.
  found() {
    const entry = this.at && this.entry(this.chart.entries());
    if (!entry || !entry.values.some((value) => isFinite(value))) return null;
    const { scale } = this.chart, i = this.row(entry, this.at.x), between = (value, low, high) => Math.min(high, Math.max(low, value));
    return { entry, i, x: between(scale.x(entry.one.x[i]), scale.left, scale.right), y: between(scale.y(entry.values[i]), scale.top, scale.bottom) };
  }

  tell() {
    const found = this.found(), { view, base } = this.chart;
    if (!found) return this.quiet();
    const box = base.getBoundingClientRect(), words = this.chart.words(found.entry, found.i);
    view.tip.show({ clientX: box.left + found.x, clientY: box.top + found.y }, words);
    view.said.textContent = words.join(", ");
  }

  quiet() { this.chart.view.tip.hide(); this.chart.view.said.textContent = ""; }
  mark() { this.chart.mark(this.chart.view.step()); }
  brushed() { return this.span && this.span.map((x) => this.chart.scale.x(x)); }

  draw(context) {
    const found = this.found();
    if (!found) return;
    context.strokeStyle = this.chart.view.ink; context.fillStyle = found.entry.one.series.colour; context.lineWidth = 2;
    trace(context, shapeOf(found.entry.one.series.dash), found.x, found.y, 5); context.fill(); context.stroke();
  }
}
