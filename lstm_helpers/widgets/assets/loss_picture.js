// The loss against the step on a logarithmic axis: the losses after downsampling as a thin line, the mean of the last
// steps as a thick one, the chance level dashed, the first run dotted. All numbers and words come from Python.

import { html, line, slider, svg, text } from "./common.js";
import { floats, niceLimit, raised, scale } from "./numbers.js";

const ROWS = 3; // steps, losses, means

export function unpackShown(model) {
  const shown = model.get("_shown");
  const numbers = floats(shown.points);
  const length = numbers.length / ROWS;
  const [steps, losses, means] = [0, 1, 2].map((k) => numbers.subarray(k * length, (k + 1) * length));
  const before = shown.first ? floats(shown.first) : [];
  const first = [before.slice(0, before.length / 2), before.slice(before.length / 2)];
  return { ...shown, steps, losses, means, first };
}

const sayTick = (power) => (power > -3 && power < 3 ? `${Number(`1e${power}`)}` : `10${raised(power)}`);

// Whole powers of ten, so that the axis rarely changes while the loss falls.
function powersAround(values) {
  const logs = values.filter((value) => value > 0 && Number.isFinite(value)).map(Math.log10);
  if (!logs.length) return [-1, 0];
  const low = Math.floor(Math.min(...logs) - 0.02);
  return [low, Math.max(Math.ceil(Math.max(...logs) + 0.02), low + 1)];
}

export function drawLosses({ steps, losses, means, total, first, first_name, read, rates = [] }, level, width, height) {
  const box = { left: 50, right: width - marginOf(level), top: 26, bottom: height - 42 };
  const [low, high] = powersAround([...losses, ...means, ...first[1], ...(level.loss ? [level.loss] : [])]);
  const longest = Math.max(steps.at(-1) || 0, first[0].at(-1) || 0);
  const last = Math.max(total, niceLimit(Math.max(longest, 100)) * (total ? 0 : 1), longest);
  const x = scale(0, last, box.left, box.right);
  const y = scale(low, high, box.bottom, box.top);
  const out = [text(4, 14, "loss", { class: "lstm-tick" })];
  const every = Math.ceil((high - low) / 6);
  for (let power = low; power <= high; power += every) {
    out.push(line(box.left, y(power), box.right, y(power), { class: "lstm-grid" }));
    out.push(text(box.left - 6, y(power) + 4, sayTick(power), { class: "lstm-tick", "text-anchor": "end" }));
  }
  for (const part of width < 480 ? [0, 0.5, 1] : [0, 0.25, 0.5, 0.75, 1]) {
    const words = Math.round(part * last).toLocaleString("en");
    out.push(text(x(part * last), box.bottom + 17, words, { class: "lstm-tick", "text-anchor": "middle" }));
  }
  const axis = "step of training · thin: every loss, thick: mean of the last 20";
  out.push(
    text((box.left + box.right) / 2, box.bottom + 36, width < 480 ? "step of training" : axis, {
      class: "lstm-tick",
      "text-anchor": "middle",
    }),
  );
  if (level.loss) {
    const at = y(Math.log10(level.loss));
    out.push(
      svg("rect", {
        class: "lstm-band",
        x: box.left,
        y: box.top,
        width: box.right - box.left,
        height: Math.max(0, at - box.top),
      }),
    );
    out.push(text(box.right - 4, at - 5, "worse than chance", { class: "lstm-tick lstm-halo", "text-anchor": "end" }));
    out.push(line(box.left, at, box.right, at, { class: "lstm-level" }));
    out.push(text(box.right + 6, at + 5, level.label, { class: "lstm-tick lstm-goal-name" }));
  }
  out.push(trackOf(steps, losses, "lstm-loss", x, y), trackOf(steps, means, "lstm-mean", x, y));
  if (first[0].length) {
    const [end, value] = [first[0].at(-1), first[1].at(-1)];
    const below = value > 0 && Number.isFinite(value) ? y(Math.log10(value)) + 16 : box.top + 16;
    out.push(trackOf(...first, "lstm-first", x, y));
    out.push(
      text(Math.max(x(end), box.left + 7 * first_name.length), Math.min(below, box.bottom - 4), first_name, {
        class: "lstm-tick lstm-halo",
        "text-anchor": "end",
      }),
    );
  }
  const k = nearestStep(steps, read);
  if (k !== null)
    out.push(line(x(steps[k]), box.top, x(steps[k]), box.bottom, { class: "lstm-cursor", "data-read": steps[k] }));
  return [...out, ...rateMarks(rates, x, box)];
}

// Room at the right for the name of the level.
const marginOf = ({ label }) => (label ? 14 + 6.8 * label.length : 14);

// The drawn step nearest to this one; none if no step is read or drawn.
function nearestStep(steps, read) {
  if (read === null || !steps.length) return null;
  let best = 0;
  steps.forEach((step, k) => {
    if (Math.abs(step - read) < Math.abs(steps[best] - read)) best = k;
  });
  return best;
}

// Any drawn step can be read, with a slider or by pointing at the picture.
export function readings(model, picture) {
  let read = null;
  const say = (value) =>
    value > 0 && value < 0.001 ? value.toExponential(1).replace("-", "\u2212") : Number(value.toPrecision(3));
  const move = (step) => {
    read = step;
    show();
    picture.redraw();
  };
  const control = slider({
    symbol: "",
    name: "read step",
    min: 0,
    max: 0,
    step: 1,
    onInput: (k) => move(unpackShown(model).steps[k]),
  });
  control.row.classList.add("lstm-reading");
  const show = () => {
    const { steps, losses, means } = unpackShown(model);
    const k = nearestStep(steps, read);
    control.input.max = Math.max(0, steps.length - 1);
    control.input.disabled = !steps.length;
    control.set(
      k ?? 0,
      k === null ? "point at a step" : `step ${steps[k]}: loss ${say(losses[k])}, mean ${say(means[k])}`,
    );
  };
  picture.picture.addEventListener("pointermove", (event) => {
    const { steps, total, first } = unpackShown(model);
    if (!steps.length) return;
    const { left, width } = picture.picture.getBoundingClientRect();
    const level = model.get("_level");
    const longest = Math.max(steps.at(-1), first[0].at(-1) || 0);
    const last = total ? Math.max(total, longest) : Math.max(niceLimit(Math.max(longest, 100)), longest);
    move(scale(50, width - marginOf(level), 0, last)(event.clientX - left));
  });
  return { row: control.row, show, step: () => read };
}

// A line with a gap where there is no logarithm.
function trackOf(steps, values, name, x, y) {
  let path = "";
  let pen = "M";
  steps.forEach((step, k) => {
    const value = values[k];
    if (!(value > 0 && Number.isFinite(value))) {
      pen = "M";
      return;
    }
    path += `${pen}${x(step)},${y(Math.log10(value))}`;
    pen = "L";
  });
  return path ? svg("path", { class: name, d: path, "data-points": steps.length }) : null;
}

// Each change of the learning rate has its line, and a label where there is room.
function rateMarks(rates, x, box) {
  let free = -Infinity;
  return rates.flatMap(([step, rate], k) => {
    const at = x(step);
    const mark =
      step > 0
        ? [line(at, box.top - 8, at, box.bottom, { class: "lstm-rate", "data-step": step, "data-rate": rate })]
        : [];
    const words = k === 0 ? `learning rate ${rate}` : `${rate}`;
    const room = words.length * 7 + 10;
    const next = k + 1 < rates.length ? x(rates[k + 1][0]) : Infinity;
    if (at < free || at + room > box.right + 60 || (next < at + room && k + 1 < rates.length - 1)) return mark;
    free = at + room;
    return [...mark, text(at + 4, box.top - 2, words, { class: "lstm-tick lstm-halo" })];
  });
}

// How both widgets handle a new picture: only the latest is drawn, at the next frame. A hidden tab has no frames, and
// uses a timer instead.
export function atNextFrame(draw) {
  let frame = null;
  let clock = null;
  const stop = () => {
    cancelAnimationFrame(frame);
    clearTimeout(clock);
    clock = null;
  };
  const now = () => {
    stop();
    draw();
  };
  const ask = () => {
    if (clock !== null) return;
    frame = requestAnimationFrame(now);
    clock = setTimeout(now, 250);
  };
  return { ask, stop };
}

export const GONE = "The kernel has gone: run the cell again.";
const SPEAK = 10000; // milliseconds between two sentences for screen readers

// The sentence below a picture that changes many times a second: announced at the beginning and the end, and
// sometimes in between.
export function announcer(words) {
  let spoken = -Infinity;
  let status = null;
  return (sentence, now) => {
    words.say(sentence, true);
    if (now !== status || (now === "going" && performance.now() - spoken > SPEAK)) {
      if (status !== null) words.announce(sentence);
      spoken = performance.now();
    }
    status = now;
  };
}

// Where the front end reports its kernel (JupyterLab does), its end is noticed at once; elsewhere by a timer.
export function whenKernelGoes(model, tell) {
  const kernel = model.widget_manager?.kernel;
  const look = (_, status) => {
    if (["restarting", "autorestarting", "terminating", "dead"].includes(status)) tell();
  };
  const end = () => tell();
  kernel?.statusChanged?.connect(look);
  kernel?.disposed?.connect(end);
  return () => {
    kernel?.statusChanged?.disconnect(look);
    kernel?.disposed?.disconnect(end);
  };
}

export function titleOf(model) {
  const title = html("p", { class: "lstm-title" });
  return {
    title,
    update: () => {
      title.textContent = model.get("title");
      title.hidden = !model.get("title");
    },
  };
}
