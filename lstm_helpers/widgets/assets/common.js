// The code that the widgets share. Plain functions, no library: Python bundles the files and nothing is fetched.

const SVG = "http://www.w3.org/2000/svg";

// Elements -----------------------------------------------------------------------------------------------------

export function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value !== null && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

export const html = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
export const svg = (tag, attributes, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);
export const text = (x, y, words, attributes) => svg("text", { x, y, ...attributes }, words);
export const line = (x1, y1, x2, y2, attributes) => svg("line", { x1, y1, x2, y2, ...attributes });

// JupyterLab handles arrow keys and Enter itself unless the focused element has this attribute.
export const OWN_KEYS = { "data-lm-suppress-shortcuts": "true" };

// Controls -----------------------------------------------------------------------------------------------------

// A labelled native slider. `symbol` is the letter of the equations; colour is never the only cue.
export function slider({ symbol, name, min, max, step, colour, onInput }) {
  const input = html("input", { type: "range", min, max, step, "aria-label": `${name} ${symbol}`.trim(), ...OWN_KEYS });
  const value = html("output", { class: "lstm-value", "aria-hidden": "true" });
  const chip = html("span", { class: "lstm-chip", style: colour ? `background:${colour}` : "display:none" });
  if (colour) input.style.setProperty("--lstm-thumb", colour);
  const label = html("span", { class: "lstm-label" }, chip, html("b", {}, symbol), symbol ? " " : "", name);
  const row = html("label", { class: "lstm-row" }, label, input, value);
  input.addEventListener("input", () => onInput(Number(input.value)));
  const set = (number, words) => {
    input.value = number;
    value.textContent = words;
    input.setAttribute("aria-valuetext", words);
  };
  return { row, input, set };
}

let groups = 0;

// A name that is unique among the groups of radio buttons on the page.
export const groupName = () => `lstm-group-${Date.now()}-${(groups += 1)}`;

// A few named choices as native radio buttons.
export function choice({ name, options, onInput }) {
  const group = groupName();
  const inputs = new Map();
  const row = html("div", { class: "lstm-choice", role: "radiogroup", "aria-label": name }, html("span", {}, name));
  for (const [key, words] of options) {
    const input = html("input", { type: "radio", name: group, value: key, ...OWN_KEYS });
    input.addEventListener("change", () => onInput(key));
    inputs.set(key, input);
    row.append(html("label", {}, input, words));
  }
  return {
    row,
    inputs,
    set: (key) => {
      inputs.get(key).checked = true;
    },
  };
}

export function button(words, onClick) {
  const node = html("button", { type: "button", class: "lstm-button", ...OWN_KEYS }, words);
  node.addEventListener("click", onClick);
  return node;
}

// Dragging by mouse, pen or finger: `pick` gets the starting point and returns a function that follows the pointer, or
// null. A finger drags only elements marked as movable: anywhere else it scrolls the page.
export function draggable(picture, pick) {
  let follows = null;
  const place = (event) => {
    const [box, view] = [picture.getBoundingClientRect(), picture.viewBox.baseVal];
    return [
      ((event.clientX - box.left) / box.width) * view.width,
      ((event.clientY - box.top) / box.height) * view.height,
    ];
  };
  picture.addEventListener("pointerdown", (event) => {
    const movable = event.target.closest(".lstm-movable");
    if (event.button !== 0 || (event.pointerType === "touch" && !movable)) return;
    follows = pick(place(event), movable?.dataset.move);
    if (!follows) return;
    picture.setPointerCapture(event.pointerId);
    event.preventDefault();
    if (event.pointerType !== "touch") follows(place(event));
    else followFinger(movable);
  });
  // Each redraw removes the touched node from the page, which ends its pointer events; its touch events go on.
  const followFinger = (node) => {
    const move = (event) => follows?.(place(event.touches[0]));
    const end = () => {
      follows = null;
      window.dispatchEvent(new PointerEvent("pointerup"));
    };
    node.addEventListener("touchmove", move);
    for (const event of ["touchend", "touchcancel"]) node.addEventListener(event, end);
  };
  picture.addEventListener("pointermove", (event) => {
    if (follows && event.pointerType !== "touch") follows(place(event));
  });
  for (const event of ["pointerup", "pointercancel"]) {
    picture.addEventListener(event, ({ pointerType }) => {
      if (pointerType !== "touch") follows = null;
    });
  }
}

// Speech -------------------------------------------------------------------------------------------------------

// One sentence, made from the numbers: written beside the picture, used as its name, and announced once it settles.
export function caption(picture) {
  const shown = html("p", { class: "lstm-caption", "aria-hidden": "true" });
  const live = html("div", { class: "lstm-unseen", "aria-live": "polite" });
  let timer = null;
  let first = true;
  const say = (plain, quietly = false) => {
    const words = plain.replaceAll(" = ", "\u00a0=\u00a0"); // no line break between a letter and its number
    shown.textContent = words;
    picture.setAttribute("aria-label", words);
    clearTimeout(timer);
    if (!first && !quietly)
      timer = setTimeout(() => {
        live.textContent = words;
      }, 400);
    first = false;
  };
  const announce = (words) => {
    live.textContent = words;
  }; // at once, for pictures that never settle
  return { nodes: [html("div", { class: "lstm-said" }, shown), live], say, announce, stop: () => clearTimeout(timer) };
}

// Undo and reset -----------------------------------------------------------------------------------------------

const PAUSE = 1500; // milliseconds: changes of one setting that are closer together are one step
const DEPTH = 100; // steps that are kept

// Undo, redo and reset of a widget's settings, the keys of `_start`, which holds the arguments of the constructor. One
// drag is one step; so is a run of key presses, a change of several settings at once, or one value set in Python. The
// keys work while the focus is inside.
// `also` tells whether Reset has more to do than to restore these settings, and does it.
export function history(model, el, also = { due: () => false, reset: () => {} }) {
  const start = model.get("_start");
  const names = Object.keys(start);
  const read = () => Object.fromEntries(names.map((name) => [name, model.get(name)]));
  const differ = (a, b) => names.filter((name) => JSON.stringify(a[name]) !== JSON.stringify(b[name]));
  let [now, back, ahead] = [read(), [], []];
  let [last, when, pressed, inOneGo, turning] = ["", 0, false, false, false];
  const show = () => {
    undo.setAttribute("aria-disabled", !back.length);
    reset.setAttribute("aria-disabled", !differ(start, now).length && !also.due());
  };
  const noted = () => {
    const next = read();
    const changed = differ(now, next).join();
    if (turning || !changed) return;
    const soon = el.querySelector(".lstm-pointed:hover") || Date.now() - when < PAUSE;
    const goesOn = inOneGo || (byHand && (pressed ? last : changed === last && soon));
    if (!goesOn) back = [...back, now].slice(-DEPTH);
    [now, ahead, last, when, inOneGo] = [next, [], changed, Date.now(), true];
    queueMicrotask(() => {
      inOneGo = false;
    });
    show();
  };
  const turn = (state) => {
    turning = true;
    for (const name of differ(now, state)) model.set(name, state[name]);
    turning = false;
    model.save_changes();
    [now, last] = [state, ""];
    show();
  };
  const step = (from, to) => {
    while (from.length && !differ(from.at(-1), now).length) from.pop(); // changed and changed back
    if (from.length) {
      to.push(now);
      turn(from.pop());
    }
    show();
  };
  const undo = button("Undo", () => step(back, ahead));
  const reset = button("Reset", () => {
    if (differ(start, now).length) {
      back.push(now);
      ahead = [];
      turn(start);
    }
    if (also.due()) also.reset();
  });
  undo.setAttribute("aria-keyshortcuts", "Control+Z Meta+Z");
  undo.title = "Ctrl+Z; Ctrl+Shift+Z to redo";
  reset.title = "back to the first settings";
  const key = (event) => {
    const typed = event.key.toLowerCase();
    if (!(event.ctrlKey || event.metaKey) || event.altKey || !["z", "y"].includes(typed)) return;
    const ways = typed === "y" || event.shiftKey ? [ahead, back] : [back, ahead];
    const writes = event.target.matches("textarea, input:not([type=range], [type=radio], [type=checkbox])");
    event.preventDefault();
    event.stopPropagation();
    // While a text is being edited, the browser undoes it, until it is as it was before. JupyterLab takes the keys
    // before they come here, so the browser is asked by name.
    const writing = writes && (event.target.value !== event.target.dataset.settled || !ways[0].length);
    if (writing) document.execCommand(ways[0] === ahead ? "redo" : "undo");
    else step(...ways);
  };
  const press = () => {
    [pressed, last] = [true, ""];
  };
  const lift = () => {
    if (pressed) {
      [pressed, last] = [false, ""];
      setTimeout(takeKeys);
    }
  };
  // A press on a picture focuses nothing by itself, and Ctrl+Z would undo in the notebook.
  const takeKeys = () => {
    const root = el.firstElementChild;
    if (!root || el.contains(document.activeElement)) return;
    fill(root, { tabindex: -1, ...OWN_KEYS }, []).focus({ preventScroll: true });
  };
  const enter = () => {
    if (!pressed) last = "";
  };
  const listen = (how) => {
    for (const [event, tell] of [
      ["keydown", key],
      ["pointerdown", press],
      ["focusin", enter],
    ])
      el[how](event, tell, true);
    for (const event of ["pointerup", "pointercancel"]) window[how](event, lift, true);
  };
  listen("addEventListener");
  const unfollow = follow(model, names, noted);
  show();
  const buttons = html("div", { class: "lstm-past" }, undo, reset);
  // Beside a row of choices, where there is room.
  const beside = (row) => html("div", { class: "lstm-beside" }, row, buttons);
  const before = () => back.findLast((state) => differ(state, now).length); // the settings before the last step, if any
  return {
    buttons,
    beside,
    before,
    show,
    start,
    stop: () => {
      unfollow();
      listen("removeEventListener");
    },
  };
}

// Life cycle ---------------------------------------------------------------------------------------------------

// Redraw when a trait changes, from a slider or from Python. Returns how to stop.
export function follow(model, names, redraw) {
  const events = names.map((name) => `change:${name}`);
  for (const event of events) model.on(event, redraw);
  return () => {
    for (const event of events) model.off(event, redraw);
  };
}

// Clean-up of a view that is removed. JupyterLab keeps the empty node of every removed view: nothing may refer to it.
export const leave =
  (el, ...stops) =>
  () => {
    for (const stop of stops) stop();
    el.replaceChildren();
  };

let byHand = false; // true for a change by the reader, false for one by Python

export function put(model, name, value) {
  byHand = true;
  model.set(name, value);
  byHand = false;
  model.save_changes();
}

// An SVG as wide as its container, redrawn at each new width, so that letters keep their size on a narrow page.
export function stage(height, draw) {
  const picture = svg("svg", { class: "lstm-picture", role: "img" });
  const place = html("div", { class: "lstm-place" }, picture);
  let width = 0;
  const redraw = () => {
    const drawn = Math.max(width || 640, 260);
    const tall = typeof height === "function" ? height(drawn) : height;
    picture.setAttribute("viewBox", `0 0 ${drawn} ${tall}`);
    picture.setAttribute("height", tall);
    picture.replaceChildren(...draw(drawn, tall).filter(Boolean));
  };
  const watcher = new ResizeObserver(([entry]) => {
    const now = Math.round(entry.contentRect.width);
    if (now > 0 && now !== width) {
      width = now;
      redraw();
    }
  });
  watcher.observe(place);
  return { place, picture, redraw, stop: () => watcher.disconnect() };
}
