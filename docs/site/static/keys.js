// Keys of the web edition: w goes to the next widget, Shift+W to the one before, ? shows the list. They do nothing where
// letters are typed, and can be switched off, for whoever speaks to the machine or has keys of their own.

(() => {
  const OFF = "book-keys-off";
  const CONTROL =
    'input:not([type="hidden"], :disabled), button:not(:disabled), select:not(:disabled), textarea, a[href], [tabindex="0"]';
  const make = (tag, settings, ...children) => {
    const node = Object.assign(document.createElement(tag), settings);
    node.append(...children);
    return node;
  };
  const key = (name) => make("kbd", {}, name);

  const isOff = () => {
    try {
      return localStorage.getItem(OFF) === "yes";
    } catch {
      return false;
    }
  };
  const seen = (node) => node.checkVisibility?.() ?? node.offsetParent !== null;
  const controls = (place) => [...place.querySelectorAll(CONTROL)].filter(seen);
  const widgets = () =>
    [...document.querySelectorAll(".book-live")].filter((place) => place.dataset.alive && controls(place).length);

  // One sentence, seen for a while at the foot of the window and spoken by a screen reader.
  const status = make("div", { className: "book-keys-said", role: "status" });
  let silence = null;
  function say(words) {
    status.textContent = words;
    clearTimeout(silence);
    silence = setTimeout(() => status.replaceChildren(), 3000);
  }

  function go(place) {
    controls(place)[0].focus({ preventScroll: true });
    const tall = place.offsetHeight > window.innerHeight - 120;
    place.scrollIntoView({ block: tall ? "start" : "center" });
  }

  // From the widget that has the focus, or else from what is in the window.
  function move(back) {
    const all = widgets();
    const here = all.findIndex((place) => place.contains(document.activeElement));
    const next =
      here >= 0
        ? all[here + (back ? -1 : 1)]
        : back
          ? all.findLast((place) => place.getBoundingClientRect().bottom < window.innerHeight / 2)
          : all.find((place) => place.getBoundingClientRect().bottom > 80);
    if (next) go(next);
    else if (!all.length) say("No widget on this page.");
    else say(back ? "No widget further up on this page." : "No widget further down on this page.");
  }

  // The list of keys
  let dialog = null;
  function show() {
    dialog ??= help();
    dialog.querySelector("input").checked = !isOff();
    dialog.showModal();
  }
  function help() {
    const rows = [
      [[key("w")], "to the next widget"],
      [[key("Shift"), " + ", key("w")], "to the widget before"],
      [[key("Tab")], "from control to control; arrow keys move a slider"],
      [[key(/Mac|iPad/.test(navigator.platform) ? "⌘" : "Ctrl"), " + ", key("K")], "search the book"],
      [[key("?")], "this list"],
    ];
    const list = make("dl", {}, ...rows.flatMap(([keys, words]) => [make("dt", {}, ...keys), make("dd", {}, words)]));
    const single = make("input", { type: "checkbox" });
    single.addEventListener("change", () => {
      try {
        localStorage.setItem(OFF, single.checked ? "no" : "yes");
      } catch {
        /* not kept */
      }
    });
    const close = make("button", { type: "submit", className: "btn btn-sm btn-outline-secondary" }, "Close");
    const form = make("form", { method: "dialog" }, make("label", {}, single, " w and ? are on"), close);
    const title = make("h2", { id: "book-keys-title" }, "Keys on this page");
    const made = make("dialog", { className: "book-keys-help" }, title, list, form);
    made.setAttribute("aria-labelledby", title.id);
    document.body.append(made);
    return made;
  }
  window.lstmKeys = { show };

  const typing = (node) =>
    node.isContentEditable ||
    node.matches("textarea, select, [role='textbox'], [role='application']") ||
    (node.matches("input") && !["range", "checkbox", "radio", "button", "submit"].includes(node.type));

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.repeat || event.isComposing || event.ctrlKey || event.altKey || event.metaKey)
      return;
    if (isOff() || !(event.target instanceof Element) || typing(event.target) || document.querySelector("dialog[open]"))
      return;
    if (event.key === "?") show();
    else if (event.key.toLowerCase() === "w") move(event.shiftKey);
    else return;
    event.preventDefault();
  });

  // Said below the first widget, and in the first links of the page.
  document.body.append(status);
  const places = [...document.querySelectorAll(".book-live")];
  places.forEach((place, at) => {
    place.setAttribute("role", "group");
    place.setAttribute("aria-label", `Widget ${at + 1} of ${places.length}`);
  });
  if (places.length) {
    const all = make("button", { type: "button" }, "All keys");
    all.addEventListener("click", show);
    const words =
      places.length > 1
        ? ["Press ", key("w"), " for the next widget, ", key("Shift"), " + ", key("w"), " for the one before. "]
        : ["Press ", key("w"), " anywhere on this page to come to this widget. "];
    places[0].after(make("p", { className: "book-keys" }, ...words, all));
    const skip = make("a", { href: "#" }, "Skip to the first widget");
    skip.addEventListener("click", (event) => {
      event.preventDefault();
      const [first] = widgets();
      if (first) go(first);
    });
    document.getElementById("pst-skip-link")?.append(skip);
  }
})();
