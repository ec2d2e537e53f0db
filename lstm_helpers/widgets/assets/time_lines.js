// Quantities of a run as small lines over its steps, one below the other; the run for comparison is dashed.

import { line, svg, text } from "./common.js";
import { fixed, scale } from "./numbers.js";

const LINE = { left: 56, right: 12, top: 24, tall: 30, gap: 14, foot: 6 };
const linesFloor = (count) => LINE.top + count * LINE.tall + (count - 1) * LINE.gap;
export const linesHeight = (count, run, width) => linesFloor(count) + LINE.foot + stepNames(run, width).tall;
export const linesScale = (steps, width) => scale(-1, steps - 1, LINE.left, width - LINE.right - 8);

// A press on the lines or on a word below goes to that step; a drag follows the pointer.
export function scrubs(picture, steps, go) {
  const to = (event) => {
    const [box, width] = [picture.getBoundingClientRect(), picture.viewBox.baseVal.width];
    // A word may be beside its position.
    const named = event.type === "pointerdown" && event.target.closest("text[data-step]");
    const x = linesScale(steps(), width);
    go(
      named
        ? Number(named.dataset.step)
        : Math.round((((event.clientX - box.left) / box.width) * width - x(0)) / (x(1) - x(0))),
    );
  };
  picture.addEventListener("pointerdown", (event) => {
    if (event.button === 0) {
      picture.setPointerCapture(event.pointerId);
      to(event);
    }
  });
  picture.addEventListener("pointermove", (event) => {
    if (event.buttons & 1) to(event);
  });
}

// tracks: name, words, low, high, colour, now(t) and before(t) for t from -1; before may be null; `say` writes a
// number.
export function drawLines(run, tracks, t, marks, width, note) {
  const x = linesScale(run.steps, width);
  const floor = linesFloor(tracks.length);
  const out = [];
  for (let s = 0; s < run.steps; s += 1) {
    if (!run.seen(s))
      out.push(
        svg("rect", {
          class: "lstm-masked",
          x: x(s - 1),
          y: LINE.top,
          width: x(s) - x(s - 1),
          height: floor - LINE.top,
        }),
      );
  }
  out.push(line(x(t), LINE.top - 4, x(t), floor + 4, { class: "lstm-cursor" }));
  tracks.forEach((track, k) =>
    out.push(...drawTrack(track, run.steps, t, x, LINE.top + k * (LINE.tall + LINE.gap), width)),
  );
  for (const s of marks) {
    out.push(svg("path", { class: "lstm-held-mark", d: `M${x(s)},${LINE.top - 1}l-5,-9h10Z`, "data-step": s }));
  }
  if (note) out.push(text(6, 11, note, { class: "lstm-tick" }));
  out.push(...stepLabels(run, t, x, floor + LINE.foot, width));
  return out;
}

function drawTrack({ name, words, low, high, colour, now, before, say = fixed, ends = null }, steps, t, x, top, width) {
  const y = scale(low, high, top + LINE.tall, top);
  const path = (value) => `M${Array.from({ length: steps + 1 }, (_, s) => `${x(s - 1)},${y(value(s - 1))}`).join("L")}`;
  const zero = Math.max(low, Math.min(high, 0));
  const out = [line(LINE.left, y(zero), width - LINE.right, y(zero), { class: "lstm-grid" })];
  if (low < 0)
    out.push(
      line(LINE.left, top, width - LINE.right, top, { class: "lstm-grid" }),
      line(LINE.left, top + LINE.tall, width - LINE.right, top + LINE.tall, { class: "lstm-grid" }),
    );
  const tick = (level, k) => (ends ? ends[k] : say === fixed ? fixed(level, 0) : say(level));
  [low, high].forEach((level, k) =>
    out.push(text(LINE.left - 6, y(level) + 4, tick(level, k), { class: "lstm-tick", "text-anchor": "end" })),
  );
  out.push(
    text(6, top + LINE.tall / 2 + 4, words, { class: "lstm-end", "font-style": words.length === 1 ? "italic" : null }),
  );
  if (before)
    out.push(svg("path", { class: `lstm-line lstm-before lstm-${name}-before`, d: path(before), stroke: colour }));
  out.push(svg("path", { class: `lstm-line lstm-${name}-line`, d: path(now), stroke: colour, "stroke-width": 2.5 }));
  const value = now(t);
  out.push(
    name === "h"
      ? svg("rect", { class: "lstm-h-mark", x: x(t) - 4, y: y(value) - 4, width: 8, height: 8, stroke: colour })
      : svg("circle", { cx: x(t), cy: y(value), r: 4.5, fill: colour }),
  );
  const flip = x(t) > width - 74;
  const above = value < (low + high) / 2 ? -8 : 18;
  out.push(
    text(x(t) + (flip ? -8 : 8), y(value) + above, say(value), {
      class: "lstm-end lstm-halo",
      "text-anchor": flip ? "end" : "start",
      "data-line": name,
      "data-value": value,
      "data-before": before ? before(t) : null,
    }),
  );
  return out;
}

// The positions of the steps' names: in one row if all fit, else in two, else slanted; where there are too many for
// that, some are left out, but never the current one.
function stepNames(run, width) {
  const words = run.labels.length ? run.labels : Array.from({ length: run.steps }, (_, s) => `${s + 1}`);
  const x = linesScale(run.steps, width);
  return layNames(words, run.steps > 1 ? x(1) - x(0) : width);
}

// The layout of words at equal distances: in one row, in two, slanted, or only some of them if nothing else fits.
export function layNames(words, apart) {
  const long = words.map((word) => 8 + word.length * 7.2);
  const fit = (rows) => long.every((size, s) => s + rows >= long.length || (size + long[s + rows]) / 2 <= rows * apart);
  const longest = Math.max(...long);
  if (fit(1)) return { words, long, how: "row", tall: 16 };
  if (fit(2)) return { words, long, how: "two", tall: 32 };
  const slant = Math.max(0.6, Math.asin(Math.min(1, 13 / apart))); // radians; steeper where it is narrower
  if (apart >= 11.5 && longest < 120)
    return { words, long, how: "aslant", slant, tall: 14 + (longest - 4) * Math.sin(slant) };
  return { words, long, how: "some", tall: 16 };
}

export function stepLabels(run, t, x, y, width) {
  const names = stepNames(run, width);
  const words = names.words.map((word, s) => (s === t && !run.seen(t) ? "padding" : word));
  return drawNames({ ...names, words }, t, x, y, width);
}

export function drawNames({ words, long, how, slant }, t, x, y, width) {
  const clear = (s) => Math.max(long[s] / 2, Math.min(width - long[s] / 2, x(s)));
  const look = (s) => ({ class: s === t ? "lstm-now" : "lstm-tick", "data-step": s });
  const every = [...words.keys()];
  if (how === "aslant") {
    return every.map((s) =>
      text(x(s) + 5, y + 10, words[s], {
        ...look(s),
        "text-anchor": "end",
        transform: `rotate(${(-slant * 180) / Math.PI} ${x(s) + 5} ${y + 10})`,
      }),
    );
  }
  if (how !== "some")
    return every.map((s) =>
      text(clear(s), y + 11 + (how === "two" && s % 2 ? 16 : 0), words[s], { ...look(s), "text-anchor": "middle" }),
    );
  const out = [text(clear(t), y + 11, words[t], { ...look(t), "text-anchor": "middle" })];
  let taken = -Infinity;
  for (const s of every) {
    const [from, to] = [clear(s) - long[s] / 2, clear(s) + long[s] / 2];
    if (s === t || from < taken || (to > clear(t) - long[t] / 2 && from < clear(t) + long[t] / 2)) continue;
    taken = to;
    out.push(text(clear(s), y + 11, words[s], { ...look(s), "text-anchor": "middle" }));
  }
  return out;
}
