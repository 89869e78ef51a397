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

// Words, as gancore/words writes them: halves away from zero, a true minus, no sign on what reads as zero.
const formats = new Map(); // one takes longer to make than to use
const style = (options) => {
  const key = JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.NumberFormat("en-US", options));
  return formats.get(key);
};
const unsigned = (text) => (/[1-9]/.test(text) ? text.replaceAll("-", "−") : text.replace("-", ""));
const thousands = (value) => unsigned(style({ maximumFractionDigits: 0 }).format(value));
const known = (value) => value !== null && isFinite(value);
const fixed = (value, digits = 3) =>
  known(value) ? unsigned(style({ minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: false }).format(value)) : "–";
const number = (value, digits = 3) => {
  if (!known(value)) return "–";
  if (Math.abs(value) < 1e-7) return fixed(0, digits);
  const figures = { minimumSignificantDigits: digits, maximumSignificantDigits: digits };
  const scientific = style({ ...figures, notation: "scientific" }).format(value).split("E"), power = +scientific[1];
  return unsigned(power >= -4 && power < 6 ? style(figures).format(value) : scientific.join("e"));
};
const share = (value) => {
  if (!known(value)) return "–";
  const text = unsigned(style({ style: "percent", useGrouping: false }).format(value));
  if (value > 0 && text === "0%") return "<1%";
  return value < 1 && text === "100%" ? ">99%" : text;
};
const short = (value) => {
  const size = Math.abs(value), [unit, by] = size >= 1e6 ? ["M", 1e6] : size >= 1e3 ? ["k", 1e3] : ["", 1];
  return `${+(value / by).toPrecision(3)}${unit}`.replaceAll("-", "−");
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
