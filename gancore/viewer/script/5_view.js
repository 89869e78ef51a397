// The whole view: grid, one slider, curves, and what can be chosen. Its state is plain, so that an address can carry it.
const DEFAULTS = { step: null, left: "d_acc", right: "g_loss", x: "steps", spread: "band", smooth: 1, curves: "shared", layers: [], off: [], range: null, pick: null };
const LAYERS = { field: "Discriminator", arrows: "Gradient", manifold: "Generator", density: "Density" };
const LAYER_HELP = {
  field: "What the final discriminator takes for real (blue) and for generated (red); a dashed square is how far it was asked",
  arrows: "Where the final discriminator pushes points: the gradient of its logit, its length as a square root",
  manifold: "Images of circles in the latent space under the final generator",
  density: "Density of the generated points at this step",
};

const PAPER_INK = "#1c2128";

class View {
  constructor(root, payload, options) {
    this.root = root; this.payload = payload; this.options = options;
    this.state = { ...DEFAULTS, ...options.state };
    payload.reals.forEach((real) => { real.cloud = points(real.points, payload.half); });
    for (const series of payload.curves.series) for (const from of ["history", "scores"]) series[from].decoded = Array.from(wholes(series[from].steps));
    const names = Object.keys(payload.curves.keys).filter((key) => payload.curves.series.some((series) => series[payload.curves.keys[key].from].columns[key]));
    for (const side of ["left", "right"]) if (!names.includes(this.state[side])) this.state[side] = names.includes(DEFAULTS[side]) ? DEFAULTS[side] : names[0];
    this.names = names;
    this.tip = new Tip(root);
    this.said = make("output", { class: "gc-said", "aria-live": "polite" });
    this.paper = make("div", { class: "gc-print" });
    this.panels = payload.panels.map((spec) => new Panel({ ...payload.variants[spec.key], ...spec }, this));
    root.replaceChildren(make("div", { class: "gc-view" }, this.toolbar(), this.paper, this.grid(), names.length ? this.curves() : null, this.tip.element, this.said));
    this.pick(this.state.pick);
    this.resized = new ResizeObserver(() => this.redraw());
    this.resized.observe(root);
    this.dark = window.matchMedia("(prefers-color-scheme: dark)");
    // At once for what is printed now, and again once a page around has followed the scheme.
    this.dark.addEventListener("change", this.repaint = () => { this.redraw(); setTimeout(() => this.redraw(), 50); });
    this.media = window.matchMedia("print");
    this.media.addEventListener("change", this.turned = () => this.print(this.media.matches));
    window.addEventListener("beforeprint", this.before = () => this.print(true));
    window.addEventListener("afterprint", this.after = () => this.print(false));
  }

  end() {
    this.stop(); clearTimeout(this.telling); this.resized.disconnect(); this.dark.removeEventListener("change", this.repaint);
    this.media.removeEventListener("change", this.turned); window.removeEventListener("beforeprint", this.before); window.removeEventListener("afterprint", this.after);
  }

  // Paper is white, whatever the screen is.
  print(on) { this.printing = on; this.redraw(); }

  get ink() { return this.printing ? PAPER_INK : getComputedStyle(this.root).color; }
  step() { return this.steps[this.position] ?? 0; }

  // Chooses whose runs the panels show, and with them the steps of the slider.
  pick(name) {
    const pick = this.payload.picks.find((one) => one.name === name) || this.payload.picks[0];
    this.picked = pick.name;
    this.panels.forEach((panel, i) => panel.show(pick.shown[i]));
    this.steps = [...new Set(pick.shown.flatMap((shown) => (shown ? shown.steps : [])))].sort((a, b) => a - b);
    const wanted = this.state.step ?? Infinity;
    this.position = Math.max(0, this.steps.findLastIndex((step) => step <= wanted));
    this.slider.max = Math.max(0, this.steps.length - 1);
    this.slider.disabled = this.steps.length < 2;
    this.layerBoxes.forEach(([name, box]) => { box.disabled = name !== "density" && !pick.shown.some((shown) => shown && shown.layers); });
    this.seek(this.position, false);
    this.redraw();
  }

  // Moves to a frame: every panel, and the marker on every curve.
  seek(position, tell = true) {
    this.position = Math.max(0, Math.min(this.steps.length - 1, position));
    this.slider.value = this.position;
    const step = this.step();
    this.slider.setAttribute("aria-valuetext", `step ${thousands(step)}`);
    this.label.textContent = `Step ${thousands(step)}`;
    this.state.step = this.position === this.steps.length - 1 ? null : step;
    this.panels.forEach((panel) => panel.draw(step));
    (this.charts || []).forEach((chart) => chart.mark(step));
    this.inWords();
    if (tell) this.tell();
  }

  redraw() {
    this.panels.forEach((panel) => panel.draw(this.step()));
    this.inWords();
    if (!this.charts) return;
    this.offer();
    for (const side of ["left", "right"]) {
      const charts = this.sides[side], domains = domainsOf(charts, this.state[side], this);
      charts.forEach((chart) => chart.draw(this.state[side], domains));
    }
  }

  // On paper, what the controls say on a screen.
  inWords() {
    const { state } = this, smooth = smoothing(state), layers = state.layers.map((name) => LAYERS[name].toLowerCase());
    const whose = { each: "every seed in a panel of its own", all: "every seed in one panel" }[this.picked] || (isNaN(this.picked) ? `each variant's ${this.picked} seed` : `seed ${this.picked}`);
    const over = state.spread === "seeds" ? "every seed" : "median and quartiles over seeds";
    this.paper.replaceChildren(make("p", {}, `Step ${thousands(this.step())}; points of ${whose}${layers.length ? `; with ${layers.join(", ")}` : ""}. Curves: ${over}${smooth ? `, ${smooth}` : ""}.`), this.key());
    if (!this.charts) return;
    for (const side of ["left", "right"]) {
      this.heads[side].textContent = this.payload.curves.keys[state[side]].label + (smooth ? `, ${smooth}` : "");
      this.notes[side].textContent = smooth;
    }
    this.listed.replaceChildren(...this.payload.curves.series.filter(({ key }) => !state.off.includes(key)).map((series) => make("span", { class: "gc-field" }, swatch(series), series.label)));
  }

  // Where most variants end, in the unit of the axis: one that trains eight times as long must not squeeze all others.
  usual() {
    const ends = this.ends(), counts = new Map();
    ends.forEach((end) => counts.set(end, (counts.get(end) || 0) + 1));
    const often = Math.max(0, ...counts.values()), usual = Math.max(0, ...ends.filter((end) => counts.get(end) === often));
    return this.longest() > 1.5 * usual ? usual : this.longest() || 1;
  }

  ends() {
    return this.charts.flatMap((chart) => chart.series.map((series) => +chart.x(series, last(series.history.decoded)).toPrecision(6)));
  }

  longest() { return Math.max(0, ...this.ends()); }

  // A button for what the axis leaves out: all of the training, or back from there.
  offer() {
    const range = this.state.range, cut = this.longest() > this.usual();
    const back = cut && range && range[1] >= 0.99 * this.longest() && !range[0];
    this.reset.hidden = !range && !cut;
    this.reset.textContent = back ? "Usual range" : "Whole training";
    this.reset.onclick = () => this.zoom(back || !cut ? null : [0, this.longest()]);
  }

  change(changes) { Object.assign(this.state, changes); this.redraw(); this.tell(); }
  zoom(range) { this.change({ range: range && range.map((at) => +at.toPrecision(4)) }); }

  // Tells whoever carries the state in an address, once it has settled.
  tell() {
    clearTimeout(this.telling);
    if (this.options.onChange) this.telling = setTimeout(() => this.options.onChange(this.changed()), 300);
  }

  // What differs from the defaults.
  changed() {
    const at = this.state;
    return Object.fromEntries(Object.keys(DEFAULTS).map((name) => [name, String(at[name] ?? "") === String(DEFAULTS[name] ?? "") ? null : at[name]]));
  }

  toolbar() {
    const button = (label, title, act) => make("button", { class: "gc-button", type: "button", title, "aria-label": title, onclick: act }, label);
    this.slider = make("input", { type: "range", min: 0, max: 0, class: "gc-slider", "aria-label": "Training step", oninput: () => { this.stop(); this.seek(+this.slider.value); } });
    this.label = make("output", { class: "gc-step" });
    this.player = button("▶", "Play", () => (this.playing ? this.stop() : this.play()));
    this.speed = make("select", { class: "gc-select", "aria-label": "Speed", title: "Speed" }, ...[["2", "½×"], ["4", "1×"], ["8", "2×"], ["16", "4×"]].map(([value, text]) => make("option", { value, selected: value === "4" }, text)));
    const layers = Object.entries(LAYERS).map(([name, text]) => {
      const box = make("input", { type: "checkbox", onchange: () => this.change({ layers: this.layerBoxes.filter(([, one]) => one.checked).map(([one]) => one) }) });
      box.checked = this.state.layers.includes(name);
      return [name, box, make("label", { class: "gc-check", title: LAYER_HELP[name] }, box, text)];
    });
    this.layerBoxes = layers;
    const picks = this.payload.picks.length < 2 ? null : make("label", { class: "gc-field" }, "Seed shown", make("select", { class: "gc-select", onchange: (event) => { this.state.pick = event.target.value; this.pick(event.target.value); this.tell(); } },
      ...this.payload.picks.map(({ name }) => make("option", { value: name, selected: name === this.state.pick }, name))));
    return make("div", { class: "gc-bar" },
      make("div", { class: "gc-time" }, button("◀", "One step back", () => { this.stop(); this.seek(this.position - 1); }), this.player, button("▶|", "One step forward", () => { this.stop(); this.seek(this.position + 1); }), this.slider, this.label, this.speed),
      make("div", { class: "gc-choices" }, this.key(), picks, make("span", { class: "gc-hint" }, "Final networks"), ...layers.slice(0, 3).map((layer) => layer[2]), make("span", { class: "gc-hint" }, "This step"), layers[3][2], ...(this.options.share ? this.shareButtons() : [])));
  }

  // What the two colours are.
  key() {
    const { real, fake } = this.payload.colours;
    const dot = (colour) => make("span", { class: "gc-dot", style: `background:${colour}` });
    return make("span", { class: "gc-field" }, dot(real), "real", dot(fake), "generated");
  }

  // Copies the address of this very view, or what shows it inside another page.
  shareButtons() {
    const copy = (label, title, text) => {
      const element = make("button", { class: "gc-button", type: "button", title, onclick: async () => {
        this.options.onChange(this.changed());
        try {
          await navigator.clipboard.writeText(text());
          element.textContent = "Copied";
        } catch {
          window.prompt(title, text());
        }
        setTimeout(() => { element.textContent = label; }, 1500);
      } }, label);
      return element;
    };
    // A job is this server's own: elsewhere a link with one would only be told that it is unknown.
    const shared = () => { const address = new URL(window.location.href); address.searchParams.delete("job"); return address; };
    const embedded = () => { const address = shared(); address.searchParams.set("embed", "true"); return address.href.replaceAll('"', "%22").replaceAll("&", "&amp;"); };
    return [make("span", { class: "gc-gap" }), copy("Copy link", "A link to what you see now", () => shared().href),
      copy("Copy embed code", "HTML that shows the grid and the curves inside another page", () => `<iframe src="${embedded()}" width="100%" height="900" style="border:0" title="gancore"></iframe>`)];
  }

  play() {
    if (this.position >= this.steps.length - 1) this.seek(0, false);
    this.player.textContent = "❚❚"; this.player.setAttribute("aria-label", "Pause"); this.player.title = "Pause";
    const beat = () => {
      if (this.position >= this.steps.length - 1) return this.stop();
      this.seek(this.position + 1);
      this.playing = setTimeout(beat, 1000 / +this.speed.value);
    };
    this.playing = setTimeout(beat, 100);
  }

  stop() {
    clearTimeout(this.playing); this.playing = null;
    this.player.textContent = "▶"; this.player.setAttribute("aria-label", "Play"); this.player.title = "Play";
  }

  grid() {
    const { table } = this.payload;
    if (!table) {
      const size = this.panels.length <= 4 ? "gc-large" : this.panels.length > 40 ? "gc-small" : "gc-medium";
      return make("div", { class: `gc-grid ${size}` }, ...this.panels.map((panel) => panel.element));
    }
    const cells = [make("div", { class: "gc-corner" })];
    table.columns.forEach((words) => cells.push(make("div", { class: "gc-head" }, words)));
    table.rows.forEach((words, row) => {
      cells.push(make("div", { class: "gc-head gc-row" }, make("span", {}, words)));
      table.columns.forEach((_, column) => {
        const panel = this.panels.find(({ spec }) => spec.place && spec.place[0] === row && spec.place[1] === column);
        cells.push(panel ? panel.element : make("div", { class: "gc-panel gc-empty" }));
      });
    });
    return make("div", { class: "gc-grid gc-table", style: `--gc-columns:${table.columns.length}` }, ...cells);
  }

  curves() {
    const options = (chosen) => this.names.map((key) => make("option", { value: key, selected: key === chosen }, this.payload.curves.keys[key].label));
    const choose = (side) => make("select", { class: "gc-select gc-wide", "aria-label": `${side} curves`, onchange: (event) => this.change({ [side]: event.target.value }) }, ...options(this.state[side]));
    const select = (name, label, choices, act) => make("label", { class: "gc-field" }, label, make("select", { class: "gc-select", onchange: (event) => act(event.target.value) },
      ...Object.entries(choices).map(([value, text]) => make("option", { value, selected: String(this.state[name]) === value }, text))));
    this.reset = make("button", { class: "gc-button gc-reset", type: "button" });
    const both = (tag, words) => ({ left: make(tag, { class: words }), right: make(tag, { class: words }) }), [kept, rows] = this.payload.curves.rows;
    this.boxes = both("div", "gc-charts"); this.heads = both("div", "gc-print gc-title"); this.notes = both("span", "gc-hint");
    this.listed = make("div", { class: "gc-print" });
    this.legend = make("div", { class: "gc-legend" }, ...this.payload.curves.series.map((series) => this.chip(series)));
    this.fill();
    return make("section", { class: "gc-curves", "aria-label": "Curves" },
      make("div", { class: "gc-choices" },
        select("spread", "Over seeds", { band: "median and quartiles", seeds: "every seed" }, (value) => this.change({ spread: value })),
        select("x", "Along", { steps: "steps", samples: "samples seen", seconds: "seconds" }, (value) => { this.zoom(null); this.change({ x: value }); }),
        select("smooth", "Smoothed over", { 1: "nothing", 3: "3 rows", 5: "5 rows", 9: "9 rows" }, (value) => this.change({ smooth: +value })),
        select("curves", "Axes", { shared: "shared", own: "one a variant" }, (value) => { this.state.curves = value; this.fill(); this.change({}); }),
        kept < rows ? make("span", { class: "gc-hint" }, `${kept} of ${rows} rows a run`) : null, this.reset),
      make("div", { class: "gc-sides" }, ...["left", "right"].map((side) => make("div", {}, this.heads[side], make("div", { class: "gc-head-line" }, choose(side), this.notes[side]), this.boxes[side]))),
      this.legend, this.listed);
  }

  // Charts for both sides: one for all variants, or one each.
  fill() {
    this.sides = {};
    for (const side of ["left", "right"]) {
      const all = this.payload.curves.series;
      this.sides[side] = this.state.curves === "own" ? all.map((series) => new Chart(this, [series], series.label)) : [new Chart(this, all)];
      this.boxes[side].className = `gc-charts ${this.state.curves === "own" ? "gc-many" : ""}`;
      this.boxes[side].replaceChildren(...this.sides[side].map((chart) => chart.element));
    }
    this.charts = [...this.sides.left, ...this.sides.right];
  }

  chip(series) {
    const chip = make("button", { class: "gc-chip", type: "button", title: "Show or hide", "aria-pressed": String(!this.state.off.includes(series.key)), onclick: () => {
      const off = this.state.off.includes(series.key) ? this.state.off.filter((key) => key !== series.key) : [...this.state.off, series.key];
      chip.setAttribute("aria-pressed", String(!off.includes(series.key)));
      this.change({ off });
    } }, swatch(series), series.label);
    return chip;
  }
}

const swatch = ({ dash, colour }) => make("span", { class: "gc-swatch", style: `border-top:3px ${{ circle: "solid", diamond: "dashed", square: "dotted" }[shapeOf(dash)]} ${colour}` });

class Tip {
  constructor(root) { this.root = root; this.element = make("div", { class: "gc-tip", role: "tooltip" }); this.element.hidden = true; }
  show(event, lines) {
    this.element.replaceChildren(...lines.map((text, i) => make(i ? "div" : "strong", {}, text)));
    this.element.hidden = false;
    const wide = this.element.offsetWidth, high = this.element.offsetHeight;
    this.element.style.left = `${Math.min(event.clientX + 14, window.innerWidth - wide - 8)}px`;
    this.element.style.top = `${Math.min(event.clientY + 14, window.innerHeight - high - 8)}px`;
  }
  hide() { this.element.hidden = true; }
}

function mount(root, payload, options = {}) {
  if (root.gancoreView) root.gancoreView.end();
  root.classList.add("gc-root");
  root.gancoreView = new View(root, payload, options);
  return root.gancoreView;
}
