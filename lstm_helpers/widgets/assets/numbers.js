// Numbers: decoding, formatting and placing. Pure functions, each compared with the package's own by the
// cases of tests/test_said_once.py.

// Doubles and floats that Python sent. A copy: the view need not start at a multiple of eight bytes.
const bytes = (view) => view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength);
export const doubles = (view) => new Float64Array(bytes(view));
export const floats = (view) => new Float32Array(bytes(view));

// Fixed digits with a typographic minus sign and no negative zero: figures.style.number. Ties are rounded to the even
// digit, as in Python.
export function fixed(number, digits = 2) {
  const size = Math.abs(number);
  let words = size.toFixed(digits);
  const halfWay = (size * 2 ** (digits + 1)) % 2 === 1; // exact: a product with a power of two is not rounded
  if (halfWay && Number(words.at(-1)) % 2) words = (size - 0.5 * 10 ** -digits).toFixed(digits);
  return (number < 0 && Number(words) !== 0 ? "\u2212" : "") + words;
}

// Two digits beside a drawing, fewer for large numbers: they must fit.
export const brief = (number) => fixed(number, Math.abs(number) < 9.995 ? 2 : Math.abs(number) < 99.95 ? 1 : 0);

export const raised = (whole) =>
  String(whole)
    .replaceAll("-", "\u207b")
    .replace(/\d/g, (digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit]);

// Two digits, or a digit and a power of ten if it is far from 1: figures.axes.say_power of its logarithm.
export function sayPower(value) {
  const [mantissa, exponent] = value.toExponential(1).split("e").map(Number);
  if (exponent > -4 && exponent < 4) return Number(`${mantissa}e${exponent}`).toFixed(Math.max(0, 1 - exponent));
  const [digit, power] = value.toExponential(0).split("e").map(Number);
  return `${digit}\u00a0×\u00a010${raised(power)}`; // no line break inside a number
}

// Three decimals, or a power of ten where they would all be 0: figures.diagram.say_gradient.
export const sayGradient = (value) =>
  value !== 0 && Math.abs(value) < 0.0005 ? value.toExponential(0).replaceAll("-", "\u2212") : fixed(value, 3);

export const scale = (from0, from1, to0, to1) => (value) => to0 + ((value - from0) / (from1 - from0)) * (to1 - to0);

// The smallest of 1, 2, 3, 5, 10, 20, 30 … that is not exceeded, the limit of an axis: figures.style.nice_limit.
export function niceLimit(largest) {
  let unit = 1;
  for (;;) {
    for (const rung of [1, 2, 3, 5]) if (largest <= rung * unit * (1 + 1e-9)) return rung * unit;
    unit *= 10;
  }
}

// Shifts positions as little as needed to put neighbours `distance` apart, from `low` to `high` if they fit there:
// figures.style.spread. Neighbours that are too close form a group around their mean; groups that meet are merged.
export function spread(places, distance, low, high) {
  const centre = (group) => {
    const half = (distance * (group.length - 1)) / 2;
    if (2 * half > high - low) return (low + high) / 2;
    const mean = group.reduce((sum, k) => sum + places[k], 0) / group.length;
    return Math.max(low + half, Math.min(high - half, mean));
  };
  const groups = [];
  for (const k of places.map((_, n) => n).sort((a, b) => places[a] - places[b])) {
    groups.push([k]);
    while (groups.length > 1) {
      const [left, right] = groups.slice(-2);
      if (centre(right) - centre(left) >= (distance * (left.length + right.length)) / 2 - 1e-9) break;
      groups.splice(-2, 2, [...left, ...right]);
    }
  }
  const settled = [];
  for (const group of groups) {
    group.forEach((k, n) => {
      settled[k] = centre(group) + distance * (n - (group.length - 1) / 2);
    });
  }
  return settled;
}
