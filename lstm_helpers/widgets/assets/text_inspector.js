// A text to point at. Only colours are computed here: every number was sent from Python. `describe` and
// `compare` mirror TextInspector.words.

import { caption, choice, follow, history, html, leave, put, slider } from "./common.js";
import { doubles, fixed, floats, scale } from "./numbers.js";

export function unpackText(model) {
  const numbers = model.get("_numbers");
  const size = model.get("_size");
  const c = doubles(numbers.c);
  const moved = floats(numbers.moved);
  const patterns = new Map(
    Object.entries(model.get("_patterns")).map(([name, { values, along }]) => [
      name,
      { values: doubles(values), along: doubles(along) },
    ]),
  );
  return {
    ...size,
    patterns,
    letters: Array.from(model.get("_words")),
    held: (t, unit) => c[t * size.hidden + unit],
    moved: (t, s) => moved[t * size.steps + s],
  };
}

const nameOf = (letter) => ({ " ": "a space", "\n": "a line break" })[letter] || `“${letter}”`;

function mostMoving(run, at) {
  let most = 0;
  for (let s = 1; s <= at; s += 1) if (run.moved(at, s) > run.moved(at, most)) most = s;
  return most;
}

// The sentence about the pattern below the letters.
export function compare({ patterns }, at, unit, name) {
  if (!patterns.has(name)) return "";
  const { values, along } = patterns.get(name);
  return (
    ` The pattern “${name}” is ${fixed(values[at], Number.isInteger(values[at]) ? 0 : 2)} here; ` +
    `over this text, c of unit ${unit} correlates with it by ${fixed(along[unit])}.`
  );
}

export function describe(run, at, unit) {
  const most = mostMoving(run, at);
  const where = most === at ? "this character" : `${nameOf(run.letters[most])}, ${at - most} back`;
  return (
    `Character ${at + 1} of ${run.steps} is ${nameOf(run.letters[at])}. Unit ${unit} then has ` +
    `c = ${fixed(run.held(at, unit))}. The next character is ${nameOf(run.letters[at + 1])}. ` +
    `Its logit depends most on ${where}: ` +
    `the gradient has norm ${fixed(run.moved(at, most))}.`
  );
}

// The colour level, as in figures.style_text: the position between low and high, in few levels.
function colourOf(run, now, maps, s) {
  const map = maps[now.show];
  const level =
    now.show === "prediction"
      ? run.moved(now.at, s) / (run.moved(now.at, mostMoving(run, now.at)) || 1)
      : (run.held(s, now.unit) / run.limits[now.unit] + 1) / 2;
  return map[Math.round(Math.max(0, Math.min(1, level)) * (map.length - 1))];
}

const TALLEST = 9; // pixels of a pattern's bar

// A bar below each letter, from the pattern's lowest to its highest value.
function barsOf({ patterns, steps }, name) {
  if (!patterns.has(name)) return Array(steps).fill(0);
  const values = Array.from(patterns.get(name).values);
  const height = scale(Math.min(...values), Math.max(...values), 0, TALLEST);
  return values.map(height);
}

function render({ model, el }) {
  const run = unpackText(model);
  const maps = model.get("_maps");
  const settings = () => ({
    at: model.get("at"),
    unit: model.get("unit"),
    show: model.get("show"),
    pattern: model.get("pattern"),
  });
  const place = slider({
    symbol: "",
    name: "character",
    min: 0,
    max: run.steps - 1,
    step: 1,
    onInput: (t) => put(model, "at", t),
  });
  const unit = slider({
    symbol: "",
    name: "unit",
    min: 0,
    max: run.hidden - 1,
    step: 1,
    onInput: (k) => put(model, "unit", k),
  });
  const options = [
    ["prediction", "saliency for the prediction here"],
    ["unit", "cell state of the unit"],
  ];
  const show = choice({ name: "colours:", options, onInput: (key) => put(model, "show", key) });
  const names = [...run.patterns.keys()].map((name) => [name, name]);
  const below = choice({
    name: "bars below:",
    options: [["", "none"], ...names],
    onInput: (name) => put(model, "pattern", name),
  });
  const spans = Array.from({ length: run.steps }, (_, t) =>
    html("span", { "data-t": t }, run.letters[t] === "\n" ? "↵\n" : run.letters[t]),
  );
  const page = html("p", { class: "lstm-read lstm-pointed", role: "img" }, ...spans);
  const point = (event) => {
    const { t } = event.target.dataset;
    if (t !== undefined && Number(t) !== model.get("at")) put(model, "at", Number(t));
  };
  page.addEventListener("mouseover", point);
  page.addEventListener("click", point);
  const words = caption(page);
  const past = history(model, el);
  const update = () => {
    const now = settings();
    place.set(now.at, `${now.at + 1} of ${run.steps}`);
    unit.set(now.unit, `${now.unit}`);
    show.set(now.show);
    below.set(now.pattern);
    const bars = barsOf(run, now.pattern);
    page.classList.toggle("lstm-barred", now.pattern !== "");
    spans.forEach((span, t) => {
      const [paper, ink] = colourOf(run, now, maps, t);
      span.style.background = paper;
      span.style.color = ink;
      span.style.boxShadow = bars[t] ? `0 ${bars[t].toFixed(1)}px 0 var(--lstm-edge)` : "";
      span.classList.toggle("lstm-here", t === now.at);
    });
    words.say(describe(run, now.at, now.unit) + compare(run, now.at, now.unit, now.pattern));
  };
  const controls = html(
    "div",
    { class: "lstm-controls" },
    place.row,
    unit.row,
    names.length ? below.row : "",
    past.beside(show.row),
  );
  const group = { class: "lstm-widget lstm-inspector", role: "group", "aria-label": "Point at a character" };
  el.append(html("div", group, controls, page, ...words.nodes));
  const unfollow = follow(model, ["at", "unit", "show", "pattern"], update);
  update();
  return leave(el, past.stop, unfollow, words.stop);
}

export default { render };
