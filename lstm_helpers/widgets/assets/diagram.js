// A cell's diagram, drawn from the same layout as the figures. Highlighting, the width of a wire and the level of a
// gate follow from the numbers; nothing is computed here.

import { html, line, svg, text } from "./common.js";
import { fixed } from "./numbers.js";

const [LOW, ROOM, CLEAR, SHORT] = [345, 22, 4, 8]; // pixels

// Sizes for a width: letters stay readable, so a narrow drawing is taller and omits the formulas beside numbers. A wide
// one is no taller than fits a laptop's screen together with the rest of the widget.
export function diagramSizes(layout, width) {
  const across = width / layout.width;
  const most = Math.max(LOW, 0.46 * window.innerHeight) / (layout.top - layout.bottom);
  const font = Math.max(12, Math.min(16, 2.7 * across, 3.1 * most));
  const up = Math.max(Math.min(across, most), font / 3.1);
  return {
    across,
    up,
    font,
    compact: across < 4.2,
    tiny: across < 2.8,
    width,
    height: Math.round((layout.top - layout.bottom) * up),
  };
}

function nodeBox(layout, sizes, node) {
  const [width, height] = layout.sizes[node.kind];
  const squash = sizes.tiny ? 2.7 : 3.4;
  const wide = { state: layout.letters, input: 6, gate: 2.4, squash }[node.kind] || 0; // in letters, at least
  const round = Math.max(width * sizes.across, sizes.font * 1.1);
  const box =
    node.kind === "times" || node.kind === "plus"
      ? [round, round]
      : [Math.max(width * sizes.across, wide * sizes.font), height * sizes.up];
  const half = box[0] / 2 + 2;
  const x =
    node.kind === "junction" || node.kind === "end"
      ? node.at[0] * sizes.across
      : Math.max(half, Math.min(sizes.width - half, node.at[0] * sizes.across));
  return { x, y: (layout.top - node.at[1]) * sizes.up, width: box[0], height: box[1] };
}

// A box that is wider than its place would swallow the wire from the fork beside it: the fork, and what stands above or
// below it, move aside until there is room for a shaft and an arrow's head, but not so far that it meets what it comes
// from, or its wire to the next floor runs through the tanh beside it: at worst the box gives the arrow's head its room.
function makeRoom(layout, boxes) {
  for (const wire of layout.wires) {
    const [fork, box] = [boxes[wire.start], boxes[wire.end]];
    if (fork.kind !== "junction" || box.kind !== "state" || wire.via.length || fork.y !== box.y) continue;
    const from = fork.x;
    const beside = Object.values(boxes).filter(({ kind, x }) => x < from && /^(gate|squash|times|plus)$/.test(kind));
    const least = Math.max(0, ...beside.map(({ x, width }) => x + width / 2 + CLEAR));
    const to = Math.max(least, box.x - box.width / 2 - ROOM);
    if (from <= to || from >= box.x) continue;
    const less = Math.max(0, SHORT - (box.x - box.width / 2 - to));
    box.x += less / 2;
    box.width -= less;
    for (const other of Object.values(boxes))
      if ((other.kind === "junction" || other.kind === "end") && other.x === from) other.x = to;
  }
}

// The corners of a wire, from the edge of its first node to the edge of its last: the figures' `polyline`, in pixels.
function wirePoints(layout, sizes, boxes, wire) {
  const via = wire.via.map(([x, y]) => [x * sizes.across, (layout.top - y) * sizes.up]);
  const [start, end] = [boxes[wire.start], boxes[wire.end]];
  const path = [[start.x, start.y], ...via, [end.x, end.y]];
  return [edge(start, path[1]), ...via, edge(end, path[path.length - 2])];
}

function edge({ x, y, width, height, kind }, [toX, toY]) {
  if (kind === "junction" || kind === "end") return [x, y];
  if (Math.abs(toY - y) < 1e-6) return [toX > x ? x + width / 2 : x - width / 2, y];
  return [x, toY > y ? y + height / 2 : y - height / 2];
}

// Runs of text, with smaller subscripts and superscripts; `weight` and the like apply to the whole.
function label(x, y, runs, font, attributes) {
  const node = svg("text", { x, y, style: `font-size:${font}px`, ...attributes });
  let shift = 0;
  for (const [words, how] of runs) {
    // how: "i" italic, "sub", "sup", "b" bold, "" upright
    const wanted = { sub: 0.25 * font, sup: -0.4 * font }[how] || 0;
    const small = how === "sub" || how === "sup" ? `font-size:${Math.max(9.5, 0.75 * font)}px` : null;
    node.append(
      svg(
        "tspan",
        {
          dy: wanted - shift || null,
          style: small,
          "font-style": how === "i" ? "italic" : null,
          "font-weight": how === "b" ? 700 : null,
        },
        words,
      ),
    );
    shift = wanted;
  }
  return node;
}

// `view` holds: numbers, limits (the number of the thickest wire, 1 if missing), say (formats a number), part (the
// highlighted part, "" for all), idle (true where the step computed nothing), held (gates set by hand),
// movable, input and token.
export function drawDiagram(layout, view, colours, width) {
  const sizes = diagramSizes(layout, width);
  const colour = (symbol) => (symbol === "" || symbol === "c" ? "currentColor" : colours[symbol]);
  const dim = (parts) => ((view.part !== "" && !parts.includes(view.part)) || view.idle ? "lstm-dim" : "");
  const boxes = Object.fromEntries(
    layout.nodes.map((node) => [node.name, { ...nodeBox(layout, sizes, node), kind: node.kind }]),
  );
  makeRoom(layout, boxes);
  const pen = { layout, sizes, view, colour, dim, boxes };
  const [left, bottom, right, top] = layout.frame;
  const frame = svg("rect", {
    class: "lstm-cell-frame",
    x: left * sizes.across,
    y: (layout.top - top) * sizes.up,
    rx: 12,
    width: (right - left) * sizes.across,
    height: (top - bottom) * sizes.up,
  });
  const under = layout.wires.filter((wire) => wire.under.length);
  const over = layout.wires.filter((wire) => !wire.under.length);
  return [
    frame,
    ...under.flatMap((wire) => drawWire(pen, wire)),
    ...over.flatMap((wire) => drawWire(pen, wire)),
    ...layout.nodes.flatMap((node) => drawNode(pen, node)),
    ...noteWords(
      layout.notes.map((note) => placeNote(pen, note)),
      width,
    ).map((note) => drawNote(pen, note)),
  ];
}

// A larger number gives a thicker line, a negative one a dashed line: colour is not the only cue.
function drawWire({ layout, sizes, view, colour, dim, boxes }, wire) {
  const points = wirePoints(layout, sizes, boxes, wire);
  const value = wire.number ? view.numbers[wire.number] : null;
  const thick =
    value === null || view.idle ? 1.4 : 1.3 + 5 * Math.min(1, Math.abs(value) / (view.limits[wire.number] || 1));
  const [[x0, y0], [x1, y1]] = points.slice(-2);
  const length = Math.hypot(x1 - x0, y1 - y0);
  const [dx, dy] = [(x1 - x0) / length, (y1 - y0) / length];
  const head = 6 + 0.8 * thick;
  const shaft = points.map((point) => [...point]);
  if (wire.arrow) shaft[shaft.length - 1] = [x1 - dx * head * 0.8, y1 - dy * head * 0.8];
  const d = `M${shaft.map((point) => point.join(",")).join("L")}`;
  const [bx, by, half] = [x1 - dx * head, y1 - dy * head, 3.2 + 0.4 * thick];
  const gaps = wire.under.map(([x, y]) => {
    const [px, py, reach] = [x * sizes.across, (layout.top - y) * sizes.up, 9];
    return line(px - dx * reach, py - dy * reach, px + dx * reach, py + dy * reach, {
      class: "lstm-gap",
      "stroke-width": thick + 4,
    });
  });
  const name = `${wire.start}-${wire.end}`;
  const look = { class: `lstm-wire ${dim(wire.parts)}`, d, stroke: colour(wire.symbol), "stroke-width": thick };
  const sign = { "stroke-dasharray": value < 0 ? "7 4" : null, "data-wire": name, "data-value": value };
  return [
    svg("path", { ...look, ...sign }),
    ...gaps,
    wire.arrow
      ? svg("path", {
          class: `lstm-arrow ${dim(wire.parts)}`,
          fill: colour(wire.symbol),
          d: `M${x1},${y1}L${bx - dy * half},${by + dx * half}L${bx + dy * half},${by - dx * half}Z`,
        })
      : null,
    svg("path", {
      class: "lstm-hit",
      d: `M${points.map((point) => point.join(",")).join("L")}`,
      "data-part": wire.part,
    }),
  ];
}

function drawNode(pen, node) {
  const {
    sizes: { font },
    view,
    colour,
    dim,
  } = pen;
  const { x, y, width, height } = pen.boxes[node.name];
  const group = { class: `lstm-node ${dim(node.parts)}`, "data-part": node.part, "data-node": node.name };
  const ink = colour(node.symbol);
  if (node.kind === "end") return [];
  if (node.kind === "junction")
    return [svg("circle", { ...group, class: `${group.class} lstm-joint`, cx: x, cy: y, r: 3.5, fill: ink })];
  if (node.kind === "times" || node.kind === "plus") {
    const r = width / 2;
    const sign =
      node.kind === "times"
        ? [svg("circle", { cx: x, cy: y, r: Math.min(2.8, 0.36 * r), fill: ink })]
        : [line(x - r / 2, y, x + r / 2, y, { stroke: ink }), line(x, y - r / 2, x, y + r / 2, { stroke: ink })];
    return [svg("g", group, svg("circle", { class: "lstm-box", cx: x, cy: y, r, stroke: ink }), ...sign)];
  }
  const box = { class: "lstm-box", x: x - width / 2, y: y - height / 2, width, height, stroke: ink };
  if (node.kind === "gate" || node.kind === "squash") return [drawVessel(pen, node, group, box)];
  const inside = node.kind === "input" && !view.input && view.token.length <= 8; // the word is the input
  const value = inside ? view.token : node.kind === "input" ? view.input : view.say(view.numbers[node.number]);
  const number = {
    class: "lstm-number",
    "text-anchor": "middle",
    "data-number": node.number,
    "data-value": view.numbers[node.number],
  };
  const token =
    node.kind === "input" && view.token && !inside
      ? [text(x + width / 2 + 8, y + font * 0.35, view.token, { class: "lstm-number", style: `font-size:${font}px` })]
      : [];
  return [
    svg(
      "g",
      group,
      svg("rect", { ...box, rx: 9 }),
      label(x, value ? y - 0.1 * height + 1 : y + 0.3 * font, node.text, font, { "text-anchor": "middle" }),
      text(x, y + 0.36 * height, value, {
        ...number,
        style: `font-size:${Math.max(12, (node.kind === "input" ? 0.82 : 0.95) * font)}px`,
      }),
      ...token,
    ),
  ];
}

// A gate is filled from 0 at its bottom to 1 at its top, a tanh from its middle up or down.
function drawVessel({ sizes: { font, tiny }, view, colour }, node, group, box) {
  const value = view.numbers[node.number];
  const level = (v) => (node.kind === "gate" ? box.y + (1 - v) * box.height : box.y + ((1 - v) / 2) * box.height);
  const held = view.held.includes(node.name);
  const movable = view.movable.includes(node.name);
  const full = {
    class: "lstm-level",
    x: box.x,
    width: box.width,
    y: Math.min(level(value), level(0)),
    height: Math.abs(level(value) - level(0)),
  };
  const grip = {
    class: "lstm-grip",
    x: box.x + box.width * 0.15,
    width: box.width * 0.7,
    y: level(value) - 2.5,
    height: 5,
    rx: 2.5,
  };
  const look = held ? "lstm-held" : "";
  const hand = movable ? "lstm-movable" : "";
  return svg(
    "g",
    {
      ...group,
      class: `${group.class} ${look} ${hand}`,
      "data-low": node.kind === "gate" ? 0 : -1,
      "data-top": box.y,
      "data-tall": box.height,
      "data-value": value,
    },
    svg("rect", { ...box, rx: 4 }),
    svg("rect", { ...full, fill: colour(node.symbol) }),
    node.kind === "squash" ? line(box.x, level(0), box.x + box.width, level(0), { class: "lstm-middle" }) : "",
    movable && !view.idle ? svg("rect", grip) : "",
    label(
      box.x + box.width / 2,
      box.y + box.height / 2 + font * 0.35,
      tiny && "ifgo".includes(node.name) ? [[node.name, "i"]] : node.text,
      font,
      { class: "lstm-halo", "text-anchor": "middle" },
    ),
  );
}

// The text and position of a note, from `x` to `x + wide`. A formula is dropped if its number needs the room.
function placeNote({ layout, sizes, view, boxes }, note) {
  const { across, up, font, compact, tiny } = sizes;
  const value = note.number ? view.numbers[note.number] : null;
  const size = value === null ? Math.max(12, font * 0.9) : font;
  const [from, , to] = layout.frame.map((edge) => edge * across);
  const said = value === null ? "" : view.idle ? "–" : (tiny ? fixed : view.say)(value);
  const onWire = tiny && said && note.align === "left"; // no room beside it
  // This fraction of it is left of its position.
  const before = onWire ? 0.5 : { left: 0, center: 0.5, right: 1 }[note.align];
  const end = layout.nodes.find(({ name, kind }) => name === note.name && kind === "end"); // which may have moved
  const place = (note.at[0] - (onWire ? 1.5 : 0)) * across + (end ? boxes[end.name].x - end.at[0] * across : 0);
  const long = note.text.reduce((sum, [words]) => sum + words.length, 0) * size * 0.5;
  const beside = layout.notes.filter(({ align, at: [x, y] }) => align === "left" && y === note.at[1] && x > note.at[0]);
  const last = Math.min(to - 6, ...beside.map(({ at: [x] }) => x * across - 8));
  const room = said ? (before ? Infinity : last - place - said.length * size * 0.65) : to - from - 12;
  const words = (said && (tiny || (compact && note.text.length > 2))) || long > room ? [] : note.text;
  const runs = said ? [...words, [`${words.length ? " " : ""}${said}`, "b"]] : words;
  const wide = (words.length ? long : 0) + said.length * size * 0.65;
  const at = place - before * wide;
  const x = said && before ? at : Math.max(from + 6, Math.min(to - 6 - wide, at));
  return { note, runs, value, size, before, x, wide, y: (layout.top - note.at[1]) * up + font * 0.35 };
}

// Numbers that would overlap are pushed apart to both sides.
function noteWords(notes, width) {
  notes.forEach((one, k) => {
    for (const other of notes.slice(k + 1)) {
      const [a, b] = one.x + one.wide / 2 <= other.x + other.wide / 2 ? [one, other] : [other, one];
      const touch = a.x + a.wide + 3 - b.x;
      if (touch <= 0 || !a.runs.length || !b.runs.length || Math.abs(a.y - b.y) > a.size) continue;
      const right = Math.max(0, Math.min(touch / 2, width - 2 - b.x - b.wide));
      b.x += right;
      a.x -= touch - right;
    }
  });
  return notes;
}

function drawNote({ dim }, { note, runs, value, size, before, x, wide, y }) {
  const look = { class: `lstm-halo ${dim(note.parts)}`, "text-anchor": ["start", "middle", "end"][2 * before] };
  return label(x + before * wide, y, runs, size, {
    ...look,
    "data-note": note.name,
    "data-part": note.part,
    "data-value": value,
  });
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
