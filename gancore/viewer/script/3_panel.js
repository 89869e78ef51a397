// One scatter panel: real points underneath, generated ones on top, and what may be drawn between them.
// Nearly opaque: paler, both would lose to a dark background what tells them apart in grey.
const REAL_ALPHA = 0.9, FAKE_ALPHA = 1;

// What a variant's dot looks like: colours come round again after eight variants, with other dashes and other shapes.
const shapeOf = (dash) => (!dash[1] ? "circle" : dash[0] > 3 ? "diamond" : "square");

class Panel {
  constructor(spec, view) {
    this.spec = spec; this.view = view; this.shown = null; this.background = null;
    this.canvas = make("canvas", { class: "gc-scatter", role: "img" });
    this.caption = make("span", { class: "gc-caption" });
    const dot = make("span", { class: `gc-dot gc-${shapeOf(spec.dash)}`, style: `background:${spec.colour}` });
    const title = make("span", { class: "gc-title", title: spec.title }, dot, make("span", { class: "gc-words" }, spec.title));
    this.element = make(view.options.onPick ? "button" : "div", { class: "gc-panel", "data-variant": spec.key }, title, this.canvas, this.caption);
    if (view.options.onPick) this.element.addEventListener("click", () => this.shown && view.options.onPick({ variant: spec.key, seed: this.seed() }));
    this.canvas.addEventListener("pointermove", (event) => this.hover(event));
    this.canvas.addEventListener("pointerleave", () => view.tip.hide());
  }

  // Takes the frames of a pick, decoded once.
  show(shown) {
    this.shown = shown;
    if (shown && !shown.cloud) {
      shown.cloud = points(shown.points, this.view.payload.half);
      const layers = shown.layers;
      if (layers) {
        layers.values = Float32Array.from(new Int8Array(bytes(layers.field)), (code) => Math.sinh(code / 127 * layers.reach));
        layers.shape = layers.manifold;
        layers.curves = points(layers.curves, layers.half);
      }
    }
    this.element.classList.toggle("gc-empty", !shown);
    this.background = null;
  }

  frame(step) {
    let index = 0;
    this.shown.steps.forEach((at, i) => { if (at <= step) index = i; });
    return index;
  }

  // The generated points [count * 2] of the frame at a step.
  points(step) {
    if (!this.shown) return new Float32Array(0);
    const size = 2 * this.shown.count, index = this.frame(step);
    return this.shown.cloud.subarray(index * size, (index + 1) * size);
  }

  seed() { return this.shown.seed !== null ? this.shown.seed : this.shown.seeds[0]; }

  draw(step) {
    const area = fitted(this.canvas);
    if (!area) return;
    const { context, width: side } = area, half = this.view.payload.half, scale = side / (2 * half);
    const layers = this.view.state.layers, ratio = this.canvas.width / side, colours = this.view.payload.colours;
    const key = `${this.canvas.width} ${layers} ${this.view.ink}`;
    if (!this.background || this.background.key !== key) this.background = { key, image: this.underneath(ratio, side) };
    if (!this.shown) {
      context.drawImage(this.background.image, 0, 0, side, side);
      this.say("Not trained yet.");
      return;
    }
    const cloud = this.points(step), dot = Math.max(1.8, side / 100);
    if (layers.includes("density")) drawDensity(context, side, half, cloud, colours.fake);
    context.drawImage(this.background.image, 0, 0, side, side);
    context.fillStyle = colours.fake; context.globalAlpha = FAKE_ALPHA;
    let outside = 0, count = 0;
    for (let i = 0; i < cloud.length; i += 2) {
      const x = cloud[i], y = cloud[i + 1];
      if (x !== x) continue;
      count++;
      if (Math.abs(x) > half || Math.abs(y) > half) { outside++; continue; }
      context.fillRect((x + half) * scale - dot / 2, (half - y) * scale - dot / 2, dot, dot);
    }
    context.globalAlpha = 1;
    const index = this.frame(step), values = this.shown.values;
    this.canvas.dataset.step = this.shown.steps[index];
    const who = this.shown.seed !== null ? `seed ${this.shown.seed}` : `${this.shown.seeds.length} seeds`;
    const ended = this.shown.diverged !== null ? ` · diverged at ${thousands(this.shown.diverged)}` : "";
    this.say(`${who} · ${this.shown.seed === null ? "median " : ""}${share(values.near[index])} near, ${share(values.coverage[index])} covered${ended}`);
    this.canvas.setAttribute("aria-label", `${this.spec.title}, ${who}, step ${thousands(this.shown.steps[index])}: ` +
      `${count - outside} generated points in red over real points in blue, ${share(values.near[index])} near the curve, ` +
      `${share(values.coverage[index])} of it covered${outside ? `, ${outside} points outside the frame` : ""}`);
  }

  say(text) { if (this.caption.textContent !== text) this.caption.textContent = text; }

  // Frame, layers of the networks and real points, drawn once.
  underneath(ratio, side) {
    const image = document.createElement("canvas"), { half, colours, reals } = this.view.payload;
    image.width = image.height = Math.round(side * ratio);
    const context = image.getContext("2d");
    context.scale(ratio, ratio);
    const layers = this.view.state.layers, own = this.shown && this.shown.layers;
    if (own && layers.includes("field")) drawField(context, side, half, own, colours);
    if (own && (layers.includes("field") || layers.includes("arrows"))) drawReach(context, side, half, own, this.view.ink);
    const scale = side / (2 * half), dot = Math.max(1.4, side / 130), cloud = reals[this.spec.real].cloud;
    context.fillStyle = colours.real; context.globalAlpha = REAL_ALPHA;
    for (let i = 0; i < cloud.length; i += 2) context.fillRect((cloud[i] + half) * scale - dot / 2, (half - cloud[i + 1]) * scale - dot / 2, dot, dot);
    context.globalAlpha = 1;
    if (own && layers.includes("arrows")) drawArrows(context, side, half, own, this.view.ink);
    if (own && layers.includes("manifold")) drawManifold(context, side, half, own, this.view.ink);
    return image;
  }

  hover(event) {
    if (!this.shown) return;
    const box = this.canvas.getBoundingClientRect(), half = this.view.payload.half, index = this.frame(this.view.step());
    const place = [event.clientX - box.left, event.clientY - box.top].map((at) => at / box.width * 2 * half - half);
    const lines = Object.entries(this.view.payload.metrics).map(([key, label]) => `${label}: ${key === "w1_excess" ? number(this.shown.values[key][index]) : share(this.shown.values[key][index])}`);
    const who = this.shown.seed !== null ? `Seed ${this.shown.seed}` : `Seeds ${this.shown.seeds.join(", ")}`;
    this.view.tip.show(event, [this.spec.title, `${who}, step ${thousands(this.shown.steps[index])}`, ...lines, `At (${fixed(place[0], 2)}, ${fixed(-place[1], 2)})`]);
  }
}
