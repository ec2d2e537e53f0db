// A sentence that the reader composes: by choosing words, by switching singular and plural, or by typing.
// The vocabulary comes from Python; unknown words are refused, and similar ones are offered.

import { OWN_KEYS, button, groupName, html } from "./common.js";

// Mirrors lstm_helpers.widgets.sentence_cell.spoken.
export const spoken = (words) => words.toLowerCase().match(/[^\s.,;:!?]+/g) || [];

export const vocabularyOf = (language) => language.groups.flatMap(([, words]) => words);

// The words as the network reads them, one-hot, row by row.
export function oneHot(words, vocabulary) {
  const x = new Float64Array(words.length * vocabulary.length);
  words.forEach((word, t) => {
    x[t * vocabulary.length + vocabulary.indexOf(word)] = 1;
  });
  return x;
}

// The edit distance: how many letters have to be inserted, deleted or replaced.
function lettersApart(a, b) {
  let row = Array.from({ length: b.length + 1 }, (_, k) => k);
  for (let j = 1; j <= a.length; j += 1) {
    const next = [j];
    for (let k = 1; k <= b.length; k += 1)
      next[k] = Math.min(next[k - 1] + 1, row[k] + 1, row[k - 1] + (a[j - 1] === b[k - 1] ? 0 : 1));
    row = next;
  }
  return row[b.length];
}

const nearWords = (word, vocabulary) =>
  vocabulary
    .map((known) => [lettersApart(word, known), known])
    .filter(([apart]) => apart <= Math.max(1, Math.floor(word.length / 2)))
    .sort(([a], [b]) => a - b)
    .slice(0, 4)
    .map(([, known]) => known);

// What the network was trained on, in one line, and whether this sentence is of that kind.
function ofItsKind(words, language) {
  const kinds = words.map((word) => "tpnv"[language.groups.findIndex(([, some]) => some.includes(word))]).join("");
  const trained = "Trained on: the + noun, then 0 to 4 times preposition + the + noun. The network chooses the verb.";
  if (/^tn(ptn){0,4}$/.test(kinds)) return trained;
  if (/^tn(ptn)*$/.test(kinds)) return `${trained} This sentence is longer.`;
  if (kinds.includes("v"))
    return `${trained} It was never trained on verbs: its response to one comes from its random initial weights.`;
  return `${trained} This sentence has a different form: the network answers, but was never trained to.`;
}

// `write(words, at)` is called with a sentence that is known to fit, and the step to show.
export function composer({ language, write, jump, after }) {
  const [vocabulary, other] = [
    vocabularyOf(language),
    new Map(
      language.pairs.flatMap(([one, many]) => [
        [one, many],
        [many, one],
      ]),
    ),
  ];
  let [words, now, chips] = [[], 0, []];
  const group = groupName();
  const replace = (t, word) =>
    write(
      words.map((old, s) => (s === t ? word : old)),
      t,
    );
  const options = () =>
    language.groups.map(([name, some]) =>
      html("optgroup", { label: name }, ...some.map((word) => html("option", { value: word }, word))),
    );

  const makeChip = (t) => {
    const radio = html("input", { type: "radio", name: group, class: "lstm-unseen", ...OWN_KEYS });
    radio.addEventListener("change", () => jump(t));
    const word = html("span", { "aria-hidden": "true" });
    const flip = button("\u21c4", () => replace(t, other.get(words[t])));
    flip.classList.add("lstm-flip");
    return { radio, word, flip, node: html("span", { class: "lstm-word" }, html("label", {}, radio, word), flip) };
  };
  const row = html("div", { class: "lstm-words", role: "group", "aria-label": "The sentence" }, after);

  const change = html("select", OWN_KEYS, ...options());
  change.addEventListener("change", () => replace(now, change.value));
  const changing = html("label", { class: "lstm-pick" }, "", change);
  const add = html(
    "select",
    { "aria-label": "add a word after this one", ...OWN_KEYS },
    html("option", { value: "" }, "Add a word \u2026"),
    ...options(),
  );
  add.addEventListener("change", () => {
    const word = add.value;
    add.value = "";
    if (word) write([...words.slice(0, now + 1), word, ...words.slice(now + 1)], now + 1);
  });
  const remove = button("Remove", () =>
    write(
      words.filter((_, s) => s !== now),
      Math.max(0, now - 1),
    ),
  );

  const field = html("input", {
    type: "text",
    "aria-label": "the whole sentence",
    autocomplete: "off",
    autocapitalize: "none",
    spellcheck: "false",
    enterkeyhint: "go",
    ...OWN_KEYS,
  });
  const said = html("div", { class: "lstm-refused", role: "status" });
  const line = html("div", { class: "lstm-legend lstm-trained" });
  const refuse = (...parts) => {
    field.setAttribute("aria-invalid", "true");
    said.replaceChildren(...parts);
  };
  const accept = () => {
    field.removeAttribute("aria-invalid");
    said.replaceChildren();
  };
  const read = () => {
    const typed = spoken(field.value);
    const unknown = typed.findIndex((word) => !vocabulary.includes(word));
    if (!typed.length) {
      refuse("There is no word yet. Try \u201cthe dogs near the cat\u201d.");
      return;
    }
    if (unknown >= 0) {
      offer(typed, unknown);
      return;
    }
    if (typed.length > language.most) {
      refuse(`That is ${typed.length} words; at most ${language.most} fit.`);
      return;
    }
    accept();
    write(typed, typed.length - 1);
  };
  const offer = (typed, k) => {
    const near = nearWords(typed[k], vocabulary);
    const use = (word) =>
      button(word, () => {
        field.value = typed.map((old, s) => (s === k ? word : old)).join(" ");
        field.focus();
        read();
      });
    const others = typed.filter((word, s) => s > k && !vocabulary.includes(word)).map((word) => `\u201c${word}\u201d`);
    const unread = `Not read: this network does not know ${[`\u201c${typed[k]}\u201d`, ...others].join(", ")}.`;
    if (near.length) {
      refuse(`${unread} In place of \u201c${typed[k]}\u201d, did you mean `, ...near.map(use));
      return;
    }
    refuse(`${unread} It knows 20 words: ${vocabulary.join(", ")}.`);
  };
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      event.preventDefault();
      read();
    }
  });
  const form = html("div", { class: "lstm-typed" }, field, button("Read", read));
  const edit = html("div", { class: "lstm-buttons lstm-edit" }, changing, add, remove, form);

  const show = (present, t) => {
    const same = present.join(" ") === words.join(" ");
    if (same && t === now) return; // a gate moved
    [words, now] = [present, t];
    while (chips.length < words.length) chips.push(makeChip(chips.length));
    chips.forEach(({ node }, s) => {
      if (s >= words.length) node.remove();
    });
    chips.slice(0, words.length).forEach(({ radio, word, flip, node }, s) => {
      if (node.parentNode !== row) row.insertBefore(node, after);
      word.textContent = words[s];
      radio.checked = s === t;
      radio.setAttribute("aria-label", `word ${s + 1}: ${words[s]}`);
      node.classList.toggle("lstm-here", s === t);
      flip.hidden = !other.has(words[s]);
      if (!flip.hidden)
        for (const name of ["aria-label", "title"])
          flip.setAttribute(name, `change word ${s + 1} to ${other.get(words[s])}`);
    });
    // A refused text is cleared at the next step; a text that is being written stays.
    if (!same || field.hasAttribute("aria-invalid")) {
      field.value = field.dataset.settled = words.join(" ");
      accept();
    }
    changing.firstChild.textContent = `Word ${t + 1} `;
    change.value = words[t];
    change.setAttribute("aria-label", `word ${t + 1}`);
    remove.setAttribute("aria-label", `remove word ${t + 1}, ${words[t]}`);
    remove.disabled = words.length === 1;
    add.disabled = words.length >= language.most;
    line.textContent = ofItsKind(words, language);
  };
  return { nodes: [row, edit, said], trained: line, show };
}
