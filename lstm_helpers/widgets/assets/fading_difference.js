// Two sequences through one vanilla RNN, run here. `rnnStates` mirrors lstm_helpers.cells.rnn,
// `fade` and `sentence` mirror lstm_helpers.interventions.fading and FadingDifference.words.

import { caption, follow, history, html, leave, line, put, slider, stage, svg, text } from "./common.js";
import { doubles, fixed, raised, sayPower, scale, spread } from "./numbers.js";
import { drawNames, layNames } from "./time_lines.js";

export const unpackNumbers = (model) =>
  Object.fromEntries(Object.entries(model.get("_numbers")).map(([name, view]) => [name, doubles(view)]));

function rnnStates({ W_x, W_h, b }, xs, factor, { steps, hidden, inputs }) {
  const states = [];
  let h = new Float64Array(hidden);
  for (let t = 0; t < steps; t += 1) {
    const before = h;
    h = Float64Array.from({ length: hidden }, (_, k) => {
      let z = b[k];
      for (let d = 0; d < inputs; d += 1) z += xs[t * inputs + d] * W_x[d * hidden + k];
      for (let j = 0; j < hidden; j += 1) z += before[j] * factor * W_h[j * hidden + k];
      return Math.tanh(z);
    });
    states.push(h);
  }
  return states;
}

export function fade(numbers, factor, size) {
  const [a, b] = [numbers.xs, numbers.others].map((xs) => rnnStates(numbers, xs, factor, size));
  const difference = a.map((h, t) => Math.hypot(...h.map((value, k) => value - b[t][k])));
  const left = difference.at(-1) / difference[size.first];
  return { difference, left, factor: left ** (1 / (size.steps - 1 - size.first)) };
}

export function sentence(scale_, { left, factor }, { radius, steps, first }) {
  const begin = `W_h × ${fixed(scale_)} has spectral radius ${fixed(radius * scale_)}. `;
  const more = steps - 1 - first;
  if (!(left > 0)) return `${begin}The difference is 0 ${more} words later.`;
  return (
    `${begin}${more} words later the difference is ${sayPower(left)} times its initial size: ` +
    `a factor of ${fixed(factor)} per word, on average.`
  );
}

// The positions of the words: the label of the previous curve needs room at its end.
function fadingSteps(labels, before, width) {
  const x = scale(0, labels.length - 1, 48, width - (before ? 92 : 30));
  return [x, layNames(labels, labels.length > 1 ? x(1) - x(0) : width)];
}

function drawFading(run, before, { steps, low, high, first }, labels, colour, width, height) {
  const [x, names] = fadingSteps(labels, before, width);
  const box = { left: 48, right: x(steps - 1), top: 20, bottom: height - 30 - names.tall };
  const y = scale(low, high, box.bottom, box.top);
  const out = [text(4, 12, "difference of the states", { class: "lstm-tick" })];
  for (let power = low; power <= high; power += 3) {
    out.push(line(box.left, y(power), box.right, y(power), { class: "lstm-grid" }));
    out.push(
      text(box.left - 6, y(power) + 4, power === 0 ? "1" : `10${raised(power)}`, {
        class: "lstm-tick",
        "text-anchor": "end",
      }),
    );
  }
  // A line ends where it leaves the plot: it does not run along the lower edge as if that were a value.
  const logs = ({ difference }) =>
    difference.map((value, t) => [t, Math.log10(value)]).filter(([t, log]) => t >= first && log >= low);
  const path = (points) => (points.length ? `M${points.map(([t, log]) => `${x(t)},${y(log)}`).join("L")}` : null);
  const end = (points) => points.at(-1) ?? [first, low];
  const now = logs(run);
  if (before) {
    const points = logs(before);
    out.push(svg("path", { class: "lstm-line lstm-ghost", d: path(points), stroke: "currentColor" }));
    const [yn, yb] = spread([y(end(now)[1]), y(end(points)[1])], 17, box.top + 4, box.bottom - 4);
    out.push(
      text(box.right + 8, yb + 4, "previous", { class: "lstm-tick" }),
      text(box.right + 8, yn + 4, "now", { class: "lstm-end" }),
    );
  }
  out.push(svg("path", { class: "lstm-line lstm-fading", d: path(now), stroke: "currentColor" }));
  run.difference.forEach((value, t) => {
    const log = Math.log10(value);
    if (t >= first && log >= low)
      out.push(
        svg("circle", {
          class: "lstm-left",
          cx: x(t),
          cy: y(log),
          r: 3.2,
          fill: "currentColor",
          "data-t": t,
          "data-value": value,
        }),
      );
  });
  out.push(...drawNames(names, first, x, box.bottom + 6, width));
  out.push(text((box.left + box.right) / 2, height - 6, "words read", { class: "lstm-tick", "text-anchor": "middle" }));
  return out;
}

function render({ model, el }) {
  const numbers = unpackNumbers(model);
  const size = model.get("_size");
  const labels = model.get("_labels");
  const past = history(model, el);
  const of = (factor) => fade(numbers, factor, size);
  const factor = slider({
    symbol: "",
    name: "scale of W_h",
    min: 0,
    max: size.most,
    step: 0.05,
    onInput: (value) => put(model, "scale", value),
  });
  const height = (width) => 244 + fadingSteps(labels, past.before(), width)[1].tall;
  const picture = stage(height, (width, tall) => {
    const then = past.before();
    return drawFading(
      of(model.get("scale")),
      then && of(then.scale),
      size,
      labels,
      model.get("_colours").h,
      width,
      tall,
    );
  });
  const words = caption(picture.picture);
  const update = () => {
    const now = model.get("scale");
    factor.set(now, `× ${fixed(now)}`);
    picture.redraw();
    words.say(sentence(now, of(now), size));
  };
  const group = { class: "lstm-widget lstm-fading-difference", role: "group", "aria-label": "How a difference fades" };
  el.append(
    html(
      "div",
      group,
      html("div", { class: "lstm-controls" }, factor.row, past.buttons),
      picture.place,
      ...words.nodes,
    ),
  );
  const unfollow = follow(model, ["scale"], update);
  update();
  return leave(el, past.stop, unfollow, picture.stop, words.stop);
}

export default { render };
