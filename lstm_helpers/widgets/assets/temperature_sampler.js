// The probabilities of the next character at a temperature, from the logits that Python sent once, and the texts that
// were sampled at each temperature. `tempered` and `sentence` mirror sampling.softmax_with_temperature and
// TemperatureSampler.words.

import {
  button,
  caption,
  choice,
  follow,
  history,
  html,
  leave,
  line,
  put,
  slider,
  stage,
  svg,
  text,
} from "./common.js";
import { doubles, fixed, scale } from "./numbers.js";

export function tempered(scores, temperature) {
  const best = Math.max(...scores);
  const raised = scores.map((score) => Math.exp((score - best) / temperature));
  const total = raised.reduce((sum, value) => sum + value, 0);
  return raised.map((value) => value / total);
}

// The largest first; sort is stable, so ties keep their order, as in Python.
const ranked = (probabilities) => probabilities.map((_, k) => k).sort((a, b) => probabilities[b] - probabilities[a]);

export function unpackScores(model) {
  const view = model.get("_logits");
  const all = doubles(view);
  const size = model.get("_letters").length;
  return model.get("_prompts").map((_, p) => Array.from(all.subarray(p * size, (p + 1) * size)));
}

export function sentence(probabilities, temperature, letters, names) {
  const best = ranked(probabilities)[0];
  const bits = probabilities.reduce((sum, p) => (p > 0 ? sum - p * Math.log2(p) : sum), 0);
  const name = names[letters[best]] || `“${letters[best]}”`;
  return (
    `Temperature ${fixed(temperature, 1)}: the most probable next character is ${name}, ` +
    `${fixed(100 * probabilities[best], 0)} %. ` +
    `The entropy is ${fixed(bits)} bits, as of ${fixed(2 ** bits, 1)} equally probable characters.`
  );
}

const SHORT = { " ": ["space"], "\n": ["line", "end"] };

function drawNext(probabilities, letters, shown, colour, width, height) {
  const box = { left: 46, right: width - 6, top: 28, bottom: height - 36 };
  const order = ranked(probabilities).slice(0, shown);
  const rest = Math.max(0, 1 - order.reduce((sum, k) => sum + probabilities[k], 0));
  const bars = order.map((k) => ({ key: letters[k], words: SHORT[letters[k]] || [letters[k]], p: probabilities[k] }));
  bars.push({ key: "others", words: ["the", "rest"], p: rest });
  const y = scale(0, 1, box.bottom, box.top);
  const step = (box.right - box.left) / bars.length;
  const out = [text(4, 12, "probability of the next character", { class: "lstm-tick" })];
  for (const level of [0, 0.5, 1]) {
    out.push(line(box.left, y(level), box.right, y(level), { class: "lstm-grid" }));
    out.push(text(box.left - 6, y(level) + 4, `${100 * level} %`, { class: "lstm-tick", "text-anchor": "end" }));
  }
  bars.forEach(({ key, words, p }, n) => {
    const middle = box.left + (n + 0.5) * step;
    const look = {
      class: key === "others" ? "lstm-next lstm-kept" : "lstm-next",
      fill: colour,
      "data-key": key,
      "data-probability": p,
    };
    out.push(svg("rect", { ...look, x: middle - 0.4 * step, y: y(p), width: 0.8 * step, height: box.bottom - y(p) }));
    words.forEach((word, k) =>
      out.push(text(middle, box.bottom + 15 + 14 * k, word, { "text-anchor": "middle", class: "lstm-tick" })),
    );
  });
  return out;
}

function render({ model, el }) {
  const scores = unpackScores(model);
  const letters = model.get("_letters");
  const { temperatures, shown, names } = model.get("_grid");
  const prompts = model.get("_prompts");
  const now = () => ({ prompt: model.get("prompt"), temperature: model.get("temperature") });
  const probabilities = () => tempered(scores[now().prompt], now().temperature);
  const nearest = (value) => temperatures.reduce((a, b) => (Math.abs(b - value) < Math.abs(a - value) ? b : a));
  const place = (value) => temperatures.indexOf(nearest(value));
  const heat = slider({
    symbol: "τ",
    name: "temperature",
    min: 0,
    max: temperatures.length - 1,
    step: 1,
    onInput: (k) => put(model, "temperature", temperatures[k]),
  });
  const ends = prompts.map((prompt, p) => [
    String(p),
    `“${prompt.length > 24 ? "…" : ""}${prompt.slice(-24).replaceAll("\n", "↵")}”`,
  ]);
  const which = choice({ name: "after", options: ends, onInput: (p) => put(model, "prompt", Number(p)) });
  const picture = stage(210, (width, tall) =>
    drawNext(probabilities(), letters, shown, model.get("_colours").h, width, tall),
  );
  const words = caption(picture.picture);
  const begins = html("span", { class: "lstm-prompt" });
  const samples = model.get("_texts")[0].length;
  const another = button("Another sample", () => put(model, "sample", (model.get("sample") + 1) % samples));
  const which_one = html("span", { class: "lstm-sample-count" });
  const goesOn = html("span", { class: "lstm-drawn" });
  const past = history(model, el);
  const update = () => {
    const { prompt, temperature } = now();
    heat.set(place(temperature), fixed(temperature, 1));
    which.set(String(prompt));
    picture.redraw();
    begins.textContent = prompts[prompt];
    goesOn.textContent = model.get("_texts")[prompt][model.get("sample")][place(temperature)];
    which_one.textContent = `sample ${model.get("sample") + 1} of ${samples}`;
    words.say(sentence(probabilities(), temperature, letters, names));
  };
  const controls = html(
    "div",
    { class: "lstm-controls" },
    heat.row,
    prompts.length > 1 ? past.beside(which.row) : past.buttons,
  );
  const written = html("p", { class: "lstm-sample", "aria-live": "polite" }, begins, goesOn);
  const group = {
    class: "lstm-widget lstm-temperature",
    role: "group",
    "aria-label": "The next character at a temperature",
  };
  el.append(
    html(
      "div",
      group,
      controls,
      picture.place,
      ...words.nodes,
      samples > 1 ? html("div", { class: "lstm-buttons" }, another, which_one) : "",
      written,
    ),
  );
  const unfollow = follow(model, ["temperature", "prompt", "sample"], update);
  update();
  return leave(el, past.stop, unfollow, picture.stop, words.stop);
}

export default { render };
