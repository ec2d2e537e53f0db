// A pre-activation on its curve, and the gate it makes in the way of a value; both can be dragged. `passed` and `sentence` mirror SoftGate.passed
// and SoftGate.words; a test compares them.

const CURVES = { sigmoid: [sigmoid, sigmoidSlope, "o"], tanh: [Math.tanh, tanhSlope, "g"] };

function passed({ value, logit: z, curve }) {
  const [bend, slopeFrom] = CURVES[curve];
  const gate = bend(z);
  return { gate, slope: slopeFrom(gate), product: gate * value };
}

const inBrackets = (written) => (written.startsWith("\u2212") ? `(${written})` : written);

function sentence({ value, logit: z, curve }, { gate, slope, product }) {
  const bent = `${curve}(${fixed(z)}) = ${fixed(gate)}, where the derivative is ${fixed(slope)}.`;
  const open = Math.round(100 * gate);
  let does = open ? `${open} % of the value get through` : "Hardly anything of the value gets through";
  if (gate < 0) does = "A gate below 0 turns the sign over, which no switch should";
  return `${bent} ${does}: ${fixed(gate)} × ${inBrackets(fixed(value))} = ${fixed(product)}.`;
}

// The two pictures beside one another when there is room, the gate below the curve when not.
function arrange(width) {
  const wide = width >= 560;
  const half = wide ? width / 2 : width;
  const curve = { left: 34, right: half - (wide ? 22 : 8), top: 26, bottom: 216 };
  const from = wide ? half + 10 : 0;
  const shutter = { left: from + 34, right: width - 6, top: wide ? 26 : 286, bottom: wide ? 216 : 476 };
  return { curve, shutter, height: wide ? 258 : 490 };
}

function drawSwitch(now, numbers, reach, colours, width) {
  const { curve, shutter } = arrange(width);
  const colour = colours[CURVES[now.curve][2]];
  return [
    ...drawCurve(now, numbers, reach.logit, colour, curve),
    ...drawShutter(now, numbers, reach.value, colour, shutter),
  ];
}

function levels(values, y, { left, right }) {
  return values.flatMap((level) => [
    line(left, y(level), right, y(level), { class: "lstm-grid" }),
    text(left - 6, y(level) + 4, fixed(level, 0), { class: "lstm-tick", "text-anchor": "end" }),
  ]);
}

function drawCurve({ logit: z, curve }, { gate, slope }, reach, colour, box) {
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
  for (const name of Object.keys(CURVES).sort((a) => (a === curve ? 1 : -1))) {
    const d = "M" + points.map((at) => `${x(at)},${y(CURVES[name][0](at))}`).join("L");
    out.push(
      svg("path", {
        class: `lstm-line lstm-curve-${name}${name === curve ? "" : " lstm-rest"}`,
        d,
        stroke: "currentColor",
      }),
    );
  }
  const other = curve === "tanh" ? "sigmoid" : "tanh";
  out.push(text(box.left + 3, y(CURVES[other][0](-reach)) - 6, other, { class: "lstm-tick lstm-halo" }));
  const run = 34 / Math.hypot(x(1) - x(0), slope * (y(1) - y(0))); // a tangent of the same length everywhere
  out.push(line(x(z), y(0), x(z), y(gate), { class: "lstm-half" }));
  out.push(line(x(z - run), y(gate - run * slope), x(z + run), y(gate + run * slope), { class: "lstm-tangent" }));
  const data = { "data-gate": gate, "data-slope": slope };
  out.push(svg("circle", { class: "lstm-point", cx: x(z), cy: y(gate), r: 7.5, fill: colour, ...data }));
  out.push(svg("circle", { class: "lstm-movable lstm-hit-area", cx: x(z), cy: y(gate), r: 22, "data-move": "logit" }));
  const steep = box.right - box.left > 240 ? `, derivative ${fixed(slope)}` : "";
  out.push(text(box.left, 14, `${curve}(${fixed(z)}) = ${fixed(gate)}${steep}`, { class: "lstm-end" }));
  return out;
}

// The value's thickness meets a wall, and what the gate leaves of it comes out on the other side.
function drawShutter({ value }, { gate, product }, most, colour, box) {
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
  out.push(
    block("lstm-shutter", wall.left, wall.right, product * value > 0 ? product : 0, end, { fill: "currentColor" }),
  );
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
  out.push(text(box.left, box.top - 12, "value, gate, what gets through", { class: "lstm-tick" }));
  return out;
}

function render({ model, el }) {
  const colours = model.get("_colours");
  const reach = model.get("_most");
  const settings = () => ({ value: model.get("value"), logit: model.get("logit"), curve: model.get("curve") });
  const control = (symbol, name, most, trait, colour) =>
    slider({ symbol, name, min: -most, max: most, step: 0.1, colour, onInput: (number) => put(model, trait, number) });
  const value = control("v", "value", reach.value, "value");
  const logit_ = control("z", "pre-activation", reach.logit, "logit", colours.o);
  const bend = choice({
    name: "Activation function:",
    options: [
      ["sigmoid", "sigmoid"],
      ["tanh", "tanh"],
    ],
    onInput: (name) => put(model, "curve", name),
  });
  const picture = stage(
    (width) => arrange(width).height,
    (width) => drawSwitch(settings(), passed(settings()), reach, colours, width),
  );
  // The point runs along its curve, the value up and down.
  draggable(picture.picture, ([px, py], grabbed) => {
    const { curve, shutter } = arrange(picture.picture.viewBox.baseVal.width);
    const within = ({ left, right, top, bottom }) =>
      px >= left - 4 && px <= right + 4 && py >= top - 10 && py <= bottom + 10;
    const trait =
      grabbed ??
      (within(curve) ? "logit" : within(shutter) && px < (shutter.left + shutter.right) / 2 ? "value" : null);
    if (!trait) return null;
    const most = reach[trait];
    const to =
      trait === "logit"
        ? scale(curve.left, curve.right, -most, most)
        : scale(shutter.bottom, shutter.top, -1.1 * most, 1.1 * most);
    return ([x, y]) =>
      put(model, trait, Math.max(-most, Math.min(most, Math.round(10 * to(trait === "logit" ? x : y)) / 10)));
  });
  const words = caption(picture.picture);
  const past = history(model, el);
  const update = () => {
    const now = settings();
    value.set(now.value, fixed(now.value));
    logit_.set(now.logit, fixed(now.logit));
    bend.set(now.curve);
    picture.redraw();
    words.say(sentence(now, passed(now)));
  };
  const controls = html("div", { class: "lstm-controls" }, value.row, logit_.row, past.beside(bend.row));
  const group = { class: "lstm-widget lstm-soft-gate", role: "group", "aria-label": "A value meets a soft switch" };
  el.append(html("div", group, controls, picture.place, ...words.nodes));
  const unfollow = follow(model, ["value", "logit", "curve"], update);
  update();
  return leave(el, past.stop, unfollow, picture.stop, words.stop);
}

export default { render };
