// One unit of five kinds of cell on one input. Every number was sent from Python. `sentence`
// mirrors CellVariants.words.

import { caption, choice, follow, history, html, leave, line, put, slider, stage, svg, text } from "./common.js";
import { doubles, fixed, scale } from "./numbers.js";

export function unpackHeld(model) {
  const { steps, low, high, cells } = model.get("_about");
  const names = Object.keys(cells);
  const size = names.length * steps;
  const tables = Object.fromEntries(Object.entries(model.get("_numbers")).map(([feed, view]) => [feed, doubles(view)]));
  return (feed, z) => {
    const first = (Math.max(low, Math.min(high, z)) - low) * size;
    return names.map((name, k) => [
      name,
      Array.from(tables[feed].subarray(first + k * steps, first + (k + 1) * steps)),
    ]);
  };
}

export function sentence({ gates, low, steps }, held, z) {
  const end = Object.fromEntries(held.map(([name, values]) => [name, fixed(values.at(-1))]));
  return (
    `The forget gate f, and the gate z of the GRU, are ${gates[z - low].toFixed(3)}. ` +
    `After ${steps} steps the state is ${end.LSTM} in the LSTM, ${end["no forget gate"]} without a forget gate, ` +
    `${end.coupled} in the coupled cell and the GRU, and ${end.peephole} with peepholes.`
  );
}

const [WIDE, NARROW, AXIS] = [66, 92, 40]; // a row's height with the name beside its bars, and with the name above

function rowsOf(width, cells) {
  const narrow = width < 560;
  const tall = narrow ? NARROW : WIDE;
  return { narrow, tall, height: 34 + cells * tall + AXIS };
}

function drawCells({ cells, limits, inputs, steps }, held, feed, width) {
  const { narrow, tall } = rowsOf(width, held.length);
  const box = { left: narrow ? 34 : 252, right: width - 52 };
  const x = scale(0.4, steps + 0.6, box.left, box.right);
  const bar = Math.max(2, (x(1) - x(0)) * 0.6);
  const out = [text(box.left - 8, 20, narrow ? "x" : "input x", { class: "lstm-end", "text-anchor": "end" })];
  inputs[feed].forEach((value, t) => {
    if (value)
      out.push(
        text(x(t + 1), 20, value > 0 ? "▲" : "▼", {
          class: "lstm-in-cell",
          "text-anchor": "middle",
          fill: "currentColor",
        }),
      );
  });
  const [low, high] = limits[feed];
  held.forEach(([name, values], row) => {
    const top = 34 + row * tall;
    const y = scale(low, high, top + tall - 8, top + (narrow ? 34 : 8));
    const parts = cells[name].flatMap(([words, differs]) => [
      svg("tspan", { class: differs ? "lstm-differs" : null }, words),
      " ",
    ]);
    const equation = svg("text", { x: 4, y: top + (narrow ? 20 : tall / 2 + 17) }, ...parts);
    const title = text(narrow ? width - 4 : 4, top + (narrow ? 20 : tall / 2 - 3), name, {
      class: "lstm-end",
      "text-anchor": narrow ? "end" : null,
    });
    out.push(title, equation, line(box.left, y(0), box.right, y(0), { class: "lstm-cursor" }));
    for (const end of low < 0 ? [low, high] : [high]) {
      out.push(line(box.left, y(end), box.right, y(end), { class: "lstm-grid" }));
      out.push(text(box.left - 6, y(end) + 4, fixed(end, 0), { class: "lstm-tick", "text-anchor": "end" }));
    }
    values.forEach((value, t) => {
      const [from, to] = [y(Math.max(0, value)), y(Math.min(0, value))];
      out.push(
        svg("rect", {
          class: `lstm-held lstm-held-${row}`,
          x: x(t + 1) - bar / 2,
          y: from,
          width: bar,
          height: to - from,
          fill: "currentColor",
          "data-t": t,
          "data-value": value,
        }),
      );
    });
    const last = values.at(-1);
    out.push(
      text(box.right + 6, Math.max(top + 20, Math.min(top + tall - 8, y(last) + 4)), fixed(last), {
        class: "lstm-end",
      }),
    );
  });
  const bottom = 34 + held.length * tall;
  for (let t = 1; t <= steps; t += 1) {
    if (t % 4 === 0) out.push(text(x(t), bottom + 12, `${t}`, { class: "lstm-tick", "text-anchor": "middle" }));
  }
  out.push(text((box.left + box.right) / 2, bottom + 32, "step", { class: "lstm-tick", "text-anchor": "middle" }));
  return out;
}

function render({ model, el }) {
  const about = model.get("_about");
  const of = unpackHeld(model);
  const past = history(model, el);
  const feed = choice({
    name: "input",
    options: Object.entries(about.feeds),
    onInput: (name) => put(model, "feed", name),
  });
  const gate = slider({
    symbol: "",
    name: "pre-activation", // of f, and of the GRU's z: its letter would be a second z
    min: about.low,
    max: about.high,
    step: 1,
    onInput: (z) => put(model, "z_f", z),
  });
  const now = () => of(model.get("feed"), model.get("z_f"));
  const height = (width) => rowsOf(width, Object.keys(about.cells).length).height;
  const picture = stage(height, (width) => drawCells(about, now(), model.get("feed"), width));
  const words = caption(picture.picture);
  const update = () => {
    const z = model.get("z_f");
    feed.set(model.get("feed"));
    gate.set(z, `${fixed(z, 0)}, f = ${about.gates[z - about.low].toFixed(3)}`);
    picture.redraw();
    words.say(sentence(about, now(), z));
  };
  const note = html(
    "p",
    { class: "lstm-equation" },
    "Bars: the cell state after each step (GRU: h). Triangles: the input. Underlined: differences from the LSTM.",
  );
  const group = {
    class: "lstm-widget lstm-variants",
    role: "group",
    "aria-label": "Five cells with the same forget gate",
  };
  const controls = html("div", { class: "lstm-controls" }, past.beside(feed.row), gate.row);
  el.append(html("div", group, controls, picture.place, note, ...words.nodes));
  const unfollow = follow(model, ["z_f", "feed"], update);
  update();
  return leave(el, past.stop, unfollow, picture.stop, words.stop);
}

export default { render };
