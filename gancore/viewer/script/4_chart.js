// Curves of all variants on one pair of axes: median and quartiles over seeds, or every seed.
class Chart {
  constructor(view, series, title) {
    this.view = view; this.series = series; this.cursor = new Cursor(this);
    this.base = make("canvas", { class: "gc-lines", role: "application", tabindex: 0, "aria-roledescription": "chart", "aria-description": "Arrow keys read values, with Shift they select a range; Escape clears it.",
      onkeydown: (event) => this.cursor.press(event), onkeyup: (event) => this.cursor.release(event), onblur: () => this.cursor.leave() });
    this.over = make("canvas", { class: "gc-over", "aria-hidden": "true" });
    this.element = make("div", { class: "gc-chart" }, title ? make("div", { class: "gc-title" }, title) : null, make("div", { class: "gc-plot" }, this.base, this.over));
    this.over.addEventListener("pointermove", (event) => this.hover(event));
    this.over.addEventListener("pointerleave", () => view.tip.hide());
    this.over.addEventListener("pointerdown", (event) => this.brush(event));
    this.over.addEventListener("dblclick", () => view.zoom(null));
  }

  // Lines to draw: label, colour, dash, x, middle, low and high (or one a seed).
  lines(key) {
    const { state, payload } = this.view, source = payload.curves.keys[key].from, found = [];
    for (const series of this.series) {
      const columns = series[source].columns, steps = series[source].decoded;
      if (!columns[key] || state.off.includes(series.key)) continue;
      if (columns[key].codes) columns[key] = numbers(columns[key]);
      const table = columns[key], count = steps.length, runs = series.seeds.length;
      const x = Array.from(steps, (step) => this.x(series, step));
      const rows = Array.from({ length: runs }, (_, run) => smoothed(table.subarray(run * count, (run + 1) * count), state.smooth));
      const quartiles = Array.from({ length: count }, (_, i) => quartilesOf(rows.map((row) => row[i])));
      const raw = state.smooth > 1 && Array.from({ length: count }, (_, i) => quartilesOf(Array.from(rows, (_, run) => table[run * count + i]))[1]);
      found.push({ series, x, steps, rows, raw, low: quartiles.map((q) => q[0]), middle: quartiles.map((q) => q[1]), high: quartiles.map((q) => q[2]) });
    }
    return found;
  }

  x(series, step) {
    if (this.view.state.x === "samples") return step * series.samples;
    if (this.view.state.x === "seconds") return step * quartilesOf(series.seconds)[1];
    return step;
  }

  draw(key, domains) {
    this.key = key;
    const area = fitted(this.base);
    if (!area) return;
    const { context, width, height } = area, { state, ink } = this.view, known = this.view.payload.curves.keys[key];
    this.drawn = this.lines(key);
    const [x0, x1] = domains.x, [y0, y1] = domains.y, left = 46, right = width - 16, top = 8, bottom = height - 34;
    this.scale = { x: (value) => left + (value - x0) / (x1 - x0 || 1) * (right - left), y: (value) => bottom - (value - y0) / (y1 - y0 || 1) * (bottom - top), left, right, top, bottom, x0, x1 };
    const { scale } = this;
    context.font = "11px system-ui, sans-serif"; context.fillStyle = ink; context.lineWidth = 1;
    context.strokeStyle = "rgba(138,143,152,0.28)"; context.textBaseline = "middle"; context.textAlign = "right";
    for (const tick of ticks(y0, y1, 4)) {
      context.beginPath(); context.moveTo(left, scale.y(tick)); context.lineTo(right, scale.y(tick)); context.stroke();
      context.fillText(short(tick), left - 6, scale.y(tick));
    }
    context.textAlign = "center"; context.textBaseline = "top";
    for (const tick of ticks(x0, x1, width < 280 ? 3 : 5)) context.fillText(short(tick), scale.x(tick), bottom + 5);
    const along = { steps: "training step", samples: "real samples seen", seconds: "seconds of training" }[state.x], smooth = smoothing(state);
    const said = smooth ? `${along}, ${smooth}` : along;
    context.fillText(context.measureText(said).width < width - 8 ? said : along, Math.min((left + right) / 2, width - context.measureText(said).width / 2 - 4), bottom + 19);
    context.save(); context.beginPath(); context.rect(left, top, right - left, bottom - top); context.clip();
    if (known.percent) line(context, [x0, x1], [50, 50], scale, { colour: "#8a8f98", dash: [4, 4], width: 1 });
    for (const one of this.drawn) {
      const { colour, dash } = one.series;
      if (state.spread === "seeds") one.rows.forEach((row) => line(context, one.x, row, scale, { colour, dash, width: 1, alpha: 0.45 }));
      else band(context, one, scale, colour);
    }
    // What smoothing takes away stays faintly underneath; every seed's own curves are too many for that.
    if (state.spread !== "seeds") for (const one of this.drawn) {
      if (one.raw) line(context, one.x, one.raw, scale, { colour: one.series.colour, width: 1, alpha: 0.35 });
    }
    if (state.spread !== "seeds") for (const one of this.drawn) line(context, one.x, one.middle, scale, { colour: one.series.colour, dash: one.series.dash, width: 2 });
    context.restore();
    const inside = this.drawn.some((one) => one.x.some((x, i) => x >= x0 && x <= x1 && isFinite(one.middle[i])));
    if (!inside) { context.textAlign = "center"; context.fillText("No value in this range.", (left + right) / 2, (top + bottom) / 2); }
    const ends = this.drawn.map((one) => `${one.series.label} ${number(last(one.middle))}`);
    this.base.setAttribute("aria-label", `${known.label} over training${smooth ? `, ${smooth}` : ""}; at the end the medians are ${ends.join(", ")}`);
    this.mark(this.view.step());
    // A canvas is printed as what draws it, and there the clearing of one clears what lies below: paper has one alone.
    if (this.view.printing) this.point(context, this.view.step());
  }

  mark(step) {
    const area = fitted(this.over);
    if (!area || !this.scale) return;
    const { context } = area, { scale } = this;
    this.point(context, step);
    this.over.dataset.step = step;
    const brushed = this.dragged || this.cursor.brushed();
    if (brushed) { context.fillStyle = this.view.ink; context.globalAlpha = 0.15; context.fillRect(brushed[0], scale.top, brushed[1] - brushed[0], scale.bottom - scale.top); context.globalAlpha = 1; }
    this.cursor.draw(context);
  }

  // The marker of the step: a line over steps, a dot on each curve where variants differ in pace.
  point(context, step) {
    const { scale } = this;
    context.strokeStyle = this.view.ink; context.fillStyle = this.view.ink; context.lineWidth = 1;
    if (this.view.state.x === "steps") {
      const x = scale.x(step);
      if (x >= scale.left - 0.5 && x <= scale.right + 0.5) { context.beginPath(); context.moveTo(x, scale.top); context.lineTo(x, scale.bottom); context.stroke(); }
    } else for (const one of this.drawn) {
      const i = nearest(one.steps, step), x = scale.x(one.x[i]), y = scale.y(one.middle[i]);
      if (x < scale.left || x > scale.right || !isFinite(y)) continue;
      context.fillStyle = one.series.colour; trace(context, shapeOf(one.series.dash), x, y, 4); context.fill(); context.stroke();
    }
  }

  hover(event) {
    if (!this.scale || this.dragged) return;
    const box = this.over.getBoundingClientRect(), at = event.clientX - box.left, high = event.clientY - box.top;
    let best = null;
    for (const entry of this.entries()) for (let i = 0; i < entry.values.length; i++) {
      if (!isFinite(entry.values[i])) continue;
      const apart = Math.hypot(this.scale.x(entry.one.x[i]) - at, 0.6 * (this.scale.y(entry.values[i]) - high));
      if (!best || apart < best.apart) best = { apart, entry, i };
    }
    if (!best || best.apart > 60) return this.view.tip.hide();
    this.view.tip.show(event, this.words(best.entry, best.i));
  }

  // What can be pointed at: every variant's median, or every seed's curve where these are drawn.
  entries() {
    if (this.view.state.spread !== "seeds") return this.drawn.map((one) => ({ one, run: null, values: one.middle }));
    return this.drawn.flatMap((one) => one.rows.map((values, run) => ({ one, run, values })));
  }

  words({ one, run, values }, i) {
    const at = [`Step ${thousands(one.steps[i])}`], smooth = smoothing(this.view.state);
    if (run !== null) return [one.series.label, `Seed ${one.series.seeds[run]}`, ...at, `${this.view.payload.curves.keys[this.key].label}: ${number(values[i])}`, ...(smooth ? [smooth] : [])];
    const runs = one.rows.filter((row) => isFinite(row[i])).length;
    return [one.series.label, ...at, `Median ${number(one.middle[i])}`, `Quartiles ${number(one.low[i])} to ${number(one.high[i])}`, `${runs} seed${runs === 1 ? "" : "s"}${smooth ? `, ${smooth}` : ""}`];
  }

  brush(event) {
    if (!this.scale || event.button) return;
    const box = this.over.getBoundingClientRect(), clamp = (x) => Math.min(this.scale.right, Math.max(this.scale.left, x)), start = clamp(event.clientX - box.left);
    const move = (next) => { this.dragged = [start, clamp(next.clientX - box.left)]; this.mark(this.view.step()); };
    const end = () => {
      window.removeEventListener("pointermove", move); window.removeEventListener("pointerup", end);
      const dragged = this.dragged; this.dragged = null;
      if (!dragged || Math.abs(dragged[1] - dragged[0]) < 8) return this.mark(this.view.step());
      const unit = (x) => this.scale.x0 + (x - this.scale.left) / (this.scale.right - this.scale.left) * (this.scale.x1 - this.scale.x0);
      this.view.zoom(dragged.sort((a, b) => a - b).map(unit));
    };
    window.addEventListener("pointermove", move); window.addEventListener("pointerup", end);
  }
}

// Lowest and highest of what charts of one key show, so that small multiples share their axes.
function domainsOf(charts, key, view) {
  const known = view.payload.curves.keys[key], lines = charts.flatMap((chart) => chart.lines(key));
  const x = view.state.range || [0, view.usual()];
  if (known.percent) return { x, y: [0, 100] };
  const ys = lines.flatMap((one) => (view.state.spread === "seeds" ? one.rows.flatMap((row) => Array.from(row)) : [...one.low, ...one.high]).filter(isFinite)).sort((a, b) => a - b);
  if (!ys.length) return { x, y: [0, 1] };
  // One exploding run must not flatten all others.
  const top = ys[Math.floor(0.995 * (ys.length - 1))], low = Math.min(0, ys[Math.floor(0.005 * (ys.length - 1))]);
  return { x, y: [low, top > low ? low + 1.06 * (top - low) : low + 1] };
}

function line(context, xs, ys, scale, { colour, dash = [1, 0], width = 2, alpha = 1 }) {
  context.strokeStyle = colour; context.lineWidth = width; context.globalAlpha = alpha;
  context.setLineDash(dash[1] ? dash : []); context.beginPath();
  let open = false;
  for (let i = 0; i < xs.length; i++) {
    if (!isFinite(ys[i])) continue;
    if (open) context.lineTo(scale.x(xs[i]), scale.y(ys[i])); else context.moveTo(scale.x(xs[i]), scale.y(ys[i]));
    open = true;
  }
  context.stroke(); context.setLineDash([]);
  // A point without neighbours is no line, and a metric may be known at the last step alone.
  const alone = (i) => isFinite(ys[i]) && !isFinite(ys[i - 1] ?? NaN) && !isFinite(ys[i + 1] ?? NaN);
  context.fillStyle = colour;
  for (let i = 0; i < xs.length; i++) if (alone(i)) { context.beginPath(); context.arc(scale.x(xs[i]), scale.y(ys[i]), width + 1.5, 0, 7); context.fill(); }
  context.globalAlpha = 1;
}

function trace(context, shape, x, y, r) {
  context.beginPath();
  if (shape === "circle") context.arc(x, y, r, 0, 7);
  else if (shape === "square") context.rect(x - r, y - r, 2 * r, 2 * r);
  else for (const [dx, dy] of [[0, -1.3], [1.3, 0], [0, 1.3], [-1.3, 0]]) context.lineTo(x + dx * r, y + dy * r);
  context.closePath();
}

function band(context, one, scale, colour) {
  const kept = one.x.map((_, i) => i).filter((i) => isFinite(one.low[i]) && isFinite(one.high[i]));
  context.fillStyle = colour; context.globalAlpha = 0.14; context.beginPath();
  kept.forEach((i) => context.lineTo(scale.x(one.x[i]), scale.y(one.high[i])));
  kept.reverse().forEach((i) => context.lineTo(scale.x(one.x[i]), scale.y(one.low[i])));
  context.closePath(); context.fill(); context.globalAlpha = 1;
}

function ticks(low, high, count) {
  const rough = (high - low) / count, power = 10 ** Math.floor(Math.log10(rough || 1));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((size) => size >= rough) || power, found = [];
  for (let tick = Math.ceil(low / step - 1e-9) * step; tick <= high + 1e-9 * step; tick += step) found.push(Math.abs(tick) < step / 1e6 ? 0 : tick);
  return found;
}

const smoothing = ({ smooth }) => (smooth > 1 ? `smoothed over ${smooth} rows` : "");

// Centred moving average over an odd number of rows; what is not a number is left out.
function smoothed(row, width) {
  if (width <= 1) return row;
  const reach = (width - 1) / 2;
  return Float32Array.from(row, (value, i) => {
    if (!isFinite(value)) return NaN;
    let sum = 0, count = 0;
    for (let j = Math.max(0, i - reach); j <= Math.min(row.length - 1, i + reach); j++) if (isFinite(row[j])) { sum += row[j]; count++; }
    return sum / count;
  });
}

function quartilesOf(values) {
  const sorted = values.filter(isFinite).sort((a, b) => a - b);
  if (!sorted.length) return [NaN, NaN, NaN];
  return [0.25, 0.5, 0.75].map((share) => {
    const at = share * (sorted.length - 1), below = Math.floor(at);
    return sorted[below] + (at - below) * ((sorted[below + 1] ?? sorted[below]) - sorted[below]);
  });
}

const last = (values) => { for (let i = values.length - 1; i >= 0; i--) if (isFinite(values[i])) return values[i]; return NaN; };
const nearest = (steps, step) => { let best = 0; steps.forEach((at, i) => { if (Math.abs(at - step) < Math.abs(steps[best] - step)) best = i; }); return best; };
