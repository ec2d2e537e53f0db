// Which outputs change when one input is changed. Only colours are computed here: every number was sent from Python.
// `sentence` mirrors MovedOutputs.words.

import { caption, follow, history, html, leave, put, slider, stage, svg, text } from "./common.js";
import { doubles, fixed } from "./numbers.js";

export function unpackMoved(model) {
  const steps = model.get("_labels").length;
  return new Map(
    Object.entries(model.get("_moved")).map(([name, view]) => {
      const all = doubles(view);
      return [name, (at) => Array.from(all.subarray(at * steps, (at + 1) * steps))];
    }),
  );
}

function sayRange(row) {
  const moving = row.flatMap((value, t) => (value === 0 ? [] : [t + 1]));
  if (moving.length === 1) return `output ${moving[0]} changes`;
  return moving.length ? `outputs ${moving[0]} to ${moving.at(-1)} change` : "no output changes";
}

export function sentence(tables, at, steps) {
  const [there, back] = [...tables.values()].map((of) => sayRange(of(at)));
  return (
    `Input ${at + 1} of ${steps} is changed. In the forward direction ${there}; in the backward direction ${back}. ` +
    "All other outputs are exactly the same."
  );
}

const ROW = 34;

function drawMoved(tables, at, labels, map, width) {
  const left = 86;
  const size = (width - left - 4) / labels.length;
  const middle = (t) => left + (t + 0.5) * size;
  const rows = [...tables].map(([name, of]) => [name, of(at)]);
  const most = Math.max(...rows.flatMap(([, row]) => row)) || 1;
  const out = [text(left - 8, 20, "inputs", { class: "lstm-end", "text-anchor": "end" })];
  const fits = labels.every((label) => label.length * 7.4 < size - 2);
  labels.forEach((label, t) => {
    out.push(
      svg("rect", {
        class: t === at ? "lstm-chosen" : "lstm-faint lstm-weight",
        fill: "none",
        x: left + t * size + 1,
        y: 3,
        width: size - 2,
        height: 26,
      }),
    );
    if (fits || t === at)
      out.push(
        text(middle(t), 20, fits ? label : `${t + 1}`, {
          class: t === at ? "lstm-now" : "lstm-tick",
          "text-anchor": "middle",
        }),
      );
    out.push(
      svg("rect", {
        class: "lstm-hit-area lstm-pointable",
        x: left + t * size,
        y: 0,
        width: size,
        height: 46 + 2 * ROW,
        "data-t": t,
      }),
    );
  });
  rows.forEach(([name, row], k) => {
    const y = 44 + k * ROW;
    out.push(text(left - 8, y + 20, name, { class: "lstm-end", "text-anchor": "end" }));
    row.forEach((value, t) => {
      const [paper, ink] = map[Math.round((value / most) * (map.length - 1))];
      const look = {
        class: `lstm-faint lstm-weight lstm-moved-${name}`,
        x: left + t * size,
        y,
        width: size,
        height: ROW - 4,
        "data-t": t,
        "data-value": value,
      };
      out.push(svg("rect", { ...look, fill: paper }));
      const words = value === 0 ? "0" : value < 0.005 ? "~0" : fixed(value).replace("0.", ".");
      if (size >= 20 || value === 0)
        out.push(
          text(middle(t), y + 19, words, { class: "lstm-in-cell", "text-anchor": "middle", style: `fill:${ink}` }),
        );
    });
  });
  return out;
}

function render({ model, el }) {
  const tables = unpackMoved(model);
  const labels = model.get("_labels");
  const map = model.get("_map");
  const past = history(model, el);
  const place = slider({
    symbol: "",
    name: "changed input",
    min: 0,
    max: labels.length - 1,
    step: 1,
    onInput: (t) => put(model, "at", t),
  });
  const picture = stage(50 + 2 * ROW, (width) => drawMoved(tables, model.get("at"), labels, map, width));
  picture.picture.addEventListener("click", (event) => {
    const { t } = event.target.dataset;
    if (t !== undefined) put(model, "at", Number(t));
  });
  const words = caption(picture.picture);
  const update = () => {
    const at = model.get("at");
    place.set(at, `${at + 1} of ${labels.length}`);
    picture.redraw();
    words.say(sentence(tables, at, labels.length));
  };
  const group = { class: "lstm-widget lstm-moved", role: "group", "aria-label": "Change one input" };
  el.append(
    html("div", group, html("div", { class: "lstm-controls" }, place.row, past.buttons), picture.place, ...words.nodes),
  );
  const unfollow = follow(model, ["at"], update);
  update();
  return leave(el, past.stop, unfollow, picture.stop, words.stop);
}

export default { render };
