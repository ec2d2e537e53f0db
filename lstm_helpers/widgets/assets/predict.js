// Answers to a question. The result that they open is found on the page: the code cells that follow directly and the
// text cell after them, or all cells up to the next heading or question. It is hidden on the screen only (predict.css),
// never on paper, and errors never are.

import { OWN_KEYS, button, follow, html, leave, put } from "./common.js";

const SHORT = 100; // letters: "In numbers:" leads on to the next cell, a paragraph that ends in a colon does not

// The result's parts, in JupyterLab: cells beside this one. The web edition marks them when it is built.
function resultOf(el, wholeSection) {
  const own = el.closest(".jp-Cell");
  if (!own) return marked(el.closest(".cell"));
  const parts = [];
  for (let cell = nextCell(own); cell && !cell.querySelector(".lstm-predict"); cell = nextCell(cell)) {
    if (cell.matches(".jp-CodeCell")) {
      parts.push(cell);
      continue;
    }
    const text = cell.querySelector(".jp-RenderedMarkdown");
    if (!text || /^H[1-6]$/.test(text.firstElementChild?.tagName ?? "") || asks(text)) break;
    parts.push(cell);
    const words = text.textContent.trim();
    if (!wholeSection && (!words.endsWith(":") || words.length > SHORT)) break;
  }
  return parts;
}

function asks(text) {
  return [...text.querySelectorAll("p > strong:first-child")].some((strong) => strong.textContent === "Predict.");
}

function nextCell(cell) {
  const next = cell.nextElementSibling;
  return next?.matches(".jp-Cell") ? next : null;
}

function marked(cell) {
  const parts = [];
  for (let part = cell?.nextElementSibling; part?.matches(".tag_result, .book-result"); part = part.nextElementSibling)
    parts.push(part);
  return parts;
}

// JupyterLab unfolds the output of every cell that runs. A solution's stays folded as long as its code is
// (predict.css).
function foldSolutions(page) {
  for (const folded of page?.querySelectorAll(".jp-InputPlaceholder") ?? []) {
    if (folded.textContent.startsWith("# Solution")) folded.closest(".jp-Cell").classList.add("lstm-solution");
  }
}

function render({ model, el }) {
  const answers = model.get("_answers");
  let hidden = new Set();
  const cover = () => {
    const parts = model.get("opened") ? [] : resultOf(el, model.get("_section"));
    for (const part of hidden) if (!parts.includes(part)) part.classList.remove("lstm-awaits");
    for (const part of parts) part.classList.add("lstm-awaits");
    hidden = new Set(parts);
    foldSolutions(el.closest(".jp-Notebook"));
  };
  const open = (answer) => {
    model.set("answer", answer);
    put(model, "opened", true);
    words.focus({ preventScroll: true }); // the focused button can no longer have the focus
  };
  const choices = answers.map((answer) => button(answer, () => open(answer)));
  const show = button(answers.length ? "Show without choosing" : "Show the result", () => open(""));
  show.classList.add("lstm-show");
  const words = html("div", { class: "lstm-predict-words", role: "status", tabindex: -1, ...OWN_KEYS });
  const group = { class: "lstm-widget lstm-predict", role: "group", "aria-label": "Your prediction" };
  el.append(html("div", group, html("div", { class: "lstm-buttons" }, ...choices, show), words));

  const update = () => {
    const [answer, opened] = [model.get("answer"), model.get("opened")];
    choices.forEach((choice, k) => {
      choice.disabled = opened;
      choice.setAttribute("aria-pressed", answers[k] === answer);
    });
    show.hidden = opened;
    const ask = answers.length ? "Choose an answer, and the result opens below." : "Decide on an answer first.";
    words.textContent = !opened
      ? ask
      : answer
        ? `You chose “${answer}”. The result is open below.`
        : "The result is open below.";
    cover();
  };
  const unfollow = follow(model, ["answer", "opened"], update);
  update();
  // Cells come and go while JupyterLab lays a page out, and this place is attached only after it is drawn.
  const watcher = new MutationObserver(cover);
  const watch = () => {
    const page = el.closest(".jp-Cell")?.parentElement;
    if (page) watcher.observe(page, { childList: true });
    cover();
  };
  const later = requestAnimationFrame(watch);
  const stop = () => {
    cancelAnimationFrame(later);
    watcher.disconnect();
    for (const part of hidden) part.classList.remove("lstm-awaits");
  };
  return leave(el, unfollow, stop);
}

export default { render };
