// A learning curve that grows while a cell trains; Python sends every picture.

import { caption, follow, html, leave, stage } from "./common.js";
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

function render({ model, el }) {
  let gone = false;
  const { title, update: retitle } = titleOf(model);
  const height = (width) => (width < 480 ? 240 : 280);
  const picture = stage(height, (width, tall) =>
    drawLosses({ ...unpackShown(model), read: reading.step() }, model.get("_level"), width, tall),
  );
  const reading = readings(model, picture);
  const words = caption(picture.picture);
  const speak = announcer(words);
  const update = () => {
    const { words: sentence, status } = model.get("_shown");
    retitle();
    reading.show();
    picture.redraw();
    if (gone) speak(`${sentence} ${GONE}`, "gone");
    else speak(sentence, status);
  };
  const frame = atNextFrame(update);
  const group = { class: "lstm-widget lstm-loss-curve", role: "group", "aria-label": "Loss while training" };
  el.append(html("div", group, title, picture.place, reading.row, ...words.nodes));
  const unfollow = follow(model, ["_shown", "title"], frame.ask);
  const unwatch = whenKernelGoes(model, () => {
    gone = true;
    update();
  });
  update();
  return leave(el, unfollow, unwatch, frame.stop, picture.stop, words.stop);
}

export default { render };
