// Plays a recorded trace. Nothing is computed: every number shown was sent from Python as the bits of a float64.

const GATES = [
  ["i", "input gate", 0],
  ["f", "forget gate", 0],
  ["g", "candidate", -1],
  ["o", "output gate", 0],
];

function equation(run, t, unit) {
  const number = (name) => fixed(run.at(name, t, unit), 3);
  const c = number("c");
  if (!run.seen(t)) return `c = c before = ${c}`;
  const signed = (words) => (words.startsWith("\u2212") ? `(${words})` : words);
  return `c = f × c before + i × g = ${number("f")} × ${signed(fixed(run.before("c", t, unit), 3))} + ` +
    `${number("i")} × ${signed(number("g"))} = ${c}`;
}

// Where things go: bars beside the belt when there is room, below it when not.
function arrange(width) {
  const wide = width >= 620;
  const right = wide ? width - 236 : width - 12;
  const box = { left: 38, right: right - 86, top: 62, bottom: 232 };
  const bars = wide ? { left: right + 18, right: width - 6, top: 62 } : { left: 8, right: width - 8, top: 280 };
  return { box, bars, height: wide ? 270 : 450 };
}

function drawPlayer(run, t, unit, colours, width) {
  const { box, bars } = arrange(width);
  const x = scale(-1, run.steps - 1, box.left, box.right);
  const y = scale(-run.top, run.top, box.bottom, box.top);
  const out = [];
  for (let s = 0; s < run.steps; s += 1) {
    if (run.seen(s)) continue;
    if (s === 0 || run.seen(s - 1)) out.push(text(x(s - 1) + 4, box.top + 14, "padding", { class: "lstm-tick" }));
    out.push(svg("rect", { class: "lstm-masked", x: x(s - 1), y: box.top, width: x(s) - x(s - 1), height: box.bottom - box.top, "data-t": s }));
  }
  for (const level of [-run.top, 0, run.top]) {
    out.push(line(box.left, y(level), box.right, y(level), { class: "lstm-grid" }));
    out.push(text(box.left - 6, y(level) + 4, fixed(level, 0), { class: "lstm-tick", "text-anchor": "end" }));
  }
  out.push(...inputStrip(run, t, x, box), line(x(t), 44, x(t), box.bottom, { class: "lstm-cursor" }));
  for (const name of ["h", "c"]) out.push(...track(run, name, t, unit, x, y, name === "c" ? "currentColor" : colours.h));
  const c = run.at("c", t, unit);
  const h = run.at("h", t, unit);
  const [yc, yh] = apart(y(c), y(h), 17, box.top, box.bottom);
  const end = (name, value, at) => text(box.right + 8, at + 5, `${name} = ${brief(value)}`, { class: `lstm-end lstm-end-${name}`, "data-value": value });
  out.push(end("c", c, yc), end("h", h, yh));
  out.push(text((box.left + box.right) / 2, box.bottom + 30, `c and h of unit ${unit}, step by step`, { class: "lstm-tick", "text-anchor": "middle" }));
  out.push(...ticks(run, x, box), ...gateBars(run, t, unit, colours, bars));
  return out;
}

// Drawn strongly up to now, faintly ahead.
function track(run, name, t, unit, x, y, colour) {
  const point = (s) => `${x(s)},${y(s < 0 ? run.before(name, 0, unit) : run.at(name, s, unit))}`;
  const path = (from, to) => "M" + Array.from({ length: to - from + 1 }, (_, k) => point(from + k)).join("L");
  const look = { stroke: colour, "stroke-dasharray": name === "h" ? "5 3" : null };
  const mark = name === "c"
    ? svg("circle", { cx: x(t), cy: y(run.at(name, t, unit)), r: 4.5, fill: colour })
    : svg("rect", { class: "lstm-h-mark", x: x(t) - 4, y: y(run.at(name, t, unit)) - 4, width: 8, height: 8, stroke: colour });
  return [
    svg("path", { class: `lstm-line lstm-rest lstm-${name}-rest`, d: path(t, run.steps - 1), ...look }),
    svg("path", { class: `lstm-line lstm-${name}-line`, d: path(-1, t), ...look }),
    mark,
  ];
}

// What goes in: words or years along the top, as many as fit, the present one always; a single number also as a line.
function inputStrip(run, t, x, box) {
  const out = [];
  if (run.inputs === 1) {
    const values = Array.from({ length: run.steps }, (_, s) => run.input(s)[0]);
    const shown = values.filter((_, s) => run.seen(s));
    const low = Math.min(...shown);
    const high = Math.max(...shown);
    const y = scale(low, high === low ? low + 1 : high, 56, 26);
    const path = values.map((v, s) => (run.seen(s) ? `${s > 0 && run.seen(s - 1) ? "L" : "M"}${x(s)},${y(v)}` : "")).join("");
    out.push(svg("path", { class: "lstm-line lstm-rest", d: path, stroke: "currentColor" }));
    if (run.seen(t)) out.push(svg("circle", { cx: x(t), cy: y(values[t]), r: 3.5, fill: "currentColor" }));
    out.push(text(box.left - 6, 44, "x", { class: "lstm-tick", "text-anchor": "end", "font-style": "italic" }));
  }
  const line0 = run.inputs === 1 ? 14 : 36;
  const words = run.seen(t) ? inputWords(run, t) : "padding";
  const half = (label) => 4 + label.length * 3.8;
  const now = Math.max(half(words), Math.min(box.right + 76 - half(words), x(t)));
  out.push(text(now, line0, words, { class: "lstm-now", "text-anchor": "middle", "data-step": t }));
  if (run.inputs === 1) return out;
  // In two rows where one is too short; a word that fits in neither is left out.
  const width = (s) => 2 * half(run.labels[s]);
  const rows = run.labels.every((_, s) => s === 0 || (width(s - 1) + width(s)) / 2 <= x(s) - x(s - 1)) ? 1 : 2;
  const taken = [-Infinity, -Infinity];
  out[0].setAttribute("y", line0 - 15 * (t % rows));
  for (let s = 0; s < run.labels.length; s += 1) {
    const [from, to, row] = [x(s) - width(s) / 2, x(s) + width(s) / 2, s % rows];
    const under = row === t % rows && to > now - half(words) && from < now + half(words);
    if (s === t || from < taken[row] || under || to > box.right + 76) continue;
    taken[row] = to;
    out.push(text(x(s), line0 - 15 * row, run.labels[s], { class: "lstm-tick", "text-anchor": "middle", opacity: 0.6 }));
  }
  return out;
}

function ticks(run, x, box) {
  const every = [1, 2, 5, 10, 20, 50, 100, 200, 500].find((n) => (run.steps / n) * 36 <= box.right - box.left) || 1000;
  const times = run.inputs === 1 && run.labels.length > 0;
  const out = [];
  for (let s = times || every === 1 ? 0 : every - 1; s < run.steps; s += every) {
    out.push(text(x(s), box.bottom + 15, times ? run.labels[s] : s + 1, { class: "lstm-tick", "text-anchor": "middle" }));
  }
  return out;
}

function gateBars(run, t, unit, colours, { left, right, top }) {
  const out = [];
  GATES.forEach(([name, words, low], k) => {
    const y = top + k * 42;
    const x = scale(low, 1, left, right);
    const value = run.at(name, t, unit);
    const seen = run.seen(t);
    const letter = svg("tspan", { "font-style": "italic", "font-weight": "bold" }, name);
    out.push(svg("text", { x: left, y: y + 11 }, letter, ` ${words}`));
    out.push(text(right, y + 11, seen ? fixed(value) : "not used", { "text-anchor": "end", class: "lstm-end" }));
    const bar = { class: `lstm-load lstm-bar-${name}`, x: Math.min(x(0), x(value)), y: y + 17, height: 14, fill: colours[name], "data-value": value };
    if (seen) out.push(svg("rect", { ...bar, width: Math.abs(x(value) - x(0)) }));
    out.push(svg("rect", { class: "lstm-well", x: left, y: y + 17, width: right - left, height: 14 }));
    if (low < 0) out.push(line(x(0), y + 14, x(0), y + 34, { class: "lstm-cursor" }));
  });
  return out;
}

function render({ model, el }) {
  const colours = model.get("_colours");
  const run = unpack(model);
  const end = run.steps - 1;
  let timer = null;
  const go = (t) => put(model, "t", Math.max(0, Math.min(end, t)));
  const stop = () => { clearTimeout(timer); timer = null; };
  const pause = () => { if (timer !== null) { stop(); update(); } };
  const manual = (t) => { stop(); go(t); update(); };
  // Nothing moves before the reader presses Play; who asked for less motion gets a step a second at most.
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const pace = Math.max(still ? 1000 : 60, Math.min(1000, 12000 / run.steps));
  const tick = () => {
    go(model.get("t") + 1);
    if (model.get("t") >= end) pause();
    else timer = setTimeout(tick, pace);
  };
  const play = () => {
    if (timer !== null) { pause(); return; }
    if (model.get("t") >= end) go(0);
    timer = setTimeout(tick, pace);
    update();
  };
  const back = button("Previous", () => manual(model.get("t") - 1));
  const toggle = button("Play", play);
  const next = button("Next", () => manual(model.get("t") + 1));
  const step = slider({ symbol: "", name: "step", min: 0, max: end, step: 1, onInput: manual });
  const unit = slider({ symbol: "", name: "unit", min: 0, max: run.hidden - 1, step: 1, onInput: (value) => put(model, "unit", value) });
  const picture = stage((width) => arrange(width).height, (width) => drawPlayer(run, model.get("t"), model.get("unit"), colours, width));
  const words = caption(picture.picture);
  const sum = html("p", { class: "lstm-equation", "aria-hidden": "true" });
  const title = html("p", { class: "lstm-title" });
  const update = () => {
    const [t, chosen] = [model.get("t"), model.get("unit")];
    title.textContent = model.get("title");
    title.hidden = !model.get("title");
    step.set(t, `${t + 1} of ${run.steps}`);
    unit.set(chosen, `${chosen}`);
    toggle.textContent = timer === null ? "Play" : "Pause";
    picture.redraw();
    sum.replaceChildren(html("code", {}, `trace[${t}]`), "  ", equation(run, t, chosen));
    words.say(describe(run, t, chosen), timer !== null);
  };
  const buttons = html("div", { class: "lstm-buttons" }, back, toggle, next);
  const controls = html("div", { class: "lstm-controls" }, buttons, step.row, run.hidden > 1 ? unit.row : "");
  const group = { class: "lstm-widget lstm-player", role: "group", "aria-label": "Play a sequence through the cell" };
  el.append(html("div", group, title, controls, picture.place, sum, ...words.nodes));
  const unfollow = follow(model, ["t", "unit", "title"], update);
  update();
  return leave(el, stop, unfollow, picture.stop, words.stop);
}

export default { render };
