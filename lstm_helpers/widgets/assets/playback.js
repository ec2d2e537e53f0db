// Stepping through time by button, by slider or by timer. Nothing moves before the reader starts it; a reader who
// prefers reduced motion gets at most one step per second. `towards` is 1 for forwards, -1 for backwards in time.

import { OWN_KEYS, button, html, put, slider } from "./common.js";

// `labels()` gives the current names of the steps; a sentence can grow.
export function playback({ model, trait, labels, towards, names: [earlier, start, later], act, onMove }) {
  const end = () => labels().length - 1;
  const [first, last] = towards > 0 ? [() => 0, end] : [end, () => 0];
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const pace = () => Math.max(still ? 1000 : 60, Math.min(1000, 12000 / labels().length));
  let timer = null;
  const go = (t) => put(model, trait, Math.max(0, Math.min(end(), t)));
  const stop = () => {
    clearTimeout(timer);
    timer = null;
  };
  const manual = (t) =>
    act(() => {
      stop();
      go(t);
      onMove();
    });
  const tick = () => {
    go(model.get(trait) + towards);
    if (model.get(trait) === last()) {
      stop();
      onMove();
    } else timer = setTimeout(tick, pace());
  };
  const play = () =>
    act(() => {
      if (timer !== null) {
        stop();
        onMove();
        return;
      }
      if (model.get(trait) === last()) go(first());
      timer = setTimeout(tick, pace());
      onMove();
    });
  const toggle = button(start, play);
  const step = slider({ symbol: "", name: "step", min: 0, max: end(), step: 1, onInput: manual });
  step.input.addEventListener("keydown", (event) => {
    if (event.key === " ") {
      event.preventDefault();
      play();
    }
  });
  const show = () => {
    const [t, names] = [Math.min(model.get(trait), end()), labels()];
    const words = (s) => `${s + 1} of ${names.length}${names[s] ? `: ${names[s]}` : ""}`;
    step.input.max = end();
    step.set(t, words(t));
    // The slider keeps its width.
    step.input.nextSibling.style.minWidth = `${Math.max(...names.map((_, s) => words(s).length)) * 0.9}ch`;
    toggle.textContent = timer === null ? start : "Pause";
  };
  const buttons = [
    button(earlier, () => manual(model.get(trait) - 1)),
    toggle,
    button(later, () => manual(model.get(trait) + 1)),
  ];
  return { buttons, row: step.row, show, stop, manual, playing: () => timer !== null };
}

// A small native menu of the units.
export function unitMenu(hidden, onInput) {
  const units = Array.from({ length: hidden }, (_, k) => html("option", { value: k }, `${k}`));
  const menu = html("select", { "aria-label": "unit", ...OWN_KEYS }, ...units);
  menu.addEventListener("change", () => onInput(Number(menu.value)));
  return { menu, place: hidden > 1 ? html("label", { class: "lstm-pick" }, "unit ", menu) : "" };
}
