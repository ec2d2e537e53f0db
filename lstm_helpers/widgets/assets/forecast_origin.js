// Forecasts from one origin of a series, and their errors there and over all origins. The forecasts were sent from
// Python; errors are differences and means of them. `sentence` mirrors ForecastOrigin.words.

import { caption, follow, history, html, leave, line, put, slider, stage, svg, text } from "./common.js";
import { doubles, fixed, niceLimit, scale, spread } from "./numbers.js";

export function unpackForecasts(model) {
  const { times, values, origins, forecasts } = Object.fromEntries(
    Object.entries(model.get("_numbers")).map(([name, view]) => [name, doubles(view)]),
  );
  const { origins: count, horizon } = model.get("_shape");
  const names = model.get("_names");
  const forecast = (m, ahead, k) => forecasts[(m * horizon + ahead - 1) * count + k];
  const observed = (ahead, k) => values[origins[k] + ahead - 1];
  const error = (m, ahead, k) => Math.abs(forecast(m, ahead, k) - observed(ahead, k));
  const all = Array.from({ length: count }, (_, k) => k);
  const mean = (m, ahead) => all.reduce((sum, k) => sum + error(m, ahead, k), 0) / count;
  return { times, values, origins, forecasts, names, count, horizon, forecast, observed, error, mean, all };
}

// Names of the methods with the smallest error: several may be equal.
function least(names, errors) {
  const found = names.filter((_, m) => errors[m] === Math.min(...errors));
  return found.length > 1 ? `${found.slice(0, -1).join(", ")} and ${found.at(-1)}` : found[0];
}

export function sentence(data, k, ahead) {
  const { times, origins, names, count, observed, error, mean, all } = data;
  const here = names.map((_, m) => error(m, ahead, k));
  const means = names.map((_, m) => mean(m, ahead));
  const [smallest, smallestMean] = [Math.min(...here), Math.min(...means)];
  const known = fixed(times[origins[k] - 1], 0);
  const target = fixed(times[origins[k] + ahead - 1], 0);
  const several = names.length > 1;
  const begin =
    `Data up to ${known}; ${fixed(observed(ahead, k), 1)} was observed in ${target}. The ` +
    `${several ? "smallest error" : "error"} is ${fixed(smallest, 1)} (${least(names, here)}).`;
  if (count === 1) return begin;
  if (!several)
    return `${begin} Over all ${count} origins, the mean error at this horizon is ${fixed(smallestMean, 1)}.`;
  const wins = all.filter((j) => {
    const errors = names.map((_, m) => error(m, ahead, j));
    return names.some((_, m) => means[m] === smallestMean && errors[m] === Math.min(...errors));
  }).length;
  return (
    `${begin} Over all ${count} origins, the smallest mean error at this horizon is ${fixed(smallestMean, 1)} ` +
    `(${least(names, means)}); at ${wins} of them no other forecast is closer.`
  );
}

const [SERIES, ROW] = [250, 30];
const DASHES = ["12 4", "7 3", "2 3", "9 3 2 3"];
const MARKS = ["▲", "■", "●", "◆"];

// The limits of a value axis that holds the series and all forecasts; the levels of its grid lines, and their labels.
export function axis({ values, forecasts }) {
  const all = [...values, ...forecasts];
  const [bottom, top] = [Math.min(...all), Math.max(...all)];
  const [low, high] = bottom < top ? [bottom, top] : [bottom - 1, top + 1];
  const step = niceLimit((1e9 * (high - low)) / 5) / 1e9; // niceLimit gives no less than 1
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const first = Math.ceil(low / step);
  const levels = Array.from({ length: Math.floor(high / step) - first + 1 }, (_, k) => (first + k) * step);
  return { low, high, levels, labels: levels.map((level) => fixed(level, digits)) };
}

// Those of a few places on an axis that are far enough from the ones before.
export const apart = (places, distance) =>
  places.filter((place, k) => places.slice(0, k).every((other) => Math.abs(place[0] - other[0]) >= distance));

// How much space the longest of a few names takes, with its marker.
const room = (names) => 28 + 7.2 * Math.max(...names.map((name) => name.length));

function drawSeries(data, k, ahead, past, limits, width) {
  const { times, values, origins, names, horizon, forecast } = data;
  const first = origins[k];
  const narrow = width < 480;
  const from = Math.max(0, first - (narrow ? past / 2 : past));
  const left = 14 + 8 * Math.max(3, ...limits.labels.map((label) => label.length));
  const box = { left, right: width - (narrow ? 26 : room([...names, "observed"])), top: 20, bottom: SERIES - 28 };
  const x = scale(times[from], times[first + horizon - 1], box.left, box.right);
  const y = scale(limits.low, limits.high, box.bottom - 4, box.top + 4);
  const out = [];
  limits.levels.forEach((level, n) => {
    out.push(line(box.left, y(level), box.right, y(level), { class: "lstm-grid" }));
    out.push(text(box.left - 6, y(level) + 4, limits.labels[n], { class: "lstm-tick", "text-anchor": "end" }));
  });
  const target = x(times[first + ahead - 1]);
  out.push(svg("rect", { class: "lstm-band", x: target - 7, y: box.top, width: 14, height: box.bottom - box.top }));
  out.push(line(x(times[first - 1]), box.top - 6, x(times[first - 1]), box.bottom, { class: "lstm-half" }));
  const origin = x(times[first - 1]);
  if (origin > 50) out.push(text(origin - 5, box.top - 8, "known", { class: "lstm-tick", "text-anchor": "end" }));
  out.push(text(origin + 5, box.top - 8, "forecast", { class: "lstm-tick" }));
  const path = (points) => `M${points.map(([t, value]) => `${x(t)},${y(value)}`).join("L")}`;
  const span = (a, b) => Array.from(times.subarray(a, b), (t, j) => [t, values[a + j]]);
  out.push(svg("path", { class: "lstm-line", d: path(span(from, first)), stroke: "currentColor" }));
  out.push(
    svg("path", {
      class: "lstm-line lstm-observed",
      d: path(span(first - 1, first + horizon)),
      stroke: "currentColor",
    }),
  );
  const ends = names.map((_, m) => y(forecast(m, horizon, k)));
  const labels = spread(narrow ? ends : [...ends, y(values[first + horizon - 1])], 16, box.top + 4, box.bottom - 4);
  names.forEach((name, m) => {
    const points = Array.from({ length: horizon }, (_, j) => [times[first + j], forecast(m, j + 1, k)]);
    const look = { stroke: "currentColor", "stroke-dasharray": DASHES[m] };
    out.push(
      svg("path", {
        class: "lstm-line lstm-forecast",
        d: path([[times[first - 1], values[first - 1]], ...points]),
        ...look,
      }),
    );
    out.push(text(box.right + 9, labels[m] + 4, narrow ? MARKS[m] : `${MARKS[m]} ${name}`, { class: "lstm-tick" }));
  });
  if (!narrow) out.push(text(box.right + 9, labels[names.length] + 4, "observed", { class: "lstm-end" }));
  names.forEach((_, m) => {
    const place = { class: "lstm-halo lstm-at-horizon", "text-anchor": "middle", "data-t": m };
    out.push(text(target, y(forecast(m, ahead, k)) + 4, MARKS[m], place));
  });
  const dates = [first - 1, first + horizon - 1, from].map((t) => [x(times[t]), times[t]]);
  for (const [place, time] of apart(dates, 44)) {
    out.push(text(place, box.bottom + 18, fixed(time, 0), { class: "lstm-tick", "text-anchor": "middle" }));
  }
  return out;
}

function drawErrors(data, k, ahead, most, width) {
  const { names, error, mean } = data;
  const box = { left: room(names), right: width - 50 };
  const x = scale(0, most, box.left, box.right);
  const out = [
    text(
      4,
      SERIES + 14,
      width < 600
        ? `error at horizon ${ahead}, bar: mean`
        : `error at horizon ${ahead}: this origin (marker), mean of all origins (bar)`,
      { class: "lstm-end" },
    ),
  ];
  names.forEach((name, m) => {
    const y = SERIES + 26 + m * ROW;
    const [here, average] = [error(m, ahead, k), mean(m, ahead)];
    out.push(text(box.left - 8, y + 17, `${name} ${MARKS[m]}`, { class: "lstm-tick", "text-anchor": "end" }));
    out.push(line(box.left, y + 24, box.right, y + 24, { class: "lstm-grid" }));
    out.push(
      svg("rect", {
        class: "lstm-mean",
        x: box.left,
        y: y + 3,
        width: Math.max(0.5, x(average) - box.left),
        height: 18,
        "data-t": m,
        "data-value": average,
      }),
    );
    out.push(
      text(x(here), y + 17, MARKS[m], {
        class: "lstm-here-error lstm-halo lstm-now",
        "text-anchor": "middle",
        "data-t": m,
        "data-value": here,
      }),
    );
    out.push(text(width - 4, y + 17, fixed(average, 1), { class: "lstm-end", "text-anchor": "end" }));
  });
  const bottom = SERIES + 26 + names.length * ROW;
  for (const end of [0, most])
    out.push(text(x(end), bottom + 14, fixed(end, 0), { class: "lstm-tick", "text-anchor": "middle" }));
  out.push(text(width - 4, SERIES + 14, "mean", { class: "lstm-tick", "text-anchor": "end" }));
  return out;
}

function render({ model, el }) {
  const data = unpackForecasts(model);
  const { past: shown, horizon } = model.get("_shape");
  const past = history(model, el);
  const limits = axis(data);
  const steps = Array.from({ length: horizon }, (_, j) => j + 1);
  const errors = data.names.flatMap((_, m) => steps.flatMap((n) => data.all.map((j) => data.error(m, n, j))));
  const most = niceLimit(Math.max(...errors)); // the same at every setting, so that bars can be compared
  const origin = slider({
    symbol: "",
    name: "known up to",
    min: 0,
    max: data.count - 1,
    step: 1,
    onInput: (k) => put(model, "origin", k),
  });
  const ahead = slider({
    symbol: "",
    name: "steps ahead",
    min: 1,
    max: horizon,
    step: 1,
    onInput: (n) => put(model, "ahead", n),
  });
  const now = () => [model.get("origin"), model.get("ahead")];
  const picture = stage(SERIES + 26 + data.names.length * ROW + 22, (width) => {
    const [k, n] = now();
    return [...drawSeries(data, k, n, shown, limits, width), ...drawErrors(data, k, n, most, width)];
  });
  const words = caption(picture.picture);
  const update = () => {
    const [k, n] = now();
    origin.set(k, fixed(data.times[data.origins[k] - 1], 0));
    ahead.set(n, `${n} of ${horizon}`);
    picture.redraw();
    words.say(sentence(data, k, n));
  };
  const group = { class: "lstm-widget lstm-origin", role: "group", "aria-label": "Forecasts from an origin" };
  const controls = html("div", { class: "lstm-controls" }, origin.row, ahead.row, past.buttons);
  const note = html(
    "p",
    { class: "lstm-equation" },
    "thick line: observed; dashed lines: forecasts, each with its marker at the horizon",
  );
  el.append(html("div", group, controls, picture.place, note, ...words.nodes));
  const unfollow = follow(model, ["origin", "ahead"], update);
  update();
  return leave(el, past.stop, unfollow, picture.stop, words.stop);
}

export default { render };
