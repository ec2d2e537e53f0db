// Quantities of a run as small lines over its steps, one below the other; the run it is compared with is dashed.

const LINE = { left: 56, right: 12, top: 30, tall: 54, gap: 16, foot: 22 };
const linesHeight = (count) => LINE.top + count * LINE.tall + (count - 1) * LINE.gap + LINE.foot;
const linesScale = (steps, width) => scale(-1, steps - 1, LINE.left, width - LINE.right - 8);

// tracks: name, words, low, high, colour, now(t) and before(t) for t from -1; before may be null; `say` writes a number.
function drawLines(run, tracks, t, marks, width, note) {
  const x = linesScale(run.steps, width);
  const floor = linesHeight(tracks.length) - LINE.foot;
  const out = [];
  for (let s = 0; s < run.steps; s += 1) {
    if (!run.seen(s)) out.push(svg("rect", { class: "lstm-masked", x: x(s - 1), y: LINE.top, width: x(s) - x(s - 1), height: floor - LINE.top }));
  }
  out.push(line(x(t), LINE.top - 4, x(t), floor + 4, { class: "lstm-cursor" }));
  tracks.forEach((track, k) => out.push(...drawTrack(track, run.steps, t, x, LINE.top + k * (LINE.tall + LINE.gap), width)));
  for (const s of marks) {
    out.push(svg("path", { class: "lstm-held-mark", d: `M${x(s)},${LINE.top - 1}l-5,-9h10Z`, "data-step": s }));
  }
  if (note) out.push(text(6, 12, note, { class: "lstm-tick" }));
  out.push(...stepLabels(run, t, x, floor + 16, width));
  return out;
}

function drawTrack({ name, words, low, high, colour, now, before, say = fixed }, steps, t, x, top, width) {
  const y = scale(low, high, top + LINE.tall, top);
  const path = (value) => `M${Array.from({ length: steps + 1 }, (_, s) => `${x(s - 1)},${y(value(s - 1))}`).join("L")}`;
  const zero = Math.max(low, Math.min(high, 0));
  const out = [line(LINE.left, y(zero), width - LINE.right, y(zero), { class: "lstm-grid" })];
  if (low < 0) out.push(line(LINE.left, top, width - LINE.right, top, { class: "lstm-grid" }), line(LINE.left, top + LINE.tall, width - LINE.right, top + LINE.tall, { class: "lstm-grid" }));
  for (const level of [low, high]) out.push(text(LINE.left - 6, y(level) + 4, say === fixed ? fixed(level, 0) : say(level), { class: "lstm-tick", "text-anchor": "end" }));
  out.push(text(6, top + LINE.tall / 2 + 4, words, { class: "lstm-end", "font-style": words.length === 1 ? "italic" : null }));
  if (before) out.push(svg("path", { class: `lstm-line lstm-before lstm-${name}-before`, d: path(before), stroke: colour }));
  out.push(svg("path", { class: `lstm-line lstm-${name}-line`, d: path(now), stroke: colour, "stroke-width": 2.5 }));
  const value = now(t);
  out.push(name === "h" ? svg("rect", { class: "lstm-h-mark", x: x(t) - 4, y: y(value) - 4, width: 8, height: 8, stroke: colour })
    : svg("circle", { cx: x(t), cy: y(value), r: 4.5, fill: colour }));
  const flip = x(t) > width - 74;
  const above = value < (low + high) / 2 ? -8 : 18;
  out.push(text(x(t) + (flip ? -8 : 8), y(value) + above, say(value), { class: "lstm-end lstm-halo", "text-anchor": flip ? "end" : "start", "data-line": name, "data-value": value, "data-before": before ? before(t) : null }));
  return out;
}

// As many as fit, the present one always.
function stepLabels(run, t, x, y, width) {
  const words = (s) => (run.labels.length ? run.labels[s] : `${s + 1}`);
  const half = (s) => 4 + words(s).length * 3.8;
  const clear = (s) => Math.max(half(s), Math.min(width - half(s), x(s)));
  const out = [text(clear(t), y, run.seen(t) ? words(t) : "padding", { class: "lstm-now", "text-anchor": "middle", "data-step": t })];
  let taken = -Infinity;
  for (let s = 0; s < run.steps; s += 1) {
    const [from, to] = [clear(s) - half(s), clear(s) + half(s)];
    if (s === t || from < taken || (to > clear(t) - half(t) - 6 && from < clear(t) + half(t) + 6)) continue;
    taken = to;
    out.push(text(clear(s), y, words(s), { class: "lstm-tick", "text-anchor": "middle" }));
  }
  return out;
}
