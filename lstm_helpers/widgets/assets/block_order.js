// One network's weights read in any order of their blocks. Every number was sent from Python.
// `sentence` mirrors BlockOrder.words.

import { OWN_KEYS, caption, follow, history, html, leave, line, put, stage, svg, text } from "./common.js";
import { doubles, fixed, scale, spread } from "./numbers.js";

export function unpackOrders(model) {
  const all = doubles(model.get("_numbers"));
  const steps = model.get("_labels").length;
  const { all: orders, stored, known, sentences } = model.get("_orders");
  const of = (order) => {
    const row = Array.from(
      all.subarray(orders.indexOf(order) * (steps + 2), (orders.indexOf(order) + 1) * (steps + 2)),
    );
    return { plural: row.slice(0, steps), right: row[steps], off: row[steps + 1] };
  };
  return { orders, stored, known, sentences, of };
}

const spaced = (order) => [...order].join(" ");

export function sentence({ stored, sentences, of }, read) {
  const { right, off } = of(read);
  const score = `network answers ${right} of ${sentences} sentence${sentences === 1 ? "" : "s"} correctly`;
  if (read === stored) return `Read in the stored order, ${spaced(stored)}, every block is in its place: the ${score}.`;
  const wrong = [...stored].flatMap((letter, k) => (letter === read[k] ? [] : [`${letter} as ${read[k]}`]));
  return (
    `Reading ${wrong.slice(0, -1).join(", ")} and ${wrong.at(-1)} raises no error, because all shapes fit. ` +
    `The ${score}, and in this sentence the hidden states are off by up to ${fixed(off)}.`
  );
}

const [GAP, BLOCKS, PLOT] = [8, 104, 126];

// Words that do not fit side by side are written vertically.
const flat = (labels, width) => labels.every((label) => label.length * 7.4 < (width - 170) / labels.length);

// Two rows of four blocks: as they are stored, and as they are read.
function drawBlocks({ stored }, read, colours, width) {
  const left = 74;
  const box = Math.min(58, (width - left - 4 * GAP) / 4);
  const out = [];
  [
    ["stored", stored, 6],
    ["read as", read, 64],
  ].forEach(([name, order, y]) => {
    out.push(text(left - 10, y + 21, name, { class: "lstm-end", "text-anchor": "end" }));
    [...order].forEach((letter, k) => {
      const x = left + k * (box + GAP);
      out.push(svg("rect", { x, y, width: box, height: 30, rx: 3, fill: "none", stroke: "currentColor" }));
      out.push(
        svg("rect", { x: x + 5, y: y + 8, width: 14, height: 14, fill: colours[letter], stroke: "currentColor" }),
      );
      out.push(
        text(x + 19 + (box - 19) / 2, y + 21, letter, {
          class: "lstm-now",
          "text-anchor": "middle",
          "data-block": `${name} ${k}`,
        }),
      );
    });
  });
  [...stored].forEach((letter, k) => {
    const [x, right] = [left + k * (box + GAP) + box / 2, letter === read[k]];
    out.push(text(x, 55, right ? "=" : "≠", { class: "lstm-now", "text-anchor": "middle" }));
  });
  return out;
}

function drawAnswers(network, read, labels, width, height) {
  const box = { left: 74, right: width - 90, top: BLOCKS + 14, bottom: BLOCKS + PLOT };
  const x = scale(0, Math.max(1, labels.length - 1), box.left, box.right);
  const y = scale(0, 1, box.bottom, box.top);
  const out = [];
  for (const [share, word] of [
    [1, "plural 1"],
    [0.5, "½"],
    [0, "singular 0"],
  ]) {
    out.push(line(box.left, y(share), box.right, y(share), { class: "lstm-grid" }));
    out.push(text(box.left - 8, y(share) + 4, word, { class: "lstm-tick", "text-anchor": "end" }));
  }
  const [want, have] = [network.of(network.stored).plural, network.of(read).plural];
  const path = (values) => `M${values.map((value, t) => `${x(t)},${y(value)}`).join("L")}`;
  const same = read === network.stored;
  if (!same) {
    out.push(svg("path", { class: "lstm-line lstm-ghost", d: path(want), stroke: "currentColor" }));
    want.forEach((value, t) => out.push(svg("circle", { class: "lstm-diamond", cx: x(t), cy: y(value), r: 3 })));
  }
  out.push(svg("path", { class: "lstm-line", d: path(have), stroke: "currentColor" }));
  have.forEach((value, t) =>
    out.push(
      svg("circle", {
        class: "lstm-answer",
        cx: x(t),
        cy: y(value),
        r: 3.6,
        fill: "currentColor",
        "data-t": t,
        "data-value": value,
      }),
    ),
  );
  const [yn, yw] = spread([y(have.at(-1)), y(want.at(-1))], 17, box.top, box.bottom);
  if (!same) out.push(text(box.right + 8, yn + 4, "this order", { class: "lstm-end" }));
  out.push(text(box.right + 8, (same ? y(want.at(-1)) : yw) + 4, "correct order", { class: "lstm-tick" }));
  labels.forEach((label, t) => {
    const place = { class: "lstm-tick", "text-anchor": "middle" };
    const turned = {
      class: "lstm-tick",
      "text-anchor": "end",
      transform: `rotate(-90 ${x(t) + 4} ${box.bottom + 10})`,
    };
    out.push(
      flat(labels, width) ? text(x(t), box.bottom + 20, label, place) : text(x(t) + 4, box.bottom + 10, label, turned),
    );
  });
  out.push(text((box.left + box.right) / 2, height - 6, "words read", { class: "lstm-tick", "text-anchor": "middle" }));
  return out;
}

function render({ model, el }) {
  const network = unpackOrders(model);
  const labels = model.get("_labels");
  const colours = model.get("_colours");
  const past = history(model, el);
  const name = (order) => (network.known[order] ? `${spaced(order)}  (${network.known[order]})` : spaced(order));
  const options = network.orders.map((order) => html("option", { value: order }, name(order)));
  const menu = html("select", { "aria-label": "read as", ...OWN_KEYS }, ...options);
  menu.addEventListener("change", () => put(model, "read", menu.value));
  const longest = Math.max(...labels.map((label) => label.length));
  const height = (width) => BLOCKS + PLOT + 30 + (flat(labels, width) ? 16 : 8 * longest);
  const picture = stage(height, (width, tall) => {
    const read = model.get("read");
    return [...drawBlocks(network, read, colours, width), ...drawAnswers(network, read, labels, width, tall)];
  });
  const words = caption(picture.picture);
  const update = () => {
    const read = model.get("read");
    menu.value = read;
    picture.redraw();
    words.say(sentence(network, read));
  };
  const which = html("label", { class: "lstm-pick" }, "read as ", menu);
  const group = { class: "lstm-widget lstm-block-order", role: "group", "aria-label": "Read blocks in another order" };
  el.append(
    html("div", group, html("div", { class: "lstm-controls" }, past.beside(which)), picture.place, ...words.nodes),
  );
  const unfollow = follow(model, ["read"], update);
  update();
  return leave(el, past.stop, unfollow, picture.stop, words.stop);
}

export default { render };
