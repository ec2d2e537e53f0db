// A gradient that flows down a stack and back in time. Only colours are computed here: every number was sent from
// Python. `sentence` mirrors StackGradient.words.

import { caption, choice, follow, history, html, leave, put, slider, stage, svg, text } from "./common.js";
import { doubles, fixed, raised, sayPower } from "./numbers.js";

export function unpackSizes(model) {
  const { steps } = model.get("_shape");
  return new Map(
    Object.entries(model.get("_sizes")).map(([name, view]) => {
      const all = doubles(view);
      return [name, (layer, step) => all[layer * steps + step - 1]];
    }),
  );
}

const count = (number, what) => `${number} ${what}${number === 1 ? "" : "s"}`;

const say = (size) => (size ? sayPower(size) : "0");

export function sentence(name, of, { layers, steps }, layer, step) {
  const [down, back] = [layers - layer, steps - step];
  const where = layer ? `layer ${layer}` : "the input";
  if (!down && !back) return `In the ${name} stack the gradient starts at ${where}, step ${step}, with its full size.`;
  const size = say(of(layer, step));
  const begin = `In the ${name} stack the gradient reaches ${where} at step ${step} with a relative size of ${size}, `;
  if (!down) return `${begin}${count(back, "step")} back in the top layer.`;
  if (!back) return `${begin}${count(down, "layer")} straight down.`;
  return (
    `${begin}${count(down, "layer")} down and ${count(back, "step")} back. Straight down only, it is ` +
    `${say(of(layer, steps))}; straight back only, ${say(of(layers, step))}.`
  );
}

const [ROW, TOP, NARROW] = [25, 22, 420];

// On a phone there is only room for the layers' numbers beside the table; powers of ten need wide cells.
function sizesOf(width, steps) {
  const narrow = width < NARROW;
  const left = narrow ? 26 : 72;
  const size = (width - left - 4) / steps;
  return { narrow, left, size, powers: size > 36 };
}

// A cell's number: the nearest power of ten, or only its exponent.
export function brief(share, powers) {
  const power = Math.floor(Math.log10(share) + 0.5);
  if (!powers) return share ? fixed(power, 0) : "−∞";
  return share ? (power ? `10${raised(power)}` : "1") : "0";
}

const explain = (powers) =>
  "colour and number: the size of the gradient relative to its start, the number rounded to a power of ten" +
  (powers ? "" : " (−3 stands for 10⁻³)");

function drawStack(of, { layers, steps, lowest }, layer, step, map, width) {
  const { narrow, left: LEFT, size, powers } = sizesOf(width, steps);
  const x = (t) => LEFT + (t - 1) * size;
  const y = (k) => TOP + (layers - k) * ROW;
  const out = [];
  for (let k = layers; k >= 0; k -= 1) {
    const here = { class: k === layer ? "lstm-now" : "lstm-tick", "text-anchor": "end" };
    out.push(text(LEFT - 6, y(k) + 17, k ? (narrow ? `${k}` : `layer ${k}`) : narrow ? "x" : "input", here));
    for (let t = 1; t <= steps; t += 1) {
      const part = of(k, t);
      const level = Math.floor((1 - Math.log10(part) / lowest) * (map.length - 1) + 0.5);
      const [paper, ink] = map[Math.max(0, Math.min(map.length - 1, level))];
      const place = { "data-layer": k, "data-step": t, "data-value": part };
      out.push(
        svg("rect", {
          class: "lstm-faint lstm-weight lstm-arrives",
          x: x(t),
          y: y(k),
          width: size,
          height: ROW,
          fill: paper,
          ...place,
        }),
      );
      out.push(
        text(x(t) + size / 2, y(k) + 17, brief(part, powers), {
          class: "lstm-in-cell",
          "text-anchor": "middle",
          style: `fill:${ink}`,
        }),
      );
    }
  }
  for (let t = 1; t <= steps; t += 1) {
    const here = { class: t === step ? "lstm-now" : "lstm-tick", "text-anchor": "middle" };
    out.push(text(x(t) + size / 2, y(0) + ROW + 16, `${t}`, here));
  }
  if (!narrow) out.push(text(LEFT - 6, y(0) + ROW + 16, "step", { class: "lstm-tick", "text-anchor": "end" }));
  out.push(text(width - 4, 15, "the loss ↓", { class: "lstm-end", "text-anchor": "end" }));
  if (narrow) out.push(text(4, 15, "layer, by step", { class: "lstm-tick" }));
  const frame = (k, t, inset, looks) =>
    looks.map((name) =>
      svg("rect", { class: name, x: x(t) + inset, y: y(k) + inset, width: size - 2 * inset, height: ROW - 2 * inset }),
    );
  // The ends of the two straight paths, and the selected cell.
  if (layer < layers) out.push(...frame(layer, steps, 2.5, ["lstm-faint lstm-straight-halo", "lstm-straight"]));
  if (step < steps) out.push(...frame(layers, step, 2.5, ["lstm-faint lstm-straight-halo", "lstm-straight"]));
  out.push(...frame(layer, step, 1, ["lstm-faint lstm-frame-halo", "lstm-row-frame"]));
  return out;
}

function render({ model, el }) {
  const tables = unpackSizes(model);
  const shape = model.get("_shape");
  const map = model.get("_map");
  const past = history(model, el);
  const names = [...tables.keys()].map((name) => [name, name]);
  const which = choice({ name: "stack", options: names, onInput: (name) => put(model, "stack", name) });
  const layer = slider({
    symbol: "",
    name: "layer",
    min: 0,
    max: shape.layers,
    step: 1,
    onInput: (k) => put(model, "layer", k),
  });
  const step = slider({
    symbol: "",
    name: "step",
    min: 1,
    max: shape.steps,
    step: 1,
    onInput: (t) => put(model, "step", t),
  });
  const note = html("p", { class: "lstm-equation" });
  const now = () => [tables.get(model.get("stack")), shape, model.get("layer"), model.get("step")];
  const picture = stage(22 + (shape.layers + 1) * ROW + 22, (width) => {
    note.textContent = explain(sizesOf(width, shape.steps).powers);
    return drawStack(...now(), map, width);
  });
  picture.picture.addEventListener("click", (event) => {
    const place = event.target.dataset;
    if (place.layer === undefined) return;
    put(model, "layer", Number(place.layer));
    put(model, "step", Number(place.step));
  });
  const words = caption(picture.picture);
  const update = () => {
    const [of, , k, t] = now();
    which.set(model.get("stack"));
    layer.set(k, k ? `${k} of ${shape.layers}` : "input");
    step.set(t, `${t} of ${shape.steps}`);
    picture.redraw();
    words.say(sentence(model.get("stack"), of, shape, k, t));
  };
  const group = { class: "lstm-widget lstm-stack", role: "group", "aria-label": "A gradient in a stack" };
  const controls = html("div", { class: "lstm-controls" }, past.beside(which.row), layer.row, step.row);
  el.append(html("div", group, controls, picture.place, note, ...words.nodes));
  const unfollow = follow(model, ["stack", "layer", "step"], update);
  update();
  return leave(el, past.stop, unfollow, picture.stop, words.stop);
}

export default { render };
