// Attention weights: tokens to point at, and a matrix of all weights. Only colours and sums are computed here: every
// weight was sent from Python. `describe` mirrors AlignmentInspector.words.

import { caption, follow, history, html, leave, put, slider, stage, svg, text } from "./common.js";
import { doubles, fixed } from "./numbers.js";

export function unpackAlignment(model) {
  const view = model.get("_weights");
  const weights = doubles(view);
  const { source, answer } = model.get("_tokens");
  const row = (t) => Array.from(weights.subarray(t * source.length, (t + 1) * source.length));
  return { source, answer, row };
}

const nameOf = (token) => (token === " " ? "a space" : `“${token}”`);

export function describe(run, at) {
  const row = run.row(at);
  const order = row.map((_, s) => s).sort((a, b) => row[b] - row[a] || a - b);
  const looked = order.slice(0, 2).map((s) => `${nameOf(run.source[s])} (token ${s + 1}) with weight ${fixed(row[s])}`);
  const others = row.filter((_, s) => !order.slice(0, 2).includes(s));
  const rest = row.length > 2 ? `; all others add up to ${fixed(others.reduce((a, b) => a + b, 0))}` : "";
  return (
    `Written token ${at + 1} of ${run.answer.length} is ${nameOf(run.answer[at])}. ` +
    `It attends most to ${looked.join(" and ")}${rest}.`
  );
}

// The position of the matrix: rows are written tokens, columns are source tokens.
function matrixSizes({ source, answer }, width) {
  const longest = (tokens) => Math.max(...tokens.map((token) => token.length)) * 7.8 + 8;
  const left = Math.min(longest(answer), width / 4);
  const size = Math.min((width - left - 4) / source.length, 46);
  const upright = size >= longest(source) - 4 || source.every((token) => token.length === 1);
  const named = size >= 11; // else the tokens above it label the columns
  const top = 26 + (!named ? 0 : upright ? 16 : longest(source) + 2);
  const tall = Math.max(14, Math.min(size, 20));
  return { left, top, size, tall, upright, named, height: top + tall * answer.length + 4 };
}

function drawMatrix({ source, answer, row }, map, { left, top, size, tall, upright, named }) {
  const shown = (token) => (token === " " ? "␣" : token);
  const wide = left + size * source.length > 420;
  const nodes = [
    text(0, 14, `all written tokens${wide ? ": one row each; darker means a larger weight" : ""}`, {
      class: "lstm-tick",
    }),
  ];
  source.forEach((token, s) => {
    const [x, y] = [left + (s + 0.5) * size, top - 5];
    if (named && upright) nodes.push(text(x, y, shown(token), { class: "lstm-tick", "text-anchor": "middle" }));
    else if (named)
      nodes.push(text(x + 4, y, shown(token), { class: "lstm-tick", transform: `rotate(-90 ${x + 4} ${y})` }));
  });
  answer.forEach((token, t) => {
    const y = top + t * tall;
    nodes.push(
      text(left - 5, y + tall / 2 + 4, shown(token), { class: "lstm-tick", "text-anchor": "end", "data-t": t }),
    );
    row(t).forEach((weight, s) => {
      const [fill] = map[Math.round(Math.max(0, Math.min(1, weight)) * (map.length - 1))];
      nodes.push(
        svg("rect", {
          class: "lstm-faint lstm-weight",
          x: left + s * size,
          y,
          width: size,
          height: tall,
          fill,
          "data-t": t,
          "data-weight": weight,
        }),
      );
    });
  });
  const edges = ["lstm-faint lstm-frame-halo", "lstm-row-frame"].map((name) =>
    svg("rect", { class: name, x: left, width: size * source.length, height: tall }),
  );
  nodes.push(...edges);
  return { nodes, frame: { at: (t) => edges.forEach((edge) => edge.setAttribute("y", top + t * tall)) } };
}

function render({ model, el }) {
  const run = unpackAlignment(model);
  const map = model.get("_map");
  const last = run.answer.length - 1;
  const place = slider({
    symbol: "",
    name: "written token",
    min: 0,
    max: last,
    step: 1,
    onInput: (t) => put(model, "at", t),
  });
  const shown = (token) => (token === " " ? "␣" : token);
  const read = run.source.map((token) => {
    const weight = html("small", {});
    return { weight, node: html("span", { class: "lstm-token" }, shown(token), weight) };
  });
  const written = run.answer.map((token, t) => html("span", { class: "lstm-token", "data-t": t }, shown(token)));
  const row = (name, nodes) => html("div", { class: "lstm-tokens" }, html("b", {}, name), ...nodes);
  const page = html(
    "div",
    { class: "lstm-alignment lstm-pointed", role: "img" },
    row(
      "source",
      read.map(({ node }) => node),
    ),
    row("written", written),
  );
  const point = (event) => {
    const { t } = event.target.dataset;
    if (t !== undefined && Number(t) !== model.get("at")) put(model, "at", Number(t));
  };
  const words = caption(page);
  // All rows are drawn once for a width; only the frame around the selected row moves.
  let frame = null;
  const all = stage(
    (width) => matrixSizes(run, width).height,
    (width) => {
      const drawn = drawMatrix(run, map, matrixSizes(run, width));
      frame = drawn.frame;
      frame.at(model.get("at"));
      return drawn.nodes;
    },
  );
  for (const [name, value] of [
    ["aria-hidden", "true"],
    ["role", "presentation"],
  ])
    all.picture.setAttribute(name, value);
  all.picture.classList.add("lstm-pointed");
  for (const node of [page, all.picture])
    for (const event of ["mouseover", "click"]) node.addEventListener(event, point);
  const past = history(model, el);
  const update = () => {
    const at = model.get("at");
    place.set(at, `${at + 1} of ${last + 1}`);
    run.row(at).forEach((weight, s) => {
      const [paper, ink] = map[Math.round(Math.max(0, Math.min(1, weight)) * (map.length - 1))];
      read[s].node.style.background = paper;
      read[s].node.style.color = ink;
      read[s].weight.textContent = fixed(weight);
    });
    frame?.at(at);
    written.forEach((node, t) => node.classList.toggle("lstm-here", t === at));
    words.say(describe(run, at));
  };
  const group = { class: "lstm-widget lstm-aligned", role: "group", "aria-label": "Point at a written token" };
  el.append(
    html(
      "div",
      group,
      html("div", { class: "lstm-controls" }, place.row, past.buttons),
      page,
      all.place,
      ...words.nodes,
    ),
  );
  const unfollow = follow(model, ["at"], update);
  update();
  return leave(el, past.stop, unfollow, all.stop, words.stop);
}

export default { render };
