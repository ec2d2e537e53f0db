// The cell at work on a recorded run: what is shown comes from the trace, and where the reader holds a gate, from the
// mirror of the cell. The trait `overrides` is a list of [step, gate, unit, value].

const SLIDERS = [["f", "forget gate", 0], ["i", "input gate", 0], ["g", "candidate", -1], ["o", "output gate", 0]];
const PARTS = [["", "all"], ["forget", "forget gate"], ["input", "input gate"], ["candidate", "candidate"], ["update", "belt"], ["output", "output gate"], ["hidden", "hidden state"]];
const BELT_KEYS = ["c", "c_previous", "kept", "written"];

// Every number that the diagram and its equations show, for one unit at one step.
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

// What the hand changed, in words; empty where nothing is held.
function compare(run, original, held, answer, t, unit) {
  if (!held.length) return "";
  const names = Object.fromEntries(SLIDERS.map(([gate, name]) => [gate, name]));
  const here = held.filter(([at, , k]) => at === t && k === unit);
  const words = here.map(([, gate, , value]) => `${names[gate]} ${fixed(value)} instead of ${fixed(original.at(gate, t, unit))}`);
  const steps = [...new Set(held.map(([at]) => at + 1))].sort((a, b) => a - b);
  const first = words.length ? ` Held by hand here: ${words.join(", ")}.` : ` Held by hand at step ${steps.join(", ")}.`;
  const was = ` In the original run, c = ${fixed(original.at("c", t, unit))} and h = ${fixed(original.at("h", t, unit))} here`;
  if (!answer) return `${first}${was}.`;
  const end = run.steps - 1;
  return `${first}${was}, and at the end ${answer.words} ${fixed(answer.of(original, end))}; now it is ${fixed(answer.of(run, end))}.`;
}

// The readout's answer, sigmoid(h W_y + b_y), if there is one.
function readAnswer(model, hidden) {
  const weights = unpackArrays(model.get("_readout"));
  if (!weights.W_y) return null;
  const of = (run, t) => {
    let y = weights.b_y[0];
    for (let k = 0; k < hidden; k += 1) y += (t < 0 ? run.before("h", 0, k) : run.at("h", t, k)) * weights.W_y[k];
    return sigmoid(y);
  };
  return { of, words: model.get("_answer") };
}

function render({ model, el }) {
  const colours = model.get("_colours");
  const layout = model.get("_diagram");
  const original = unpack(model);
  const { steps, hidden, inputs } = original;
  const weights = unpackArrays(model.get("_params"));
  const params = weights.W_x ? weights : null;
  const answer = readAnswer(model, hidden);
  let [run, held, hover, everyUnit, acted, drag, lift] = [original, [], null, false, false, null, null];

  const recompute = () => {
    held = model.get("overrides");
    run = held.length ? readTrace(holdGates(params, original.trace, held), { steps, hidden, inputs }, original.labels) : original;
  };
  const now = () => [model.get("step"), model.get("unit")];
  const view = () => {
    const [t, unit] = now();
    const top = Math.max(run.top, original.top);
    const idle = !run.seen(t);
    return {
      numbers: numbersOf(run, params, t, unit), limits: Object.fromEntries(BELT_KEYS.map((key) => [key, top])), say: (number) => fixed(number),
      part: hover ?? model.get("part"), idle, held: held.filter(([at, , k]) => at === t && k === unit).map(([, gate]) => gate),
      movable: params && !idle ? BLOCKS : [], input: idle ? "none" : model.get("_inputs")[t], token: run.labels.length && !idle ? run.labels[t] : "",
    };
  };

  // Acting ------------------------------------------------------------------------------------------------------
  const act = (change) => { acted = true; change(); acted = false; };
  const hold = (gate, value) => act(() => {
    const [t, unit] = now();
    time.stop();
    const units = everyUnit ? Array.from({ length: hidden }, (_, k) => k) : [unit];
    const others = model.get("overrides").filter(([at, g, k]) => !(at === t && g === gate && units.includes(k)));
    put(model, "overrides", [...others, ...units.map((k) => [t, gate, k, value])]);
  });
  const light = (part) => act(() => put(model, "part", part));

  // Controls ----------------------------------------------------------------------------------------------------
  const time = playback({ model, trait: "step", steps, towards: 1, names: ["Previous", "Play", "Next"], act, onMove: () => update() });
  const reset = button("Original run", () => act(() => put(model, "overrides", [])));
  const units = unitMenu(hidden, (unit) => act(() => put(model, "unit", unit)));
  const all = html("input", { type: "checkbox", ...OWN_KEYS });
  all.addEventListener("change", () => { everyUnit = all.checked; });
  const gates = SLIDERS.map(([symbol, name, min]) => [symbol, slider({ symbol, name, min, max: 1, step: 0.01, colour: colours[symbol], onInput: (value) => hold(symbol, value) })]);
  const parts = choice({ name: "Light", options: PARTS, onInput: light });

  // Pictures ----------------------------------------------------------------------------------------------------
  const cell = stage((width) => diagramSizes(layout, width).height, (width) => drawDiagram(layout, view(), colours, width));
  const tracks = () => {
    const [, unit] = now();
    const top = Math.max(run.top, original.top);
    const track = (name, limit, colour) => {
      const value = (source) => (t) => (t < 0 ? source.before(name, 0, unit) : source.at(name, t, unit));
      return { name, words: name, low: -limit, high: limit, colour, now: value(run), before: held.length ? value(original) : null };
    };
    const both = [track("c", top, "currentColor"), track("h", 1, colours.h)];
    if (!answer) return both;
    const p = (source) => (t) => answer.of(source, t);
    return [...both, { name: "p", words: "p", low: 0, high: 1, colour: colours.x, now: p(run), before: held.length ? p(original) : null }];
  };
  const lines = stage(linesHeight(answer ? 3 : 2), (width) => drawLines(run, tracks(), model.get("step"), [...new Set(held.map(([t]) => t))], width, held.length ? "▼ held by hand; dashed: the original run" : ""));
  lines.picture.setAttribute("aria-label", `c and h of the unit${answer ? `, and p, the answer ${answer.words},` : ""} over all steps; the sentence below says the numbers`);
  const words = caption(cell.picture);
  const formula = html("p", { class: "lstm-formula", "aria-hidden": "true" });
  const legend = html("p", { class: "lstm-legend" });
  legend.textContent = `The thicker a wire, the larger its number; broken: below zero. ${params ? "Drag a gate up or down, or use its slider." : "A recording: without the weights no gate can be moved."}`;

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
      if (byHand) control.input.setAttribute("aria-valuetext", `${fixed(shown.numbers[gate])}, held by hand; the weights say ${fixed(shown.numbers[`own_${gate}`])}`);
    }
    cell.redraw();
    lines.redraw();
    writeFormula(formula, layout, shown, colours);
    words.say(describe(run, t, unit) + compare(run, original, held, answer, t, unit), !acted || time.playing());
  };

  // Mouse and touch: hover lights a part, a press chooses it, a drag moves a gate or the step ------------------------
  const place = (event) => event.target.closest("[data-part]");
  const redrawLight = (part) => { if (part !== hover) { hover = part; cell.redraw(); writeFormula(formula, layout, view(), colours); } };
  const follows = (event) => {
    const box = cell.picture.getBoundingClientRect();
    const y = ((event.clientY - box.top) / box.height) * cell.picture.viewBox.baseVal.height;
    const { gate, low, top, tall } = drag;
    const value = Math.max(low, Math.min(1, 1 - ((y - top) / tall) * (1 - low)));
    hold(gate, Math.round(value * 100) / 100);
  };
  cell.picture.addEventListener("pointerdown", (event) => {
    const node = event.target.closest(".lstm-movable");
    if (!node || event.button !== 0) return;
    const { node: gate, low, top, tall } = node.dataset;
    drag = { gate, low: Number(low), top: Number(top), tall: Number(tall), from: event.clientY, moved: false };
    hover = null;
    cell.picture.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  cell.picture.addEventListener("pointermove", (event) => {
    if (!drag) { redrawLight(place(event)?.dataset.part || null); return; }
    drag.moved ||= Math.abs(event.clientY - drag.from) > 2;
    if (drag.moved) follows(event);
  });
  const letGo = () => { lift = drag; drag = null; };
  cell.picture.addEventListener("pointerup", letGo);
  cell.picture.addEventListener("pointercancel", letGo);
  cell.picture.addEventListener("pointerleave", () => { if (!drag) redrawLight(null); });
  cell.picture.addEventListener("click", (event) => {
    const moved = lift?.moved;
    const part = lift ? layout.nodes.find(({ name }) => name === lift.gate).part : place(event)?.dataset.part || "";
    lift = null;
    if (!moved) light(part === model.get("part") ? "" : part);
  });
  const scrub = (event) => {
    const box = lines.picture.getBoundingClientRect();
    const width = lines.picture.viewBox.baseVal.width;
    const x = linesScale(steps, width);
    time.manual(Math.round((((event.clientX - box.left) / box.width) * width - x(0)) / (x(1) - x(0))));
  };
  lines.picture.addEventListener("pointerdown", (event) => { lines.picture.setPointerCapture(event.pointerId); scrub(event); });
  lines.picture.addEventListener("pointermove", (event) => { if (event.buttons & 1) scrub(event); });

  // The page ----------------------------------------------------------------------------------------------------
  const title = html("p", { class: "lstm-title" });
  const everywhere = html("label", { class: "lstm-pick" }, all, " all units at once");
  const buttons = html("div", { class: "lstm-buttons" }, ...time.buttons, units.place);
  const side = html("div", { class: "lstm-side", role: "group", "aria-label": "gates at this step" },
    formula, ...gates.map(([, { row }]) => row), html("div", { class: "lstm-buttons" }, ...(params ? [reset, hidden > 1 ? everywhere : ""] : [])),
    parts.row, legend);
  const body = html("div", { class: "lstm-body" }, html("div", { class: "lstm-drawing" }, cell.place), side);
  const group = { class: "lstm-widget lstm-live-cell", role: "group", "aria-label": "The cell at work" };
  el.append(html("div", group, title, html("div", { class: "lstm-controls" }, buttons, time.row), body, lines.place, ...words.nodes));
  const unfollow = [
    follow(model, ["step", "unit", "part", "title"], () => update()),
    follow(model, ["overrides"], () => { recompute(); update(); }),
  ];
  recompute();
  update();
  return leave(el, time.stop, ...unfollow, cell.stop, lines.stop, words.stop);
}

// The lit part's equation with this step's numbers; a held gate has a value instead of a sum, a masked step none of it.
function writeFormula(node, layout, shown, colours) {
  if (shown.idle) { node.textContent = "Padding: c and h are carried on as they are."; return; }
  const gate = { forget: "f", input: "i", candidate: "g", output: "o" }[shown.part];
  const lines = equationLines(layout.equations[shown.part], shown, colours);
  if (gate && shown.held.includes(gate)) {
    const own = shown.numbers[`own_${gate}`];
    lines.splice(0, 2, html("span", { class: "lstm-formula-line" }, html("i", {}, gate), html("sub", {}, "t"), ` = ${fixed(shown.numbers[gate])}, held by hand`),
      html("span", { class: "lstm-formula-line" }, `the weights say ${fixed(own)}`));
  }
  node.replaceChildren(...lines);
}

export default { render };
