// Arrays from base64 text, as gancore/viewer/packing.py wrote them.
const REACH = 2, LARGEST = 65534, MISSING = 65535;

function bytes(text) {
  const raw = atob(text), data = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) data[i] = raw.charCodeAt(i);
  return data.buffer;
}

function points(text, half) {
  const codes = new Uint16Array(bytes(text)), found = new Float32Array(codes.length), scale = 2 * REACH * half / LARGEST;
  for (let i = 0; i < codes.length; i++) found[i] = codes[i] === MISSING ? NaN : codes[i] * scale - REACH * half;
  return found;
}

function numbers({ middle, unit, low, high, codes }) {
  const whole = new Uint16Array(bytes(codes)), found = new Float32Array(whole.length), scale = (high - low) / LARGEST;
  for (let i = 0; i < whole.length; i++) found[i] = whole[i] === MISSING ? NaN : middle + unit * Math.sinh(low + whole[i] * scale);
  return found;
}

const wholes = (text) => new Uint32Array(bytes(text));

// Words.
const thousands = (value) => Math.round(value).toLocaleString("en-US");
const fixed = (value, digits = 3) => (value === null || !isFinite(value) ? "–" : value.toFixed(digits).replace("-", "−"));
const share = (value) => {
  if (value === null || !isFinite(value)) return "–";
  if (value > 0 && value < 0.005) return "<1%";
  return value >= 0.995 && value < 1 ? ">99%" : `${Math.round(100 * value)}%`;
};
const short = (value) => {
  const size = Math.abs(value);
  if (size >= 1e6) return `${+(value / 1e6).toPrecision(3)}M`;
  if (size >= 1e3) return `${+(value / 1e3).toPrecision(3)}k`;
  return `${+value.toPrecision(3)}`.replace("-", "−");
};

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

// A canvas's context, its backing store fitted to its size on the screen; null while it has none.
function fitted(canvas) {
  const ratio = window.devicePixelRatio || 1, width = canvas.clientWidth, height = canvas.clientHeight;
  if (!width || !height) return null;
  const wide = Math.round(width * ratio), high = Math.round(height * ratio);
  if (canvas.width !== wide || canvas.height !== high) { canvas.width = wide; canvas.height = high; }
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return { context, width, height };
}
