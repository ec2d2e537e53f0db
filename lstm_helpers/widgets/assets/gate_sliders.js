// A cell state with constant gates. `applyGates` and `limit` mirror lstm_helpers.interventions.

import { halfLife, logit } from "./activations.js";
import { caption, choice, fill, follow, history, html, leave, line, put, slider, stage, svg, text } from "./common.js";
import { brief, fixed, niceLimit, scale, spread } from "./numbers.js";

export function applyGates(f, i, g, o, steps, feed) {
  const run = [];
  let c = 0;
  for (let t = 1; t <= steps; t += 1) {
    const kept = f * c;
    const added = feed === "once" && t > 1 ? 0 : i * g;
    c = kept + added;
    run.push({ t, kept, added, c, h: o * Math.tanh(c) });
  }
  return run;
}

export function limit(f, i, g) {
  return i * g === 0 ? 0 : (i * g) / (1 - f);
}

function sentence({ f, i, g, o, steps, feed }, run) {
  const { c, h } = run[run.length - 1];
  const load = i * g;
  const words = [];
  if (load === 0) return "Nothing is written to the cell state, because i · g = 0. So c = 0 and h = 0.";
  if (feed === "once") {
    words.push(`At step 1, i · g = ${fixed(load)} is added to the cell state.`);
    if (f === 1) words.push(`With f = 1 nothing is forgotten: after ${steps} steps c is still ${fixed(c)}.`);
    else if (f === 0) words.push(`With f = 0 it is erased one step later.`);
    else
      words.push(
        `With f = ${fixed(f)} half is forgotten after ${fixed(halfLife(f), 1)} more steps; ` +
          `at step ${steps} c = ${fixed(c)}.`,
      );
  } else {
    words.push(`At every step, i · g = ${fixed(load)} is added to the cell state.`);
    if (f === 1)
      words.push(`With f = 1 nothing is forgotten: at step ${steps} c = ${fixed(c)}, and there is no limit.`);
    else
      words.push(
        `With f = ${fixed(f)} c tends to i · g ÷ (1 − f) = ${fixed(limit(f, i, g))}; ` +
          `at step ${steps} c = ${fixed(c)}.`,
      );
    if (Math.abs(c) > 1) words.push("The candidate lies between −1 and 1, but c has no such bound.");
  }
  if (o === 0 && c !== 0) words.push(`The output gate is closed: h = 0, but the cell state is still ${fixed(c)}.`);
  else words.push(`Output: h = o · tanh c = ${fixed(h)}.`);
  return words.join(" ");
}

// The forget gate as a bias and as a half-life, whatever the input and the steps: mirrors GateSliders.forgetting.
export function forgetting(f) {
  const gate = `f = ${shortest(f)}`;
  if (f === 0) return `${gate}: everything is forgotten after one step; no finite forget bias gives that.`;
  if (f === 1) return `${gate}: nothing is ever forgotten; no finite forget bias gives that.`;
  const life = halfLife(f);
  return (
    `${gate} corresponds to a forget bias of ${fixed(logit(f))} and a half-life of ` +
    `${fixed(life, life < 99.95 ? 1 : 0)} steps`
  );
}

// `before` is the run at the previous setting, which also fits the axis; `was` is the previous limit of the axis.
function drawBelt(settings, run, { before, was }, colours, width, height) {
  const { f, i, g, steps, feed } = settings;
  const box = { left: 44, right: width - 86, top: 50, bottom: height - 38 };
  const last = run[run.length - 1];
  const load = i * g;
  const goal = feed === "always" && load !== 0 && f < 1 ? limit(f, i, g) : null;
  const top = axisEnd(settings, run, before);
  const showGoal = goal !== null && Math.abs(goal) <= top;
  const x = scale(0, steps + 0.5, box.left + 8, box.right);
  const y = scale(-top, top, box.bottom, box.top);
  const out = [];
  const band = { class: "lstm-band", x: box.left, width: box.right - box.left, y: y(1), height: y(-1) - y(1) };
  if (top > 1) {
    out.push(svg("rect", band));
    out.push(
      text(box.right, load > 0 ? y(-1) + 14 : y(1) - 6, "grey band: \u22121 to 1, where h must stay", {
        class: "lstm-note",
        "text-anchor": "end",
      }),
    );
  }
  for (const level of [-top, -top / 2, 0, top / 2, top]) {
    out.push(line(box.left, y(level), box.right, y(level), { class: "lstm-grid" }));
    out.push(
      text(box.left - 6, y(level) + 4, fixed(level, Number.isInteger(level) ? 0 : 1), {
        class: "lstm-tick",
        "text-anchor": "end",
      }),
    );
  }
  const every = [1, 2, 5, 10, 20, 50].find((n) => (steps / n) * 34 <= box.right - box.left) || 100;
  for (let t = 0; t <= steps; t += every) {
    out.push(text(x(t), box.bottom + 17, t, { class: "lstm-tick", "text-anchor": "middle" }));
  }
  out.push(text((box.left + box.right) / 2, height - 4, "step t", { class: "lstm-tick", "text-anchor": "middle" }));
  const path = (name, start) => `M${x(0)},${y(start)}` + run.map((step) => `L${x(step.t)},${y(step[name])}`).join("");
  const pitch = x(1) - x(0);
  const wide = Math.max(1, Math.min(pitch * 0.62, Math.max(2.5, pitch - 5))); // bars stand apart
  out.push(...loads(run, x, y, wide, colours));
  out.push(svg("path", { class: "lstm-line lstm-gap", d: path("h", 0) })); // so h is seen where it crosses the bars
  out.push(...rollers(x, y(0), steps, every));
  if (before.length)
    out.push(...ghost(before.slice(0, steps), x, y, width < 340 ? 4 : box.left, top, was, width < 460));
  out.push(
    svg("path", { class: "lstm-line lstm-h-line", d: path("h", 0), stroke: colours.h, "stroke-dasharray": "5 3" }),
  );
  out.push(svg("path", { class: "lstm-line lstm-c-line", d: path("c", 0), stroke: "currentColor" }));
  const r = Math.max(1.2, Math.min(3, pitch / 5)); // or the marks of a narrow picture would cover their lines
  for (const step of run) {
    const data = {
      "data-t": step.t,
      "data-c": step.c,
      "data-h": step.h,
      "data-kept": step.kept,
      "data-added": step.added,
    };
    out.push(
      svg("rect", {
        class: "lstm-faint lstm-h-mark",
        x: x(step.t) - r,
        y: y(step.h) - r,
        width: 2 * r,
        height: 2 * r,
        stroke: colours.h,
      }),
    );
    out.push(
      svg("circle", {
        class: "lstm-faint lstm-c-mark",
        cx: x(step.t),
        cy: y(step.c),
        r,
        fill: "currentColor",
        ...data,
      }),
    );
  }
  if (showGoal) out.push(...goalLine(goal, x, y, box));
  out.push(...halfMark(settings, load, goal, x, y, box));
  const [yc, yh] = spread([y(last.c), y(last.h)], 17, box.top, box.bottom);
  out.push(text(box.right + 9, yc + 5, `c = ${brief(last.c)}`, { class: "lstm-end lstm-end-c" }));
  out.push(text(box.right + 9, yh + 5, `h = ${brief(last.h)}`, { class: "lstm-end lstm-end-h" }));
  out.push(...legend(width < 340 ? 4 : box.left, colours));
  return out;
}

// The axis fits this run and the previous one, and the limit of c where it is near.
function axisEnd({ f, i, g, steps, feed }, run, before) {
  const largest = Math.max(...[...run, ...before.slice(0, steps)].map((step) => Math.abs(step.c)));
  const goal = feed === "always" && f < 1 ? Math.abs(limit(f, i, g)) : 0;
  return niceLimit(goal <= 1.7 * largest ? Math.max(largest, goal) : largest);
}

function ghost(before, x, y, left, top, was, narrow) {
  const d = `M${x(0)},${y(0)}` + before.map(({ t, c }) => `L${x(t)},${y(c)}`).join("");
  const { c } = before[before.length - 1];
  const note = text(left, 38, `dotted: ${narrow ? "before" : "previous"}, c = ${brief(c)}`, { class: "lstm-note" });
  if (was !== top)
    note.append(
      svg(
        "tspan",
        { class: "lstm-end lstm-axis-note", "data-top": top, "data-was": was },
        `; ${narrow ? "" : "axis "}±${was} → ±${top}`,
      ),
    );
  return [svg("path", { class: "lstm-line lstm-ghost", d, stroke: "currentColor", "data-c": c }), note];
}

// Each step's two parts: the kept one, and on top of it the added one.
function loads(run, x, y, wide, colours) {
  const bar = (t, from, to, name, colour) =>
    from === to
      ? null
      : svg("rect", {
          class: `lstm-load lstm-${name}`,
          x: x(t) - wide / 2,
          width: wide,
          y: Math.min(y(from), y(to)),
          height: Math.abs(y(from) - y(to)),
          fill: colour,
        });
  return run.flatMap(({ t, kept, c }) => [bar(t, 0, kept, "kept", colours.f), bar(t, kept, c, "added", colours.i)]);
}

// The cell state as a conveyor belt that moves to the right.
function rollers(x, y0, steps, every) {
  const out = [line(x(0) - 8, y0, x(steps + 0.5), y0, { class: "lstm-cell-state-line" })];
  for (let t = every / 2; t < steps; t += every) {
    out.push(svg("path", { class: "lstm-faint lstm-chevron", d: `M${x(t) - 3},${y0 - 4}l5,4l-5,4` }));
  }
  return out;
}

function goalLine(goal, x, y, box) {
  const above = goal > 0 ? -6 : 16;
  return [
    line(box.left, y(goal), box.right, y(goal), { class: "lstm-goal", "data-limit": goal }),
    text(box.left + 12, y(goal) + above, `limit i·g ÷ (1 − f) = ${fixed(goal)}`, { class: "lstm-note lstm-halo" }),
  ];
}

// The half-life: the steps after which half is forgotten (input once), or half of the limit is reached (input always).
function halfMark({ f, steps, feed }, load, goal, x, y, box) {
  const life = halfLife(f);
  const at = feed === "once" ? 1 + life : life;
  if (load === 0 || f === 0 || at > steps) return [];
  const level = feed === "once" ? load / 2 : goal / 2;
  const edge = load > 0 ? box.bottom - 8 : box.top + 14;
  const [what, more] = feed === "once" ? ["half left", "more "] : ["half-way", ""];
  const whole = `${what} after ${fixed(life, 1)} ${more}steps`;
  const reach = (words) => 7 + words.length * 6.8;
  const fits = (words) => x(at) + reach(words) < box.right + 80 || x(at) - reach(words) > 0;
  const words = fits(whole) ? whole : `${fixed(life, 1)} steps`;
  const flip = x(at) > (box.left + box.right) / 2 ? x(at) - reach(words) > 0 : x(at) + reach(words) > box.right + 80;
  return [
    line(x(at), y(level), x(at), load > 0 ? box.bottom : box.top, { class: "lstm-half", "data-half-life": life }),
    svg("path", { class: "lstm-diamond", d: `M${x(at)},${y(level) - 6}l6,6l-6,6l-6,-6Z` }),
    text(x(at) + (flip ? -7 : 7), edge, words, { class: "lstm-note lstm-halo", "text-anchor": flip ? "end" : "start" }),
  ];
}

function legend(left, colours) {
  const swatch = (x, colour, name, words) => [
    svg("rect", { class: `lstm-load lstm-${name}`, x, y: 7, width: 13, height: 13, fill: colour }),
    text(x + 19, 18, words, { class: "lstm-note" }),
  ];
  return [
    ...swatch(left, colours.f, "key", "kept: f × c before"),
    ...swatch(left + 142, colours.i, "key", "added: i × g"),
  ];
}

function render({ model, el }) {
  const colours = model.get("_colours");
  const names = ["f", "i", "g", "o", "steps", "feed"];
  const settings = () => Object.fromEntries(names.map((name) => [name, model.get(name)]));
  const runOf = ({ f, i, g, o, steps, feed }) => applyGates(f, i, g, o, steps, feed);
  const run = () => runOf(settings());
  // The previous setting, its run and its axis; replaced when another step of undo begins.
  let ghost = { settings: null, before: [], was: 0 };
  let top = 0;
  const last = () => {
    const then = past.before();
    if (then !== ghost.settings) ghost = { settings: then, before: then ? runOf(then) : [], was: top };
    top = axisEnd(settings(), run(), ghost.before);
    return ghost;
  };
  const gate = (symbol, name, min) =>
    slider({
      symbol,
      name,
      min,
      max: 1,
      step: 0.01,
      colour: colours[symbol],
      onInput: (value) => put(model, symbol, value),
    });
  const sliders = {
    f: gate("f", "forget gate", 0),
    i: gate("i", "input gate", 0),
    g: gate("g", "candidate", -1),
    o: gate("o", "output gate", 0),
  };
  const feed = choice({
    name: "The input gate opens",
    options: [
      ["once", "at step 1 only"],
      ["always", "at every step"],
    ],
    onInput: (value) => put(model, "feed", value),
  });
  const past = history(model, el);
  const picture = stage(300, (width, height) => drawBelt(settings(), run(), last(), colours, width, height));
  const words = caption(picture.picture);
  const memory = html("p", { class: "lstm-equation" });
  const update = () => {
    for (const [name, control] of Object.entries(sliders)) control.set(model.get(name), shortest(model.get(name)));
    feed.set(model.get("feed"));
    fill(memory, { "data-forget-bias": logit(model.get("f")), "data-half-life": halfLife(model.get("f")) }, []);
    memory.textContent = forgetting(model.get("f"));
    picture.redraw();
    words.say(sentence(settings(), run()));
  };
  const controls = html(
    "div",
    { class: "lstm-controls" },
    ...Object.values(sliders).map(({ row }) => row),
    past.beside(feed.row),
  );
  const group = {
    class: "lstm-widget lstm-gate-sliders",
    role: "group",
    "aria-label": "Gates acting on the cell state",
  };
  el.append(html("div", group, controls, memory, picture.place, ...words.nodes));
  const unfollow = follow(model, names, update);
  update();
  return leave(el, past.stop, unfollow, picture.stop, words.stop);
}

// Two digits, or as many as a value set from Python needs: 0.995 must not be written as 0.99.
const shortest = (value) => (Math.abs(value * 100 - Math.round(value * 100)) < 1e-9 ? fixed(value) : fixed(value, 4));

export default { render };
