// A text to point at. Nothing is computed but colours: every number was sent from Python. `describe` mirrors
// TextInspector.words; a test compares them.

function unpackText(model) {
  const copied = (view, Kind) => new Kind(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
  const numbers = model.get("_numbers");
  const size = model.get("_size");
  const c = copied(numbers.c, Float64Array);
  const moved = copied(numbers.moved, Float32Array);
  return {
    ...size,
    letters: Array.from(model.get("_words")),
    held: (t, unit) => c[t * size.hidden + unit],
    moved: (t, s) => moved[t * size.steps + s],
  };
}

const nameOf = (letter) => ({ " ": "a space", "\n": "a line's end" })[letter] || `“${letter}”`;

function mostMoving(run, at) {
  let most = 0;
  for (let s = 1; s <= at; s += 1) if (run.moved(at, s) > run.moved(at, most)) most = s;
  return most;
}

function describe(run, at, unit) {
  const most = mostMoving(run, at);
  const where = most === at ? "by this character itself" : `by ${nameOf(run.letters[most])}, ${at - most} back`;
  return `Character ${at + 1} of ${run.steps} is ${nameOf(run.letters[at])}. Unit ${unit} then holds ` +
    `c = ${fixed(run.held(at, unit))}. The next one was ${nameOf(run.letters[at + 1])}; its score is moved most ${where}: ` +
    `${fixed(run.moved(at, most))}.`;
}

// Which colour, as in figures.style_text: a share of the way from low to high, in few levels.
function colourOf(run, now, maps, s) {
  const map = maps[now.show];
  const level = now.show === "guess"
    ? run.moved(now.at, s) / (run.moved(now.at, mostMoving(run, now.at)) || 1)
    : (run.held(s, now.unit) / run.limits[now.unit] + 1) / 2;
  return map[Math.round(Math.max(0, Math.min(1, level)) * (map.length - 1))];
}

function render({ model, el }) {
  const run = unpackText(model);
  const maps = model.get("_maps");
  const settings = () => ({ at: model.get("at"), unit: model.get("unit"), show: model.get("show") });
  const place = slider({ symbol: "", name: "character", min: 0, max: run.steps - 1, step: 1, onInput: (t) => put(model, "at", t) });
  const unit = slider({ symbol: "", name: "unit", min: 0, max: run.hidden - 1, step: 1, onInput: (k) => put(model, "unit", k) });
  const options = [["guess", "what moves the guess here"], ["unit", "what the unit holds"]];
  const show = choice({ name: "colours:", options, onInput: (key) => put(model, "show", key) });
  const spans = Array.from({ length: run.steps }, (_, t) => html("span", { "data-t": t }, run.letters[t] === "\n" ? "↵\n" : run.letters[t]));
  const page = html("p", { class: "lstm-read lstm-pointed", role: "img" }, ...spans);
  const point = (event) => {
    const { t } = event.target.dataset;
    if (t !== undefined && Number(t) !== model.get("at")) put(model, "at", Number(t));
  };
  page.addEventListener("mouseover", point);
  page.addEventListener("click", point);
  const words = caption(page);
  const past = history(model, el);
  const update = () => {
    const now = settings();
    place.set(now.at, `${now.at + 1} of ${run.steps}`);
    unit.set(now.unit, `${now.unit}`);
    show.set(now.show);
    spans.forEach((span, t) => {
      const [paper, ink] = colourOf(run, now, maps, t);
      span.style.background = paper;
      span.style.color = ink;
      span.classList.toggle("lstm-here", t === now.at);
    });
    words.say(describe(run, now.at, now.unit));
  };
  const controls = html("div", { class: "lstm-controls" }, place.row, unit.row, past.beside(show.row));
  const group = { class: "lstm-widget lstm-inspector", role: "group", "aria-label": "Point at a character" };
  el.append(html("div", group, controls, page, ...words.nodes));
  const unfollow = follow(model, ["at", "unit", "show"], update);
  update();
  return leave(el, past.stop, unfollow, words.stop);
}

export default { render };
