// What the final networks say, under the points of a panel; and the density of the points themselves.
function drawField(context, side, half, layers, colours) {
  const n = layers.size, image = document.createElement("canvas");
  image.width = image.height = n;
  const pixels = image.getContext("2d"), data = pixels.createImageData(n, n);
  const real = rgb(colours.real), fake = rgb(colours.fake);
  for (let row = 0; row < n; row++) for (let column = 0; column < n; column++) {
    const p = 1 / (1 + Math.exp(-layers.values[row * n + column]));
    const colour = p > 0.5 ? real : fake, at = 4 * ((n - 1 - row) * n + column);
    data.data.set([...colour, Math.round(255 * 0.75 * Math.abs(p - 0.5))], at);
  }
  pixels.putImageData(data, 0, 0);
  // The outermost values lie on the edge, so their pixels reach half a pixel beyond it.
  const size = side * layers.half / half * n / (n - 1);
  context.imageSmoothingEnabled = true;
  context.drawImage(image, (side - size) / 2, (side - size) / 2, size, size);
}

// Where the networks were asked: beyond it nothing is known, which is not that they are undecided there.
function drawReach(context, side, half, layers, ink) {
  const size = side * layers.half / half, from = (side - size) / 2;
  if (size > 0.97 * side) return;
  context.strokeStyle = ink; context.lineWidth = 1; context.globalAlpha = 0.45; context.setLineDash([3, 3]);
  context.strokeRect(from, from, size, size);
  context.setLineDash([]); context.globalAlpha = 1;
}

function drawArrows(context, side, half, layers, ink) {
  const n = layers.size, cell = 2 * layers.half / (n - 1), stride = Math.max(1, Math.round((n - 1) / 12));
  const at = (row, column) => layers.values[row * n + column], arrows = [];
  for (let row = stride; row < n - 1; row += stride) for (let column = stride; column < n - 1; column += stride) {
    const dx = (at(row, column + 1) - at(row, column - 1)) / (2 * cell);
    const dy = (at(row + 1, column) - at(row - 1, column)) / (2 * cell);
    arrows.push([column * cell - layers.half, row * cell - layers.half, dx, dy, Math.hypot(dx, dy)]);
  }
  const largest = Math.max(...arrows.map((arrow) => arrow[4]), 1e-9), length = 0.9 * stride * cell;
  context.strokeStyle = ink; context.lineWidth = 1; context.globalAlpha = 0.75;
  for (const [x, y, dx, dy, size] of arrows) {
    // Square roots, so that weak gradients show beside strong ones.
    const scale = length * Math.sqrt(size / largest) / (size || 1);
    const [x0, y0, x1, y1] = [x, y, x + dx * scale, y + dy * scale].map((value, i) => (i % 2 ? half - value : half + value) * side / (2 * half));
    const angle = Math.atan2(y1 - y0, x1 - x0);
    context.beginPath(); context.moveTo(x0, y0); context.lineTo(x1, y1);
    for (const turn of [2.6, -2.6]) { context.moveTo(x1, y1); context.lineTo(x1 + 3.5 * Math.cos(angle + turn), y1 + 3.5 * Math.sin(angle + turn)); }
    context.stroke();
  }
  context.globalAlpha = 1;
}

function drawManifold(context, side, half, layers, ink) {
  const [count, length] = layers.shape, place = (value, flip) => (flip ? half - value : half + value) * side / (2 * half);
  context.strokeStyle = ink; context.lineWidth = 1.1; context.globalAlpha = 0.7;
  for (let curve = 0; curve < count; curve++) {
    context.beginPath();
    for (let i = 0; i < length; i++) {
      const at = 2 * (curve * length + i), x = place(layers.curves[at], false), y = place(layers.curves[at + 1], true);
      if (i) context.lineTo(x, y); else context.moveTo(x, y);
    }
    context.stroke();
  }
  context.globalAlpha = 1;
}

function drawDensity(context, side, half, cloud, colour) {
  const n = 40, counts = new Float32Array(n * n);
  for (let i = 0; i < cloud.length; i += 2) {
    const column = Math.floor((cloud[i] + half) / (2 * half) * n), row = Math.floor((half - cloud[i + 1]) / (2 * half) * n);
    if (row >= 0 && row < n && column >= 0 && column < n) counts[row * n + column]++;
  }
  const smooth = blurred(blurred(counts, n, 1), n, n), largest = Math.max(...smooth, 1e-9);
  const image = document.createElement("canvas");
  image.width = image.height = n;
  const pixels = image.getContext("2d"), data = pixels.createImageData(n, n), [r, g, b] = rgb(colour);
  smooth.forEach((value, i) => data.data.set([r, g, b, 235 * Math.sqrt(value / largest)], 4 * i));
  pixels.putImageData(data, 0, 0);
  context.imageSmoothingEnabled = true;
  context.drawImage(image, 0, 0, side, side);
}

// A binomial blur of width 5 along rows (stride 1) or columns (stride n).
function blurred(values, n, stride) {
  const kernel = [1, 4, 6, 4, 1], found = new Float32Array(values.length);
  for (let line = 0; line < n; line++) for (let i = 0; i < n; i++) {
    const start = stride === 1 ? line * n : line;
    for (let k = -2; k <= 2; k++) {
      const j = i + k;
      if (j >= 0 && j < n) found[start + i * stride] += kernel[k + 2] / 16 * values[start + j * stride];
    }
  }
  return found;
}

const rgb = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
