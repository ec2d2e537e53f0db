// Gradients against the lag, from a table of log10 norms that Python sent once. `sentence` mirrors GradientDial.words.

import { caption, follow, history, html, leave, line, put, slider, stage, svg, text } from "./common.js";
import { floats, raised, sayPower, scale, spread } from "./numbers.js";

const LEAST = 0;
const MEDIAN = 1;
const GREATEST = 2;

export function unpackTables(model) {
  const grid = model.get("_grid");
  const tables = {};
  for (const [name, view] of Object.entries(model.get("_numbers"))) {
    tables[name] = floats(view);
  }
  const length = grid.lags + 1;
  const rows = (table, first) =>
    [LEAST, MEDIAN, GREATEST].map((k) => table.subarray((first + k) * length, (first + k + 1) * length));
  const curves = ({ bias, scale }) => {
    const [b, s] = [grid.biases.indexOf(bias), grid.scales.indexOf(scale)];
    return { lstm: rows(tables.lstm, 3 * (s * grid.biases.length + b)), rnn: rows(tables.rnn, 3 * s) };
  };
  return { ...grid, curves };
}

export function sentence({ lag, bias, scale }, { lstm, rnn }, seeds) {
  const setting = `Forget bias ${bias}, weights × ${scale}: `;
  if (lag === 0) return `${setting}at lag 0 the Jacobian is the identity, and both norms are 1.`;
  const [l, r] = [lstm, rnn].map((rows) => rows.map((row) => sayPower(10 ** row[lag])));
  return (
    `${setting}${lag} ${lag === 1 ? "step" : "steps"} back, the Jacobian has spectral norm ` +
    `${l[MEDIAN]} along the LSTM's cell state (${l[LEAST]} to ${l[GREATEST]} over ${seeds} seeds) ` +
    `and ${r[MEDIAN]} along the vanilla RNN (${r[LEAST]} to ${r[GREATEST]}).`
  );
}

function drawDial({ lag }, curves, { lags, shown: [low, high], seeds }, colours, width, height) {
  const box = { left: 50, right: width - 52, top: 26, bottom: height - 44 };
  const x = scale(0, lags, box.left, box.right);
  const y = scale(low, high, box.bottom, box.top);
  const out = [];
  for (let power = Math.ceil(low / 10) * 10; power <= high; power += 10) {
    out.push(
      line(box.left, y(power), box.right, y(power), { class: power === 0 ? "lstm-cursor lstm-rest" : "lstm-grid" }),
    );
    out.push(
      text(box.left - 6, y(power) + 4, power === 0 ? "1" : `10${raised(power)}`, {
        class: "lstm-tick",
        "text-anchor": "end",
      }),
    );
  }
  for (let n = 0; n <= lags; n += 20)
    out.push(text(x(n), box.bottom + 17, n, { class: "lstm-tick", "text-anchor": "middle" }));
  out.push(text(4, 14, "gradient left after n steps", { class: "lstm-tick" }));
  const axis = `lag n: steps back · line: median, band: all ${seeds} seeds`;
  out.push(text((box.left + box.right) / 2, box.bottom + 36, axis, { class: "lstm-tick", "text-anchor": "middle" }));
  const tracks = [
    ["h", "RNN", curves.rnn, colours.h],
    ["c", "LSTM", curves.lstm, "currentColor"],
  ];
  for (const [name, , rows, colour] of tracks) out.push(...track(name, rows, colour, x, y, low));
  out.push(...endLabels(tracks, x, y, box, low, lags));
  out.push(line(x(lag), box.top, x(lag), box.bottom, { class: "lstm-cursor" }));
  out.push(...marks(tracks, lag, x, y, box, low, lags));
  return out;
}

// A line ends where it leaves the plot: it does not run along the edge as if that were a value.
const lastShown = (row, low) => row.findLastIndex((log) => log >= low);

function track(name, [least, median, greatest], colour, x, y, low) {
  const seen = (row) => Array.from(row, (log, n) => `${x(n)},${y(Math.max(log, low))}`);
  const end = lastShown(greatest, low) + 1;
  const around = [
    ...seen(greatest).slice(0, end + 1),
    ...seen(least)
      .slice(0, end + 1)
      .reverse(),
  ];
  const path = seen(median).slice(0, lastShown(median, low) + 1);
  return [
    svg("path", { class: `lstm-spread lstm-${name}-band`, d: `M${around.join("L")}Z`, fill: colour }),
    svg("path", {
      class: `lstm-line lstm-${name}-line`,
      d: `M${path.join("L")}`,
      stroke: colour,
      "stroke-dasharray": name === "h" ? "5 3" : null,
    }),
  ];
}

function endLabels(tracks, x, y, box, low, lags) {
  const ends = tracks.map(([name, words, rows]) => ({ name, words, n: lastShown(rows[MEDIAN], low), rows }));
  const places = ends.map(({ n, rows }) => (n === lags ? y(rows[MEDIAN][n]) : box.bottom - 8));
  const [rnn, lstm] = spread(places, 17, box.top + 4, box.bottom - 4);
  return ends.map(({ name, words, n }, k) =>
    text(x(n) + 6, [rnn, lstm][k] + 5, n === lags ? words : `${words} ↓`, {
      class: `lstm-end lstm-name-${name} lstm-halo`,
    }),
  );
}

// The chosen lag: a point on each line, and its value beside the line: above the upper line, below the lower one.
function marks(tracks, lag, x, y, box, low, lags) {
  const at = ([, , rows], n) => rows[MEDIAN][Math.max(0, Math.min(lags, n))];
  const upper = at(tracks[0], lag) > at(tracks[1], lag) ? 0 : 1;
  return tracks.flatMap((one, k) => {
    const [name, words, rows, colour] = one;
    const [log, above] = [at(one, lag), k === upper];
    const falls = at(one, lag + 5) <= at(one, lag - 5);
    const label = `${words} ${sayPower(10 ** log)}`;
    const room = label.length * 8 + 14;
    const wanted = falls === above || log < low;
    const right = (wanted || x(lag) - room < box.left) && x(lag) + room < box.right + 46;
    const reach = Math.ceil(room / (x(1) - x(0)));
    const rise = y(log) - y(at(one, lag + (right ? reach : -reach))); // over the width of the words
    const lift = 10 + (right === wanted ? 0 : Math.abs(rise));
    const mark =
      name === "c"
        ? svg("circle", { cx: x(lag), cy: y(log), r: 4.5, fill: colour })
        : svg("rect", { class: "lstm-h-mark", x: x(lag) - 4, y: y(log) - 4, width: 8, height: 8, stroke: colour });
    const [least, , greatest] = rows.map((row) => row[lag]);
    const said = {
      class: `lstm-end lstm-halo lstm-at-${name}`,
      "data-log": log,
      "data-least": least,
      "data-greatest": greatest,
    };
    const height = log >= low ? y(log) + (above ? -lift : lift + 10) : box.bottom - 26;
    const value = text(x(lag) + (right ? 8 : -8), height, log >= low ? label : `${label} ↓`, {
      ...said,
      "text-anchor": right ? "start" : "end",
    });
    return log >= low ? [mark, value] : [value];
  });
}

function render({ model, el }) {
  const colours = model.get("_colours");
  const table = unpackTables(model);
  const settings = () => ({ lag: model.get("lag"), bias: model.get("forget_bias"), scale: model.get("weight_scale") });
  const control = (symbol, name, max, step, trait, value, colour) =>
    slider({ symbol, name, min: 0, max, step, colour, onInput: (number) => put(model, trait, value(number)) });
  const same = (number) => number;
  const last = table.scales.length - 1;
  const lag = control("n", "lag", table.lags, 1, "lag", same);
  const bias = control(
    "b",
    "forget bias",
    table.biases.at(-1),
    table.biases[1] - table.biases[0],
    "forget_bias",
    same,
    colours.f,
  );
  const weights = control("W", "weight scale", last, 1, "weight_scale", (k) => table.scales[k]);
  const height = (width) => (width < 480 ? 300 : 340);
  const picture = stage(height, (width, tall) =>
    drawDial(settings(), table.curves(settings()), table, colours, width, tall),
  );
  const words = caption(picture.picture);
  const past = history(model, el);
  const update = () => {
    const now = settings();
    lag.set(now.lag, `${now.lag}`);
    bias.set(now.bias, `${now.bias}`);
    weights.set(table.scales.indexOf(now.scale), `× ${now.scale}`);
    picture.redraw();
    words.say(sentence(now, table.curves(now), table.seeds));
  };
  const controls = html("div", { class: "lstm-controls" }, lag.row, bias.row, weights.row, past.buttons);
  const group = { class: "lstm-widget lstm-gradient-dial", role: "group", "aria-label": "Gradients against the lag" };
  el.append(html("div", group, controls, picture.place, ...words.nodes));
  const unfollow = follow(model, ["lag", "forget_bias", "weight_scale"], update);
  update();
  return leave(el, past.stop, unfollow, picture.stop, words.stop);
}

export default { render };
