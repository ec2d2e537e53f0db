// The backward pass of a cell, step by step from the last to the first. Every gradient was sent from Python.

import { caption, choice, follow, history, html, leave, put, stage } from "./common.js";
import { diagram, equationLines } from "./diagram.js";
import { fixed, sayGradient } from "./numbers.js";
import { playback, unitMenu } from "./playback.js";
import { drawLines, linesHeight, scrubs } from "./time_lines.js";
import { unpackArrays } from "./trace.js";

const PARTS = [
  ["", "all"],
  ["hidden", "from h to c"],
  ["update", "along the cell state"],
  ["output", "output gate"],
  ["forget", "forget gate"],
  ["input", "input gate"],
  ["candidate", "candidate"],
];

function tell(numbers, t, unit, steps) {
  const say = (key) => sayGradient(numbers[key]);
  const last = t === steps - 1 ? " No gradient arrives from later steps." : "";
  return (
    `Step ${t + 1} of ${steps}, unit ${unit}.${last} dh = ${say("dh_loss")} from the loss + ` +
    `${say("dh_later")} from the next step's gates = ${say("dh")}. ` +
    `dc = ${say("dc_later")} along the cell state + ${say("from_h")} through h = ${say("dc")}. ` +
    `The forget gate passes on ${fixed(numbers.f)} of it: ${say("dc_previous")} flows back along the cell state, and ` +
    `${say("dh_previous")} through the gates of all units.`
  );
}

function render({ model, el }) {
  const colours = model.get("_colours");
  const sent = model.get("_diagram");
  const { steps, hidden } = model.get("_size");
  const table = unpackArrays(model.get("_numbers"));
  const at = (key, t, unit) => table[key][t * hidden + unit];
  const labels = model.get("_labels");
  let [hover, acted] = [null, false];
  const act = (change) => {
    acted = true;
    change();
    acted = false;
  };
  const now = () => [model.get("step"), model.get("unit")];
  // One scale for all steps of a unit, so that a fading gradient is drawn thinner and thinner.
  const largest = (unit, keys) =>
    Math.max(1e-300, ...keys.flatMap((key) => Array.from({ length: steps }, (_, t) => Math.abs(at(key, t, unit)))));
  const view = () => {
    const [t, unit] = now();
    const top = largest(unit, sent.carried);
    return {
      numbers: Object.fromEntries(Object.keys(table).map((key) => [key, at(key, t, unit)])),
      limits: Object.fromEntries(sent.carried.map((key) => [key, top])),
      say: sayGradient,
      part: hover ?? model.get("part"),
      idle: false,
      held: [],
      movable: [],
      input: model.get("_inputs")[t],
      token: labels.length ? labels[t] : "",
    };
  };
  const tracks = () => {
    const [, unit] = now();
    const track = (key, symbol) => {
      // Before the first step, the gradient of the initial state.
      const value = (t) => (t < 0 ? at(`${key}_previous`, 0, unit) : at(key, t, unit));
      const top = Math.max(largest(unit, [key]), Math.abs(value(-1)));
      return {
        name: symbol,
        words: key,
        low: -top,
        high: top,
        colour: symbol === "c" ? "currentColor" : colours[symbol],
        now: value,
        before: null,
        say: sayGradient,
      };
    };
    return [track("dc", "c"), track("dh", "h")];
  };
  const run = { steps, labels, seen: () => true };
  const time = playback({
    model,
    trait: "step",
    labels: () => (labels.length ? labels : Array.from({ length: steps }, () => "")),
    towards: -1,
    names: ["Earlier", "Play backwards", "Later"],
    act,
    onMove: () => update(),
  });
  const units = unitMenu(hidden, (unit) => act(() => put(model, "unit", unit)));
  const light = (part) => act(() => put(model, "part", part));
  const parts = choice({ name: "Highlight", options: PARTS, onInput: light });
  const drawing = diagram(sent);
  const cell = stage(drawing.height, (width) => drawing.draw(width, view()));
  const lines = stage(
    (width) => linesHeight(2, run, width),
    (width) => drawLines(run, tracks(), model.get("step"), [], width, ""),
  );
  lines.picture.setAttribute(
    "aria-label",
    "dc and dh of the unit over all steps; the sentence below gives the numbers",
  );
  const words = caption(cell.picture);
  const formula = html("div", { class: "lstm-formula", "aria-hidden": "true" });
  const legend = html(
    "div",
    { class: "lstm-legend" },
    "A thicker wire carries a larger gradient, relative to the largest over all steps; a " +
      "dashed wire, a negative one. " +
      "The boxes show the gates of the forward pass.",
  );
  const title = html("p", { class: "lstm-title" });
  const relight = () => {
    cell.redraw();
    formula.replaceChildren(...equationLines(sent.equations[view().part], view(), colours));
  };
  const update = () => {
    const [t, unit] = now();
    title.textContent = model.get("title");
    title.hidden = !model.get("title");
    time.show();
    units.menu.value = `${unit}`;
    parts.set(model.get("part"));
    relight();
    lines.redraw();
    words.say(tell(view().numbers, t, unit, steps), !acted || time.playing());
  };
  scrubs(
    lines.picture,
    () => steps,
    (t) => time.manual(t),
  );
  const under = (event) => event.target.closest("[data-part]")?.dataset.part || "";
  const hovers = (part) => {
    if (part !== hover) {
      hover = part;
      relight();
    }
  };
  cell.picture.addEventListener("pointermove", (event) => hovers(under(event) || null));
  cell.picture.addEventListener("pointerleave", () => hovers(null));
  cell.picture.addEventListener("click", (event) => light(under(event) === model.get("part") ? "" : under(event)));
  const side = html("div", { class: "lstm-side" }, formula, parts.row);
  const body = html("div", { class: "lstm-body" }, html("div", { class: "lstm-drawing" }, cell.place), side);
  const buttons = html("div", { class: "lstm-buttons" }, ...time.buttons, units.place);
  const past = history(model, el);
  const group = {
    class: "lstm-widget lstm-live-cell lstm-backward-cell",
    role: "group",
    "aria-label": "The backward pass of the cell",
  };
  el.append(
    html(
      "div",
      group,
      title,
      html("div", { class: "lstm-controls" }, buttons, time.row, past.buttons),
      body,
      lines.place,
      ...words.nodes,
      legend,
    ),
  );
  const unfollow = follow(model, ["step", "unit", "part", "title"], () => update());
  update();
  return leave(el, time.stop, past.stop, unfollow, cell.stop, lines.stop, words.stop);
}

export default { render };
