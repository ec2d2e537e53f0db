// A pre-activation on its activation function, and gate × value beside it; both can be dragged. `passed` and
// `sentence` mirror SoftGate.passed and SoftGate.words.

import { sigmoid, sigmoidDerivative, tanhDerivative } from "./activations.js";
import {
  caption,
  choice,
  draggable,
  follow,
  history,
  html,
  leave,
  line,
  put,
  slider,
  stage,
  svg,
  text,
} from "./common.js";
import { fixed, scale } from "./numbers.js";

const ACTIVATIONS = { sigmoid: [sigmoid, sigmoidDerivative, "o"], tanh: [Math.tanh, tanhDerivative, "g"] };

export function passed({ value, z, activation }) {
  const [apply, differentiate] = ACTIVATIONS[activation];
  const gate = apply(z);
  return { gate, derivative: differentiate(gate), product: gate * value };
}

const inBrackets = (written) => (written.startsWith("\u2212") ? `(${written})` : written);

export function sentence({ value, z, activation }, { gate, derivative, product }) {
  const activated = `${activation}(${fixed(z)}) = ${fixed(gate)}, and the derivative there is ${fixed(derivative)}.`;
  const percent = Math.round(100 * gate);
  let does = percent ? `The gate passes ${percent} % of the value` : "The gate passes almost nothing";
  if (gate < 0) does = "A gate must not reverse the sign of the value, but this output is below 0";
  return `${activated} ${does}: ${fixed(gate)} × ${inBrackets(fixed(value))} = ${fixed(product)}.`;
}

// The two plots side by side where there is room, else the gate below the activation function.
function arrange(width) {
  const wide = width >= 560;
  const half = wide ? width / 2 : width;
  const plot = { left: 34, right: half - (wide ? 22 : 8), top: 26, bottom: 216 };
  const from = wide ? half + 10 : 0;
  const wall = { left: from + 34, right: width - 6, top: wide ? 26 : 286, bottom: wide ? 216 : 476 };
  return { plot, wall, height: wide ? 258 : 490 };
}

function drawGate(now, numbers, reach, colours, width) {
  const { plot, wall } = arrange(width);
  const colour = colours[ACTIVATIONS[now.activation][2]];
  return [
    ...drawActivation(now, numbers, reach.z, colour, plot),
    ...drawProduct(now, numbers, reach.value, colour, wall),
  ];
}

function levels(values, y, { left, right }) {
  return values.flatMap((level) => [
    line(left, y(level), right, y(level), { class: "lstm-grid" }),
    text(left - 6, y(level) + 4, fixed(level, 0), { class: "lstm-tick", "text-anchor": "end" }),
  ]);
}

function drawActivation({ z, activation }, { gate, derivative }, reach, colour, box) {
  const x = scale(-reach, reach, box.left, box.right);
  const y = scale(-1.1, 1.1, box.bottom, box.top);
  const out = levels([-1, 0, 1], y, box);
  for (let n = -reach; n <= reach; n += 4)
    out.push(text(x(n), box.bottom + 17, fixed(n, 0), { class: "lstm-tick", "text-anchor": "middle" }));
  out.push(
    text((box.left + box.right) / 2, box.bottom + 35, "pre-activation z", {
      class: "lstm-tick",
      "text-anchor": "middle",
    }),
  );
  const points = Array.from({ length: 161 }, (_, k) => -reach + (2 * reach * k) / 160);
  for (const name of Object.keys(ACTIVATIONS).sort((a) => (a === activation ? 1 : -1))) {
    const d = "M" + points.map((at) => `${x(at)},${y(ACTIVATIONS[name][0](at))}`).join("L");
    out.push(
      svg("path", {
        class: `lstm-line lstm-activation-${name}${name === activation ? "" : " lstm-rest"}`,
        d,
        stroke: "currentColor",
      }),
    );
  }
  const other = activation === "tanh" ? "sigmoid" : "tanh";
  out.push(text(box.left + 3, y(ACTIVATIONS[other][0](-reach)) - 6, other, { class: "lstm-tick lstm-halo" }));
  const run = 34 / Math.hypot(x(1) - x(0), derivative * (y(1) - y(0))); // a tangent of the same length everywhere
  out.push(line(x(z), y(0), x(z), y(gate), { class: "lstm-half" }));
  out.push(
    line(x(z - run), y(gate - run * derivative), x(z + run), y(gate + run * derivative), { class: "lstm-tangent" }),
  );
  const data = { "data-gate": gate, "data-derivative": derivative };
  out.push(svg("circle", { class: "lstm-point", cx: x(z), cy: y(gate), r: 7.5, fill: colour, ...data }));
  out.push(svg("circle", { class: "lstm-movable lstm-hit-area", cx: x(z), cy: y(gate), r: 22, "data-move": "z" }));
  const slope = box.right - box.left > 240 ? `, derivative ${fixed(derivative)}` : "";
  out.push(text(box.left, 14, `${activation}(${fixed(z)}) = ${fixed(gate)}${slope}`, { class: "lstm-end" }));
  return out;
}

// The value is a thickness on the left of a wall, and gate × value the thickness on its right.
function drawProduct({ value }, { gate, product }, most, colour, box) {
  const y = scale(-1.1 * most, 1.1 * most, box.bottom, box.top);
  const wall = { left: (box.left + box.right) / 2 - 8, right: (box.left + box.right) / 2 + 8 };
  const block = (name, from, to, a, b, look) =>
    svg("rect", {
      class: name,
      x: from,
      width: to - from,
      y: Math.min(y(a), y(b)),
      height: Math.abs(y(a) - y(b)),
      ...look,
    });
  const end = 1.1 * (value < 0 || Object.is(value, -0) ? -most : most);
  const out = levels([-most, -most / 2, 0, most / 2, most], y, box);
  out.push(
    block("lstm-load lstm-value-in", box.left, wall.left, 0, value, {
      fill: "currentColor",
      "fill-opacity": 0.16,
      "data-value": value,
    }),
  );
  out.push(
    block("lstm-load lstm-product", wall.right, box.right, 0, product, { fill: colour, "data-product": product }),
  );
  const through = Math.abs(gate) * value; // the wall closes what lies beyond
  out.push(block("lstm-gate-wall", wall.left, wall.right, through, end, { fill: "currentColor" }));
  // What passes a gate below 0 is turned over: it is outlined where it would be, and filled where it is.
  if (product * value < 0) {
    const look = { fill: "none", stroke: colour, "stroke-dasharray": "4 3" };
    out.push(block("lstm-before-turn", wall.right, box.right, 0, through, look));
  }
  const write = (from, to, level, words, look) =>
    text((from + to) / 2, y(0) + (level < 0 || Object.is(level, -0) ? -8 : 19), words, {
      class: look,
      "text-anchor": "middle",
    });
  const room = box.right - wall.right > 118;
  out.push(write(box.left, wall.left, value, `${room ? "value " : ""}${fixed(value)}`, "lstm-end lstm-halo"));
  out.push(
    write(
      wall.right,
      box.right,
      product,
      `${room ? `× ${fixed(gate)} = ` : ""}${fixed(product)}`,
      "lstm-end lstm-halo",
    ),
  );
  const grip = (box.left + wall.left) / 2;
  out.push(svg("circle", { class: "lstm-value-grip", cx: grip, cy: y(value), r: 7.5, fill: "currentColor" }));
  out.push(svg("circle", { class: "lstm-movable lstm-hit-area", cx: grip, cy: y(value), r: 22, "data-move": "value" }));
  out.push(text(box.left, box.top - 12, "value, gate, gate × value", { class: "lstm-tick" }));
  return out;
}

function render({ model, el }) {
  const colours = model.get("_colours");
  const reach = model.get("_most");
  const settings = () => ({ value: model.get("value"), z: model.get("z"), activation: model.get("activation") });
  const control = (symbol, name, most, trait, colour) =>
    slider({ symbol, name, min: -most, max: most, step: 0.1, colour, onInput: (number) => put(model, trait, number) });
  const value = control("v", "value", reach.value, "value");
  const preActivation = control("z", "pre-activation", reach.z, "z", colours.o);
  const activation = choice({
    name: "Activation function:",
    options: [
      ["sigmoid", "sigmoid"],
      ["tanh", "tanh"],
    ],
    onInput: (name) => put(model, "activation", name),
  });
  const picture = stage(
    (width) => arrange(width).height,
    (width) => drawGate(settings(), passed(settings()), reach, colours, width),
  );
  // The point moves along the activation function, the value up and down.
  draggable(picture.picture, ([px, py], grabbed) => {
    const { plot, wall } = arrange(picture.picture.viewBox.baseVal.width);
    const within = ({ left, right, top, bottom }) =>
      px >= left - 4 && px <= right + 4 && py >= top - 10 && py <= bottom + 10;
    const trait = grabbed ?? (within(plot) ? "z" : within(wall) && px < (wall.left + wall.right) / 2 ? "value" : null);
    if (!trait) return null;
    const most = reach[trait];
    const to =
      trait === "z" ? scale(plot.left, plot.right, -most, most) : scale(wall.bottom, wall.top, -1.1 * most, 1.1 * most);
    return ([x, y]) =>
      put(model, trait, Math.max(-most, Math.min(most, Math.round(10 * to(trait === "z" ? x : y)) / 10)));
  });
  const words = caption(picture.picture);
  const past = history(model, el);
  const update = () => {
    const now = settings();
    value.set(now.value, fixed(now.value));
    preActivation.set(now.z, fixed(now.z));
    activation.set(now.activation);
    picture.redraw();
    words.say(sentence(now, passed(now)));
  };
  const controls = html("div", { class: "lstm-controls" }, value.row, preActivation.row, past.beside(activation.row));
  const group = { class: "lstm-widget lstm-soft-gate", role: "group", "aria-label": "A gate multiplies a value" };
  el.append(html("div", group, controls, picture.place, ...words.nodes));
  const unfollow = follow(model, ["value", "z", "activation"], update);
  update();
  return leave(el, past.stop, unfollow, picture.stop, words.stop);
}

export default { render };
