// A run in the cell's diagram: the numbers come from the trace, or from the JavaScript LSTM where the reader set a gate
// by hand. The trait `overrides` is a list of [step, gate, unit, value].

import { sigmoid } from "./activations.js";
import { OWN_KEYS, button, caption, choice, follow, history, html, leave, put, slider, stage } from "./common.js";
import { diagram, equationLines } from "./diagram.js";
import { BLOCKS, holdGates, logitParts, readInputs, squash } from "./lstm_forward.js";
import { fixed } from "./numbers.js";
import { playback, unitMenu } from "./playback.js";
import { composer, oneHot, vocabularyOf } from "./sentence.js";
import { drawLines, linesHeight, scrubs } from "./time_lines.js";
import { describe, readTrace, unpack, unpackArrays } from "./trace.js";

const SLIDERS = [
  ["f", "forget gate", 0],
  ["i", "input gate", 0],
  ["g", "candidate", -1],
  ["o", "output gate", 0],
];
const PARTS = [
  ["", "all"],
  ["forget", "forget gate"],
  ["input", "input gate"],
  ["candidate", "candidate"],
  ["update", "cell state"],
  ["output", "output gate"],
  ["hidden", "hidden state"],
];
const BELT_KEYS = ["c", "c_previous", "kept", "written"];

// Every number of the diagram and its equations, for one unit at one step.
function numbersOf(run, params, t, unit) {
  const of = (name) => run.at(name, t, unit);
  const numbers = Object.fromEntries([...BLOCKS, "c", "h"].map((name) => [name, of(name)]));
  numbers.c_previous = run.before("c", t, unit);
  numbers.h_previous = run.before("h", t, unit);
  numbers.kept = numbers.f * numbers.c_previous;
  numbers.written = numbers.i * numbers.g;
  numbers.tanh_c = Math.tanh(numbers.c);
  if (!params) return numbers;
  const h = Float64Array.from({ length: run.hidden }, (_, k) => run.before("h", t, k));
  for (const gate of BLOCKS) {
    const parts = logitParts(params, h, run.input(t), gate, unit);
    [numbers[`x_${gate}`], numbers[`h_${gate}`], numbers[`b_${gate}`]] = parts;
    numbers[`own_${gate}`] = squash(gate, parts[0] + parts[1] + parts[2]);
  }
  return numbers;
}

// The effect of the gates set by hand, or of a new sentence, in words; empty without a run to compare with.
function compare(run, beside, held, answer, t, unit) {
  const ends = answer?.high && !held.length ? ` After the last word ${answer.say(answer.of(run, run.steps - 1))}` : "";
  if (!beside) return ends && `${ends}.`;
  const state = `c = ${fixed(beside.at("c", t, unit))} and h = ${fixed(beside.at("h", t, unit))}`;
  if (!held.length) {
    const before = answer.short(answer.of(beside, run.steps - 1));
    return `${ends}; in the first sentence it was ${before}, with ${state} here.`;
  }
  const names = Object.fromEntries(SLIDERS.map(([gate, name]) => [gate, name]));
  const here = held.filter(([at, , k]) => at === t && k === unit);
  const words = here.map(
    ([, gate, , value]) => `${names[gate]} ${fixed(value)} instead of ${fixed(beside.at(gate, t, unit))}`,
  );
  const steps = [...new Set(held.map(([at]) => at + 1))].sort((a, b) => a - b);
  const first = words.length ? ` Set by hand here: ${words.join(", ")}.` : ` Set by hand at step ${steps.join(", ")}.`;
  const was = ` In the original run, ${state} here`;
  if (!answer) return `${first}${was}.`;
  const end = run.steps - 1;
  const ended = `and at the end ${answer.say(answer.of(beside, end))}`;
  return `${first}${was}, ${ended}; now it is ${answer.short(answer.of(run, end))}.`;
}

// The readout's answer, sigmoid(h W_y + b_y), if there is one: a probability, or the likelier of two words with its
// probability.
function readAnswer(model, hidden) {
  const weights = unpackArrays(model.get("_readout"));
  if (!weights.W_y) return null;
  const of = (run, t) => {
    let y = weights.b_y[0];
    for (let k = 0; k < hidden; k += 1) y += (t < 0 ? run.before("h", 0, k) : run.at("h", t, k)) * weights.W_y[k];
    return sigmoid(y);
  };
  const [low, high] = model.get("_answer");
  if (!high) return { of, low, high, say: (p) => `${low} ${fixed(p)}`, short: (p) => fixed(p) };
  const pick = (p) => `${p < 0.5 ? low : high} ${fixed(Math.max(p, 1 - p))}`;
  return { of, low, high, say: (p) => `the answer is ${pick(p)}`, short: pick };
}

function render({ model, el }) {
  const colours = model.get("_colours");
  const sent = model.get("_diagram");
  const first = unpack(model);
  const { hidden, inputs } = first;
  const weights = unpackArrays(model.get("_params"));
  const params = weights.W_x ? weights : null;
  const answer = readAnswer(model, hidden);
  const language = model.get("_language"); // only where the reader can write the sentence
  const words = () => (language ? model.get("sentence").split(" ") : first.labels);
  // `free` is the run without gates set by hand, `run` the one that is shown, `beside` the dashed one, if any.
  let [free, run, beside, held, hover, everyUnit, acted, drag, lift] = [
    first,
    first,
    null,
    [],
    null,
    false,
    false,
    null,
    null,
  ];

  const of = (trace, labels) => readTrace(trace, { steps: trace.mask.length, hidden, inputs }, labels);
  const reread = () => {
    const present = words();
    if (present.join(" ") === free.labels.join(" ")) return;
    free =
      present.join(" ") === first.labels.join(" ")
        ? first
        : of(readInputs(params, first.trace, oneHot(present, vocabularyOf(language))), present);
  };
  const recompute = () => {
    reread();
    held = model.get("overrides").filter(([t]) => t < free.steps);
    run = held.length ? of(holdGates(params, free.trace, held), free.labels) : free;
    beside = held.length ? free : free !== first && free.steps === first.steps ? first : null;
  };
  const highest = () => Math.max(run.top, free.top, first.top);
  const now = () => [Math.min(model.get("step"), run.steps - 1), model.get("unit")];
  const view = () => {
    const [t, unit] = now();
    const top = highest();
    const idle = !run.seen(t);
    return {
      numbers: numbersOf(run, params, t, unit),
      limits: Object.fromEntries(BELT_KEYS.map((key) => [key, top])),
      say: (number) => fixed(number),
      part: hover ?? model.get("part"),
      idle,
      held: held.filter(([at, , k]) => at === t && k === unit).map(([, gate]) => gate),
      movable: params && !idle ? BLOCKS : [],
      input: idle ? "none" : language ? "" : model.get("_inputs")[t],
      token: run.labels.length && !idle ? run.labels[t] : "",
    };
  };

  // Acting ------------------------------------------------------------------------------------------------------
  const act = (change) => {
    acted = true;
    change();
    acted = false;
  };
  const hold = (gate, value) =>
    act(() => {
      const [t, unit] = now();
      time.stop();
      const units = everyUnit ? Array.from({ length: hidden }, (_, k) => k) : [unit];
      const others = model.get("overrides").filter(([at, g, k]) => !(at === t && g === gate && units.includes(k)));
      put(model, "overrides", [...others, ...units.map((k) => [t, gate, k, value])]);
    });
  const light = (part) => act(() => put(model, "part", part));

  // Controls ----------------------------------------------------------------------------------------------------
  const time = playback({
    model,
    trait: "step",
    labels: () => (run.labels.length ? run.labels : Array.from({ length: run.steps }, () => "")),
    towards: 1,
    names: ["Previous", "Play", "Next"],
    act,
    onMove: () => update(),
  });
  const reset = button("Release the gates", () => act(() => put(model, "overrides", [])));
  const units = unitMenu(hidden, (unit) => act(() => put(model, "unit", unit)));
  const all = html("input", { type: "checkbox", ...OWN_KEYS });
  all.addEventListener("change", () => {
    everyUnit = all.checked;
    past.show();
    const [t, unit] = now();
    const here = model.get("overrides").filter(([at, , k]) => at === t && k === unit);
    // The values set for this unit apply to all units.
    if (everyUnit) for (const [, gate, , value] of here) hold(gate, value);
  });
  const gates = SLIDERS.map(([symbol, name, min]) => [
    symbol,
    slider({ symbol, name, min, max: 1, step: 0.01, colour: colours[symbol], onInput: (value) => hold(symbol, value) }),
  ]);
  const parts = choice({ name: "Highlight", options: PARTS, onInput: light });

  // Pictures ----------------------------------------------------------------------------------------------------
  const drawing = diagram(sent);
  const cell = stage(drawing.height, (width) => drawing.draw(width, view()));
  const tracks = () => {
    const [, unit] = now();
    const top = highest();
    const track = (name, limit, colour) => {
      const value = (source) => (t) => (t < 0 ? source.before(name, 0, unit) : source.at(name, t, unit));
      return {
        name,
        words: name,
        low: -limit,
        high: limit,
        colour,
        now: value(run),
        before: beside ? value(beside) : null,
      };
    };
    const both = [track("c", top, "currentColor"), track("h", 1, colours.h)];
    if (!answer) return both;
    const p = (source) => (t) => answer.of(source, t);
    const named = answer.high ? { say: answer.short, ends: [answer.low, answer.high] } : {};
    return [
      ...both,
      {
        name: "p",
        words: "p",
        low: 0,
        high: 1,
        colour: colours.x,
        now: p(run),
        before: beside ? p(beside) : null,
        ...named,
      },
    ];
  };
  const note = () =>
    held.length ? "\u25bc set by hand; dashed: the original run" : beside ? "dashed: the first sentence" : "";
  const lines = stage(
    (width) => linesHeight(answer ? 3 : 2, run, width),
    (width) => drawLines(run, tracks(), now()[0], [...new Set(held.map(([t]) => t))], width, note()),
  );
  lines.picture.setAttribute(
    "aria-label",
    `c and h of the unit${answer ? ", and p, the answer," : ""} over all steps; the sentence below gives the numbers`,
  );
  const spokenWords = caption(cell.picture);
  const formula = html("div", { class: "lstm-formula", "aria-hidden": "true" });
  const legend = html("div", { class: "lstm-legend" });
  const moves = "Drag a gate up or down, or use its slider; press a word to go to its step.";
  const still = "This is a recording: without the weights, no gate can be set.";
  const wires = "A thicker wire carries a larger number; a dashed wire, a negative one.";
  legend.textContent = `${wires} ${params ? moves : still}`;

  // The network's answer after the last word: the likelier word, its probability, and the answer of the other run.
  const verdict = html("div", { class: "lstm-answer" });
  const writeAnswer = () => {
    if (!answer) return;
    const p = answer.of(run, run.steps - 1);
    const was = beside
      ? html(
          "span",
          { class: "lstm-was" },
          ` (${held.length ? "was" : "at first"} ${answer.short(answer.of(beside, beside.steps - 1))})`,
        )
      : "";
    if (!answer.high) {
      verdict.replaceChildren(`At the end: ${answer.say(p)}`, was);
      return;
    }
    const [word, other] = p < 0.5 ? [answer.low, answer.high] : [answer.high, answer.low];
    verdict.replaceChildren(
      "\u2192 ",
      html("b", {}, word),
      ` ${fixed(Math.max(p, 1 - p))}, ${other} ${fixed(Math.min(p, 1 - p))}`,
      was,
    );
  };
  const write = (sentence, t) =>
    act(() => {
      time.stop();
      model.set("sentence", sentence.join(" "));
      model.set("step", t);
      model.set(
        "overrides",
        model.get("overrides").filter(([at]) => at < sentence.length),
      );
      model.save_changes();
    });
  const composing = language ? composer({ language, write, jump: (t) => time.manual(t), after: verdict }) : null;

  const update = () => {
    const [t, unit] = now();
    const shown = view();
    title.textContent = model.get("title");
    title.hidden = !model.get("title");
    time.show();
    units.menu.value = `${unit}`;
    parts.set(model.get("part"));
    reset.disabled = !held.length;
    for (const [gate, control] of gates) {
      const byHand = shown.held.includes(gate);
      control.set(shown.numbers[gate], shown.idle ? "–" : fixed(shown.numbers[gate]));
      control.input.disabled = !shown.movable.length;
      control.row.classList.toggle("lstm-by-hand", byHand);
      if (byHand)
        control.input.setAttribute(
          "aria-valuetext",
          `${fixed(shown.numbers[gate])}, set by hand; the weights give ${fixed(shown.numbers[`own_${gate}`])}`,
        );
    }
    cell.redraw();
    lines.redraw();
    writeFormula(formula, sent, shown, colours);
    writeAnswer();
    composing?.show(run.labels, t);
    spokenWords.say(describe(run, t, unit) + compare(run, beside, held, answer, t, unit), !acted || time.playing());
  };

  // Mouse and touch: hover highlights a part, a press chooses it, a drag moves a gate or the step
  // ------------------------
  const place = (event) => event.target.closest("[data-part]");
  const redrawLight = (part) => {
    if (part !== hover) {
      hover = part;
      cell.redraw();
      writeFormula(formula, sent, view(), colours);
    }
  };
  const follows = (event) => {
    const { gate, low } = drag;
    const box = cell.picture.querySelector(`[data-node=${gate}] .lstm-box`); // another one once the width has changed
    const { top, height } = box.getBoundingClientRect();
    const value = Math.max(low, Math.min(1, 1 - ((event.clientY - top) / height) * (1 - low)));
    hold(gate, Math.round(value * 100) / 100);
  };
  cell.picture.addEventListener("pointerdown", (event) => {
    const node = event.target.closest(".lstm-movable");
    if (!node || event.button !== 0) return;
    const { node: gate, part } = node.dataset;
    const { low } = node.querySelector(".lstm-level").dataset;
    drag = { gate, part, low: Number(low), from: event.clientY, moved: false };
    hover = null;
    cell.picture.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  cell.picture.addEventListener("pointermove", (event) => {
    if (!drag) {
      redrawLight(place(event)?.dataset.part || null);
      return;
    }
    drag.moved ||= Math.abs(event.clientY - drag.from) > 2;
    if (drag.moved) follows(event);
  });
  const letGo = () => {
    lift = drag;
    drag = null;
  };
  cell.picture.addEventListener("pointerup", letGo);
  cell.picture.addEventListener("pointercancel", letGo);
  cell.picture.addEventListener("pointerleave", () => {
    if (!drag) redrawLight(null);
  });
  cell.picture.addEventListener("click", (event) => {
    const moved = lift?.moved;
    const part = lift ? lift.part : place(event)?.dataset.part || "";
    lift = null;
    if (!moved) light(part === model.get("part") ? "" : part);
  });
  scrubs(
    lines.picture,
    () => run.steps,
    (t) => time.manual(t),
  );

  // The page ----------------------------------------------------------------------------------------------------
  const title = html("p", { class: "lstm-title" });
  const past = history(model, el, {
    due: () => everyUnit,
    reset: () => {
      all.checked = everyUnit = false;
      past.show();
    },
  });
  const everywhere = html("label", { class: "lstm-pick" }, all, " all units at once");
  const buttons = html("div", { class: "lstm-buttons" }, ...time.buttons, units.place);
  const side = html(
    "div",
    { class: "lstm-side", role: "group", "aria-label": "gates at this step" },
    formula,
    ...gates.map(([, { row }]) => row),
    html("div", { class: "lstm-buttons" }, ...(params ? [reset, hidden > 1 ? everywhere : ""] : [])),
    parts.row,
    composing ? composing.trained : "",
  );
  const body = html("div", { class: "lstm-body" }, html("div", { class: "lstm-drawing" }, cell.place), side);
  const group = { class: "lstm-widget lstm-live-cell", role: "group", "aria-label": "The cell at work" };
  el.append(
    html(
      "div",
      group,
      title,
      ...(composing ? composing.nodes : []),
      html("div", { class: "lstm-controls" }, buttons, time.row, past.buttons),
      body,
      composing ? "" : verdict,
      lines.place,
      ...spokenWords.nodes,
      legend,
    ),
  );
  const unfollow = [
    follow(model, ["step", "unit", "part", "title"], () => update()),
    follow(model, language ? ["overrides", "sentence"] : ["overrides"], () => {
      recompute();
      update();
    }),
  ];
  recompute();
  update();
  return leave(el, time.stop, past.stop, ...unfollow, cell.stop, lines.stop, spokenWords.stop);
}

// The highlighted part's equation with this step's numbers; a gate set by hand has a value instead of a sum.
function writeFormula(node, sent, shown, colours) {
  if (shown.idle) {
    node.textContent = "Padding: c and h are carried over unchanged.";
    return;
  }
  const gate = { forget: "f", input: "i", candidate: "g", output: "o" }[shown.part];
  const lines = equationLines(sent.equations[shown.part], shown, colours);
  if (gate && shown.held.includes(gate)) {
    const own = shown.numbers[`own_${gate}`];
    lines.splice(
      0,
      2,
      html(
        "span",
        { class: "lstm-formula-line" },
        html("i", {}, gate),
        html("sub", {}, "t"),
        ` = ${fixed(shown.numbers[gate])}, set by hand`,
      ),
      html("span", { class: "lstm-formula-line" }, `the weights give ${fixed(own)}`),
    );
  }
  node.replaceChildren(...lines);
}

export default { render };
