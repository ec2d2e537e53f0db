// A translation to point at. Nothing is computed but colours and sums: every weight was sent from Python. `describe`
// mirrors AlignmentInspector.words; a test compares them.

function unpackAlignment(model) {
  const view = model.get("_weights");
  const weights = new Float64Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
  const { source, answer } = model.get("_tokens");
  const row = (t) => Array.from(weights.subarray(t * source.length, (t + 1) * source.length));
  return { source, answer, row };
}

const nameOf = (token) => (token === " " ? "a space" : `“${token}”`);

function describe(run, at) {
  const row = run.row(at);
  const order = row.map((_, s) => s).sort((a, b) => row[b] - row[a] || a - b);
  const looked = order.slice(0, 2).map((s) => `${nameOf(run.source[s])} (token ${s + 1}) by ${fixed(row[s])}`);
  const others = row.filter((_, s) => !order.slice(0, 2).includes(s));
  const rest = row.length > 2 ? `; at the other ${others.length} by ${fixed(others.reduce((a, b) => a + b, 0))}` : "";
  return `Written token ${at + 1} of ${run.answer.length} is ${nameOf(run.answer[at])}. ` +
    `It looked most at ${looked.join(" and ")}${rest}.`;
}

function render({ model, el }) {
  const run = unpackAlignment(model);
  const map = model.get("_map");
  const last = run.answer.length - 1;
  const place = slider({ symbol: "", name: "written token", min: 0, max: last, step: 1, onInput: (t) => put(model, "at", t) });
  const shown = (token) => (token === " " ? "␣" : token);
  const read = run.source.map((token) => {
    const weight = html("small", {});
    return { weight, node: html("span", { class: "lstm-token" }, shown(token), weight) };
  });
  const written = run.answer.map((token, t) => html("span", { class: "lstm-token", "data-t": t }, shown(token)));
  const row = (name, nodes) => html("div", { class: "lstm-tokens" }, html("b", {}, name), ...nodes);
  const page = html("div", { class: "lstm-alignment lstm-pointed", role: "img" },
    row("read", read.map(({ node }) => node)), row("written", written));
  const point = (event) => {
    const { t } = event.target.dataset;
    if (t !== undefined && Number(t) !== model.get("at")) put(model, "at", Number(t));
  };
  page.addEventListener("mouseover", point);
  page.addEventListener("click", point);
  const words = caption(page);
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
    written.forEach((node, t) => node.classList.toggle("lstm-here", t === at));
    words.say(describe(run, at));
  };
  const group = { class: "lstm-widget lstm-aligned", role: "group", "aria-label": "Point at a written token" };
  el.append(html("div", group, html("div", { class: "lstm-controls" }, place.row, past.buttons), page, ...words.nodes));
  const unfollow = follow(model, ["at"], update);
  update();
  return leave(el, past.stop, unfollow, words.stop);
}

export default { render };
