// A cell's diagram, drawn in Python (lstm_helpers/figures/diagrams) for several widths. This fills in other numbers:
// text, the height of a level, the width and dashes of a wire, and what is highlighted.

import { html, svg } from "./common.js";
import { fixed } from "./numbers.js";

// `sent` holds the scenes, narrow ones first, and how a number becomes the width of a wire.
export function diagram(sent) {
  const drawn = new Map();
  const sceneAt = (width) => sent.scenes.findLast((scene) => scene.width <= width) ?? sent.scenes[0];
  const height = (width) => Math.ceil((sceneAt(width).height * width) / sceneAt(width).width);
  const draw = (width, view) => {
    const scene = sceneAt(width);
    if (!drawn.has(scene)) {
      const group = svg("g", {});
      group.innerHTML = scene.marks;
      drawn.set(scene, group);
    }
    const group = drawn.get(scene);
    group.setAttribute("transform", `scale(${width / scene.width})`);
    show(group, sent, view);
    return [group];
  };
  return { height, draw };
}

// `view` holds: numbers, limits (the number of the thickest wire, 1 if missing), say (formats a number), part (the
// highlighted part, "" for all), idle (true where the step computed nothing), held (gates set by hand), movable, input
// and token.
function show(group, { thin, thick, plain, dashes }, view) {
  const all = (selector) => group.querySelectorAll(selector);
  const inside = !view.input && view.token.length <= 8; // the word is the input
  const words = { x: inside ? view.token : view.input, "x.word": inside ? "" : view.token };
  const value = ({ dataset }) => view.numbers[dataset.key];
  for (const mark of all("[data-parts]")) {
    const lit = view.part === "" || mark.dataset.parts.split(" ").includes(view.part);
    mark.classList.toggle("lstm-dim", view.idle || !lit);
  }
  for (const mark of all("[data-key]")) if (!(mark.dataset.key in words)) mark.dataset.value = value(mark);
  for (const said of all("tspan[data-key]")) {
    const { key, lead = "", brief } = said.dataset;
    const number = () =>
      view.idle && said.closest("[data-note]") ? "–" : (brief ? fixed : view.say)(view.numbers[key]);
    said.textContent = lead + (words[key] ?? number());
  }
  for (const wire of all(".lstm-wire[data-key]")) {
    const size = Math.min(1, Math.abs(value(wire)) / (view.limits[wire.dataset.key] || 1));
    wire.setAttribute("stroke-width", view.idle ? plain : thin + (thick - thin) * size);
    wire.setAttribute("stroke-dasharray", value(wire) < 0 ? dashes : "none");
  }
  for (const level of all(".lstm-level")) {
    const [zero, one] = [Number(level.dataset.zero), Number(level.dataset.one)];
    const top = zero + (one - zero) * value(level);
    level.setAttribute("y", Math.min(top, zero));
    level.setAttribute("height", Math.abs(top - zero));
    const node = level.closest("[data-node]");
    const movable = view.movable.includes(node.dataset.node);
    node.classList.toggle("lstm-held", view.held.includes(node.dataset.node));
    node.classList.toggle("lstm-movable", movable);
    node.querySelector(".lstm-grip").setAttribute("y", top - 2.5);
  }
}

// An equation's lines, each symbol underlined in its colour.
export function equationLines(lines, view, colours) {
  return lines.map((pieces) =>
    html(
      "span",
      { class: "lstm-formula-line" },
      ...pieces.flatMap((piece) => {
        const look = piece.symbol
          ? {
              class: "lstm-piece",
              style: `border-color:${piece.symbol === "c" ? "currentColor" : colours[piece.symbol]}`,
            }
          : {};
        if (piece.number)
          return [html("b", { ...look, "data-key": piece.number }, view.say(view.numbers[piece.number])), " "];
        const tags = { i: "i", sub: "sub", sup: "sup", "": "span" };
        return [html("span", look, ...piece.text.map(([words, how]) => html(tags[how], {}, words))), " "];
      }),
    ),
  );
}
