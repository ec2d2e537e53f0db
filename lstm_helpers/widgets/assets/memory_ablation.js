// A run with part of its state ablated, over the original run. Nothing is computed here: Python sent every run as
// float64 numbers. `sentence` mirrors MemoryAblation.words.

import { caption, choice, follow, history, html, leave, line, put, slider, stage, svg, text } from "./common.js";
import { brief, doubles, fixed, niceLimit, scale, spread } from "./numbers.js";

const CHOICES = [
  ["nothing", "nothing"],
  ["h", "h"],
  ["c", "c"],
  ["both", "both"],
];
const ORDER = ["h", "c", "both"]; // of the tables

export function unpack(model) {
  const tables = {};
  for (const [name, view] of Object.entries(model.get("_numbers"))) {
    tables[name] = doubles(view);
  }
  const { steps, hidden, tops } = model.get("_size");
  const column = (table, first, unit) => Array.from({ length: steps }, (_, s) => table[(first + s) * hidden + unit]);
  const look = (c, h, p, first, unit) => ({
    c: column(c, first, unit),
    h: column(h, first, unit),
    p: Array.from(p.subarray(first, first + steps)),
  });
  const original = (unit) => look(tables.c, tables.h, tables.p, 0, unit);
  const without = ({ at, zeroed, unit }) => {
    if (zeroed === "nothing") return original(unit);
    const first = (ORDER.indexOf(zeroed) * steps + at) * steps;
    return look(tables.c_without, tables.h_without, tables.p_without, first, unit);
  };
  return { steps, hidden, tops, labels: model.get("_labels"), answer: model.get("_answer"), original, without };
}

const ablated = (name, zeroed) => zeroed === name || (zeroed === "both" && name !== "p");

export function sentence({ at, zeroed, unit }, was, now, { labels, answer }) {
  const end = was.p.length - 1;
  const probability = `p(${answer})`;
  if (zeroed === "nothing") {
    const ends = `unit ${unit} has c = ${fixed(was.c[end])} and h = ${fixed(was.h[end])}`;
    return `Nothing is set to zero. At the end ${ends}, and ${probability} = ${fixed(was.p[end])}.`;
  }
  const what = zeroed === "both" ? "c and h are" : `${zeroed} is`;
  const states = ["c", "h"].map((name) => `${name} = ${fixed(now[name][at])} (originally ${fixed(was[name][at])})`);
  const same = was.p[end] > 0.5 === now.p[end] > 0.5;
  return (
    `Before step ${at + 1}, \u201c${labels[at]}\u201d, ${what} set to zero. After it, unit ${unit} has ` +
    `${states.join(" and ")}. At the end ${probability} = ${fixed(now.p[end])} (originally ${fixed(was.p[end])}): ` +
    `the answer ${same ? "is the same" : "has changed"}.`
  );
}

function drawAblation(now, run, colours, width) {
  const box = { left: 38, right: width - 82, top: 56, bottom: 222 };
  const below = { ...box, top: 260, bottom: 326 };
  const x = scale(-1, run.steps - 1, box.left, box.right);
  const top = niceLimit(run.tops[now.unit]);
  const y = scale(-top, top, box.bottom, box.top);
  const yp = scale(0, 1, below.bottom, below.top);
  const [was, is] = [run.original(now.unit), run.without(now)];
  const out = [];
  for (const [levels, to, digits] of [
    [[-top, 0, top], y, 0],
    [[0, 0.5, 1], yp, 1],
  ]) {
    for (const level of levels) {
      out.push(line(box.left, to(level), box.right, to(level), { class: "lstm-grid" }));
      out.push(
        text(box.left - 6, to(level) + 4, fixed(level, Number.isInteger(level) ? 0 : digits), {
          class: "lstm-tick",
          "text-anchor": "end",
        }),
      );
    }
  }
  out.push(text(6, 42, `c and h of unit ${now.unit} (faint: original run)`, { class: "lstm-tick" }));
  out.push(text(6, 248, `p(${run.answer}), the network’s answer`, { class: "lstm-tick" }));
  if (now.zeroed !== "nothing") out.push(...cut(now, x, box, below));
  for (const [name, to] of [
    ["h", y],
    ["c", y],
    ["p", yp],
  ])
    out.push(...lines(name, now, was[name], is[name], x, to, colours));
  out.push(...wordsAlong(run.labels, now, x, box), ...ends(now, is, run, y, yp, box, below));
  return out;
}

// The ablation happens between two steps, so the line is between two words.
function cut({ at, zeroed }, x, box, below) {
  const place = x(at - 0.5);
  const words = `${zeroed === "both" ? "c, h" : zeroed} := 0`;
  const right = place + words.length * 7.5 < box.right;
  return [
    line(place, box.top - 4, place, below.bottom, { class: "lstm-half", "data-at": at }),
    text(place + (right ? 6 : -6), box.bottom - 6, words, {
      class: "lstm-note lstm-halo",
      "text-anchor": right ? "start" : "end",
    }),
  ];
}

// The original run, faint; over it the current run, which falls to zero where the part is ablated.
function lines(name, { at, zeroed }, was, is, x, y, colours) {
  const start = name === "p" ? [] : [[-1, 0]];
  const whole = (values) => [...start, ...values.map((value, s) => [s, value])];
  const points = whole(is);
  if (ablated(name, zeroed)) {
    const k = at + start.length;
    points.splice(k, 0, [at - 0.5, points[k - 1][1]], [at - 0.5, 0]);
  }
  const path = (list) => "M" + list.map(([s, value]) => `${x(s)},${y(value)}`).join("L");
  const look = { stroke: name === "h" ? colours.h : "currentColor", "stroke-dasharray": name === "h" ? "5 3" : null };
  return [
    svg("path", { class: `lstm-line lstm-rest lstm-${name}-rest`, d: path(whole(was)), ...look }),
    svg("path", { class: `lstm-line lstm-${name}-line`, d: path(points), ...look }),
    ...is.map((value, s) => mark(name, x(s), y(value), value, s, colours)),
  ];
}

function mark(name, x, y, value, s, colours) {
  const said = { class: `lstm-mark-${name}`, "data-t": s, "data-value": value };
  if (name !== "h") return svg("circle", { ...said, cx: x, cy: y, r: 3, fill: "currentColor" });
  return svg("rect", {
    ...said,
    class: "lstm-h-mark lstm-mark-h",
    x: x - 3,
    y: y - 3,
    width: 6,
    height: 6,
    stroke: colours.h,
  });
}

// As many words as fit, and always the word after the ablation.
function wordsAlong(labels, { at }, x, box) {
  const half = (label) => 4 + label.length * 3.9;
  const place = (s) => Math.max(half(labels[s]), x(s));
  const [from, to] = [place(at) - half(labels[at]), place(at) + half(labels[at])];
  let taken = -Infinity;
  return labels.map((label, s) => {
    const [left, right] = [place(s) - half(label), place(s) + half(label)];
    if (s !== at && (left < taken || (right > from && left < to) || right > box.right + 80)) return null;
    taken = right;
    return text(place(s), 20, label, { class: s === at ? "lstm-now" : "lstm-tick", "text-anchor": "middle" });
  });
}

function ends(now, is, run, y, yp, box, below) {
  const last = run.steps - 1;
  const [yc, yh] = spread([y(is.c[last]), y(is.h[last])], 17, box.top, box.bottom);
  const end = (name, words, at) => text(box.right + 9, at + 5, words, { class: `lstm-end lstm-end-${name}` });
  const label = Math.max(below.top + 4, Math.min(below.bottom - 4, yp(is.p[last])));
  return [
    end("c", `c = ${brief(is.c[last])}`, yc),
    end("h", `h = ${brief(is.h[last])}`, yh),
    end("p", `p = ${fixed(is.p[last])}`, label),
  ];
}

function render({ model, el }) {
  const colours = model.get("_colours");
  const run = unpack(model);
  const settings = () => ({ at: model.get("at"), zeroed: model.get("zeroed"), unit: model.get("unit") });
  const whole = (name, most, trait) =>
    slider({ symbol: "", name, min: 0, max: most, step: 1, onInput: (value) => put(model, trait, value) });
  const at = whole("before step", run.steps - 1, "at");
  const unit = whole("show unit", run.hidden - 1, "unit");
  const zeroed = choice({ name: "Set to zero:", options: CHOICES, onInput: (name) => put(model, "zeroed", name) });
  const picture = stage(336, (width) => drawAblation(settings(), run, colours, width));
  const words = caption(picture.picture);
  const past = history(model, el);
  const update = () => {
    const now = settings();
    at.set(now.at, `${now.at + 1} of ${run.steps}`);
    at.input.setAttribute("aria-valuetext", `${now.at + 1} of ${run.steps}, ${run.labels[now.at]}`);
    unit.set(now.unit, `${now.unit}`);
    zeroed.set(now.zeroed);
    picture.redraw();
    words.say(sentence(now, run.original(now.unit), run.without(now), run));
  };
  const controls = html(
    "div",
    { class: "lstm-controls" },
    past.beside(zeroed.row),
    at.row,
    run.hidden > 1 ? unit.row : "",
  );
  const group = { class: "lstm-widget lstm-ablation", role: "group", "aria-label": "Set a state to zero and run on" };
  el.append(html("div", group, controls, picture.place, ...words.nodes));
  const unfollow = follow(model, ["at", "zeroed", "unit"], update);
  update();
  return leave(el, past.stop, unfollow, picture.stop, words.stop);
}

export default { render };
