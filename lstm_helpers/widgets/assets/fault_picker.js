// Faulty backward passes, each as a table of relative errors. Only colours are computed here: every number
// was sent from Python. `sentence` mirrors FaultPicker.words.

import { OWN_KEYS, caption, follow, history, html, leave, put, slider, stage, svg, text } from "./common.js";
import { brief, doubles, fixed } from "./numbers.js";

export function unpackErrors(model) {
  const view = model.get("_errors");
  const all = doubles(view);
  const { faults, rows, columns } = model.get("_names");
  const of = (fault) => {
    const first = faults.indexOf(fault) * rows.length * columns.length;
    return rows.map((_, r) => Array.from(all.subarray(first + r * columns.length, first + (r + 1) * columns.length)));
  };
  return { faults, rows, columns, of };
}

export function sentence({ rows, columns }, table, experiment) {
  const column = table.map((row) => row[columns.indexOf(experiment)]);
  const blind = columns.filter((_, k) => table.every((row) => row[k] === 0));
  const unseen = blind.length ? ` Not detected by: ${blind.join(", ")}.` : " Every experiment detects the fault.";
  const wrong = column.filter((error) => error > 0).length;
  if (!wrong)
    return (
      `In the experiment “${experiment}”, all ${column.length} gradients are correct: it ` +
      `does not detect the fault.${unseen}`
    );
  const worst = column.indexOf(Math.max(...column));
  const which = wrong === 1 ? `is wrong: ${rows[worst]}` : `are wrong, most of all ${rows[worst]}`;
  const size = `with a relative error of ${fixed(column[worst])}`;
  return `In the experiment “${experiment}”, ${wrong} of ${column.length} gradients ${which}, ${size}.${unseen}`;
}

const TALL = 19;

function drawErrors({ rows, columns }, table, experiment, map, width) {
  const left = 62;
  const size = (width - left - 4) / columns.length;
  const flat = columns.every((name) => name.length * 7 < size);
  const top = flat ? 24 : 76;
  const out = [];
  columns.forEach((name, k) => {
    const [x, y] = [left + (k + 0.5) * size, top - 8];
    const look = { class: name === experiment ? "lstm-now" : "lstm-tick", "data-experiment": name };
    out.push(
      flat
        ? text(x, y, name, { ...look, "text-anchor": "middle" })
        : text(x + 4, y, name, { ...look, transform: `rotate(-90 ${x + 4} ${y})` }),
    );
  });
  rows.forEach((name, r) => {
    const y = top + r * TALL;
    out.push(text(left - 6, y + 14, name, { class: "lstm-tick", "text-anchor": "end" }));
    table[r].forEach((error, k) => {
      const look = {
        x: left + k * size,
        y,
        width: size,
        height: TALL,
        "data-experiment": columns[k],
        "data-error": error,
      };
      const [paper, ink] =
        error > 0 ? map[Math.max(2, Math.round(Math.min(1, error) * (map.length - 1)))] : ["none", ""];
      out.push(
        svg("rect", { class: "lstm-faint lstm-weight lstm-error", fill: paper, "pointer-events": "all", ...look }),
      );
      if (error === 0)
        out.push(
          svg("circle", {
            cx: look.x + size / 2,
            cy: y + TALL / 2,
            r: 2,
            fill: "currentColor",
            "pointer-events": "none",
          }),
        );
      else if (size > 34)
        out.push(
          text(look.x + size / 2, y + 14, error < 0.005 ? "<.01" : error < 99.5 ? brief(error) : "≥100", {
            class: "lstm-in-cell",
            "text-anchor": "middle",
            style: `fill:${ink}`,
          }),
        );
    });
  });
  const chosen = columns.indexOf(experiment);
  for (const name of ["lstm-faint lstm-frame-halo", "lstm-row-frame"]) {
    out.push(svg("rect", { class: name, x: left + chosen * size, y: top, width: size, height: TALL * rows.length }));
  }
  return out;
}

function render({ model, el }) {
  const passes = unpackErrors(model);
  const map = model.get("_map");
  const past = history(model, el);
  const now = () => [passes.of(model.get("fault")), model.get("experiment")];
  const options = passes.faults.map((name) => html("option", { value: name }, name));
  const menu = html("select", { "aria-label": "fault", ...OWN_KEYS }, ...options);
  menu.addEventListener("change", () => put(model, "fault", menu.value));
  const last = passes.columns.length - 1;
  const experiment = slider({
    symbol: "",
    name: "experiment",
    min: 0,
    max: last,
    step: 1,
    onInput: (k) => put(model, "experiment", passes.columns[k]),
  });
  const height = (width) => ((width - 66) / passes.columns.length > 70 ? 24 : 76) + TALL * passes.rows.length + 4;
  const picture = stage(height, (width) => drawErrors(passes, ...now(), map, width));
  picture.picture.addEventListener("click", (event) => {
    const name = event.target.dataset.experiment;
    if (name) put(model, "experiment", name);
  });
  const words = caption(picture.picture);
  const update = () => {
    const [table, chosen] = now();
    menu.value = model.get("fault");
    experiment.set(passes.columns.indexOf(chosen), chosen);
    picture.redraw();
    words.say(sentence(passes, table, chosen));
  };
  const which = html("label", { class: "lstm-pick" }, "fault ", menu);
  const note = html(
    "p",
    { class: "lstm-equation" },
    "Dot: correct. Colour, and number where there is room: relative error of the gradient. " +
      "At 1 nothing of the gradient is left; above 1 its sign is wrong.",
  );
  const group = { class: "lstm-widget lstm-faults", role: "group", "aria-label": "Choose a wrong backward pass" };
  el.append(
    html(
      "div",
      group,
      html("div", { class: "lstm-controls" }, past.beside(which), experiment.row),
      picture.place,
      note,
      ...words.nodes,
    ),
  );
  const unfollow = follow(model, ["fault", "experiment"], update);
  update();
  return leave(el, past.stop, unfollow, picture.stop, words.stop);
}

export default { render };
