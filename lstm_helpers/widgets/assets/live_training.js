// Training by buttons. The next slice is requested when the last one has been drawn: nothing can queue up.

import { button, caption, follow, history, html, leave, put, slider, stage } from "./common.js";
import {
  GONE,
  announcer,
  atNextFrame,
  drawLosses,
  readings,
  titleOf,
  unpackShown,
  whenKernelGoes,
} from "./loss_picture.js";

const PATIENCE = 8000; // milliseconds without an answer before the reader is told

function render({ model, el }) {
  const rates = model.get("_choices");
  const own = `${Date.now()}-${Math.random()}`; // a second view of the same widget has tickets of its own
  let running = false;
  let sent = 0;
  let waiting = null; // the clock of the last request, until it is answered
  let trouble = "";
  let chosen = {}; // sent with the next request, because changes of traits are delayed while the kernel is busy
  const { title, update: retitle } = titleOf(model);
  const ask = (what) => {
    clearTimeout(waiting);
    waiting = setTimeout(
      () =>
        tell(
          "No answer from the kernel yet: it may be busy with another cell. If it was restarted, run the cell again.",
        ),
      PATIENCE,
    );
    sent += 1;
    try {
      model.send({ do: what, ticket: `${own} ${sent}`, ...chosen });
    } catch {
      gone();
    }
    chosen = {};
  };
  const hear = () => {
    const { ticket, status } = model.get("_shown");
    if (waiting !== null && ticket === `${own} ${sent}`) {
      clearTimeout(waiting);
      waiting = null;
      trouble = "";
      if (status !== "going") halt();
    }
    frame.ask();
  };
  const halt = () => {
    running = false;
  };
  const toggle = button("Start", () => {
    running = !running;
    trouble = "";
    if (running && waiting === null) ask("go on");
    update();
  });
  const past = history(model, el, {
    due: () => unpackShown(model).steps.length > 0,
    reset: () => {
      halt();
      trouble = "";
      chosen = { learning_rate: past.start.learning_rate };
      ask("reset");
      update();
    },
  });
  const nearest = (rate) =>
    rates.reduce(
      (best, one, k) => (Math.abs(Math.log(one / rate)) < Math.abs(Math.log(rates[best] / rate)) ? k : best),
      0,
    );
  const choose = (k) => {
    chosen = { learning_rate: rates[k] };
    put(model, "learning_rate", rates[k]);
    update();
  };
  const rate = slider({ symbol: "", name: "learning rate", min: 0, max: rates.length - 1, step: 1, onInput: choose });
  const height = (width) => (width < 480 ? 260 : 300);
  const picture = stage(height, (width, tall) =>
    drawLosses({ ...unpackShown(model), read: reading.step() }, model.get("_level"), width, tall),
  );
  const reading = readings(model, picture);
  const words = caption(picture.picture);
  const speak = announcer(words);
  const update = () => {
    const { words: sentence, status, steps } = unpackShown(model);
    retitle();
    rate.set(nearest(model.get("learning_rate")), `${model.get("learning_rate")}`);
    toggle.textContent = running ? "Pause" : "Start";
    reading.show();
    past.show();
    picture.redraw();
    const paused = !running && status === "going" && steps.length ? "Paused. " : "";
    speak(`${paused}${sentence}${trouble && ` ${trouble}`}`, trouble || paused || status);
  };
  const tell = (what) => {
    trouble = what;
    update();
  };
  const gone = () => {
    halt();
    clearTimeout(waiting);
    for (const node of [toggle, ...past.buttons.children, rate.input]) node.disabled = true;
    tell(GONE);
  };
  const frame = atNextFrame(() => {
    update();
    if (running && waiting === null) ask("go on");
  });
  const buttons = html("div", { class: "lstm-buttons" }, toggle, past.buttons);
  const group = { class: "lstm-widget lstm-live-training", role: "group", "aria-label": "Training by hand" };
  el.append(
    html(
      "div",
      group,
      title,
      html("div", { class: "lstm-controls" }, buttons, rate.row),
      picture.place,
      reading.row,
      ...words.nodes,
    ),
  );
  const unfollow = follow(model, ["_shown", "title", "learning_rate"], hear);
  const unwatch = whenKernelGoes(model, gone);
  update();
  return leave(
    el,
    halt,
    past.stop,
    () => clearTimeout(waiting),
    unfollow,
    unwatch,
    frame.stop,
    picture.stop,
    words.stop,
  );
}

export default { render };
