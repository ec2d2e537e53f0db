// The projector view: a chapter shown section by section, in large type, without the sidebars. The button in the header,
// Alt+P or `?view=projector` begin it, Escape ends it. What follows a question to predict stays out of sight until it is
// asked for; so do solutions, which are folded anyway. Nothing is moved in the page, so widgets stay as they are.

(() => {
  const VIEW = "projector";
  const root = document.documentElement;
  const LINES = 560; // CSS pixels that a screen is high, and
  const COLUMNS = 880; // wide, before all is enlarged to fill it
  let slides = []; // of parts, which are lists of blocks; a part is shown when it is asked for
  let place = 0;
  let bar = null;
  const shown = new Map(); // by slide: how many of its parts

  // --- what a slide is

  const asks = (block) =>
    [...block.querySelectorAll("strong")].some((word) => /^Predict\b/.test(word.textContent)) || isPredict(block);
  const isPredict = (block) =>
    block.querySelector(".lstm-predict, [data-alive='Predict']") !== null ||
    [...block.querySelectorAll(".book-live > script")].some((data) => /"widget":"Predict"/.test(data.textContent));

  function find() {
    const article = document.querySelector("article.bd-article > section");
    if (!article || !article.querySelector(":scope > section > h2")) return [];
    const found = [];
    const walk = (section) => {
      for (const block of section.children) {
        if (block.matches("h1, h2")) found.push([[]]);
        if (block.matches("section, div.section")) walk(block);
        else if (found.length) {
          // before the title there are anchors only
          const slide = found.at(-1);
          const last = slide.at(-1);
          // The question and its answers to choose from belong together.
          if (last.length && asks(last.at(-1)) && !isPredict(block)) slide.push([]);
          slide.at(-1).push(block);
        }
      }
    };
    walk(article);
    return found;
  }

  const title = (slide) => slide[0][0].textContent.replace(/#\s*$/, "").trim();

  // --- show

  const on = () => root.classList.contains(VIEW);

  function show(number, options = {}) {
    place = Math.max(0, Math.min(slides.length - 1, number));
    if (!shown.has(place)) shown.set(place, 1);
    slides.forEach((slide, k) =>
      slide.forEach((part, step) =>
        part.forEach((block) => block.classList.toggle("projector-off", k !== place || step >= shown.get(k))),
      ),
    );
    const waits = shown.get(place) < slides[place].length;
    bar.querySelector(".projector-where").textContent = `${place + 1} of ${slides.length}: ${title(slides[place])}`;
    bar.querySelector(".projector-ask").hidden = !waits;
    bar.querySelector(".projector-previous").disabled = place === 0;
    bar.querySelector(".projector-next").disabled = place === slides.length - 1;
    const heading = slides[place][0][0].closest("section")?.id ?? "";
    history.replaceState(history.state, "", `${location.pathname}?view=${VIEW}${heading && `#${heading}`}`);
    if (!options.stay) window.scrollTo(0, options.end ? root.scrollHeight : 0);
    fit();
  }

  // All is enlarged as far as the screen allows; a widget or figure that is higher than the screen is enlarged less.
  function fit() {
    if (!on()) return;
    const scale = Math.max(1, Math.min(innerWidth / COLUMNS, innerHeight / LINES));
    root.style.setProperty("--projector-scale", scale.toFixed(3));
    const room = innerHeight - bar.offsetHeight - 24;
    root.style.setProperty("--projector-room", `${(room / scale).toFixed(0)}px`);
    for (const widget of document.querySelectorAll(".bd-article .book-live > div")) {
      widget.style.zoom = "";
      for (let once = 0; once < 3; once++) {
        // it is laid out anew at each size
        const high = widget.getBoundingClientRect().height;
        const now = parseFloat(widget.style.zoom || "1");
        if (high > room) widget.style.zoom = Math.max(0.6, (now * room) / high).toFixed(3);
      }
    }
  }

  function reveal() {
    if (shown.get(place) >= slides[place].length) return false;
    for (const block of slides[place][shown.get(place) - 1]) block.querySelector(".lstm-show:not([hidden])")?.click();
    const first = slides[place][shown.get(place)][0];
    shown.set(place, shown.get(place) + 1);
    show(place, { stay: true });
    scrollTo(first);
    return true;
  }

  const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
  const scrollTo = (block) =>
    window.scrollTo({ top: block.getBoundingClientRect().top + scrollY - 12, behavior: still() ? "auto" : "smooth" });

  // --- walk: on by a screen, then by what was asked, then by a section

  const bottom = () => innerHeight - bar.offsetHeight;

  // A cell's code and each of its outputs may stand on screens of their own.
  const pieces = (block) =>
    block.matches(".cell")
      ? [...block.children].flatMap((part) => (part.matches(".cell_output") ? [...part.children] : part))
      : block;

  function forward() {
    const blocks = slides[place]
      .flat()
      .flatMap(pieces)
      .filter((block) => block.offsetParent !== null);
    const rest = blocks.at(-1).getBoundingClientRect().bottom - bottom();
    if (rest > 4) {
      // The first block that is cut off comes to the top; one that is higher than the screen is read on.
      const cut = blocks.find((block) => block.getBoundingClientRect().bottom > bottom() + 4);
      const { top } = cut.getBoundingClientRect();
      if (top > 40) scrollTo(cut);
      else window.scrollBy({ top: 0.85 * bottom(), behavior: still() ? "auto" : "smooth" });
    } else if (!reveal()) show(place + 1, { stay: place === slides.length - 1 });
  }

  function back() {
    if (scrollY > 4) window.scrollBy({ top: -0.85 * bottom(), behavior: still() ? "auto" : "smooth" });
    else if (place > 0) show(place - 1, { end: true });
  }

  // --- begin and end

  function control(className, text, label, act) {
    const node = Object.assign(document.createElement("button"), { type: "button", className, textContent: text });
    node.setAttribute("aria-label", label);
    node.title = label;
    node.addEventListener("click", act);
    return node;
  }

  function begin() {
    if (on()) return;
    root.classList.add(VIEW);
    bar = document.createElement("nav");
    bar.className = "projector-bar";
    bar.setAttribute("aria-label", "Projector view");
    const where = Object.assign(document.createElement("span"), { className: "projector-where" });
    where.setAttribute("role", "status");
    bar.append(
      control("projector-previous", "◀", "Previous section (left arrow)", () => show(place - 1)),
      where,
      control("projector-ask", "Show what follows", "Show what follows the question (Page Down)", reveal),
      control("projector-next", "▶", "Next section (right arrow)", () => show(place + 1)),
      control("projector-end", "✕", "End the projector view (Escape)", end),
    );
    document.body.append(bar);
    const named = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const at = (there) => slides.findIndex(there);
    const own = named ? at((slide) => slide[0][0].closest("section") === named) : -1; // anchors stand before a heading
    const first = own < 0 && named ? at((slide) => slide.flat().some((block) => block.contains(named))) : own;
    show(Math.max(0, first));
  }

  function end() {
    const heading = slides[place][0][0];
    root.classList.remove(VIEW);
    for (const block of slides.flat(2)) block.classList.remove("projector-off");
    for (const widget of document.querySelectorAll(".bd-article .book-live > div")) widget.style.zoom = "";
    bar.remove();
    history.replaceState(history.state, "", location.pathname + location.hash);
    heading.scrollIntoView();
    document.querySelector(".projector-begin")?.focus({ preventScroll: true });
  }

  // --- keys: Page Up and Page Down are a presenter's own, wherever the focus is

  const writes = (node) =>
    node.matches?.(
      "textarea, select, [contenteditable], input:not([type=range], [type=checkbox], [type=radio], [type=button])",
    );
  // What an answered question says has the focus, but no use for keys.
  const takesKeys = (node) =>
    !node.matches?.(".lstm-predict [tabindex='-1']") &&
    node.closest?.("input, select, textarea, button, a, summary, [tabindex], [contenteditable], .lstm-widget") &&
    node !== document.body;

  function press(event) {
    if (event.code === "KeyP" && event.altKey && !event.ctrlKey && !event.metaKey && slides.length) {
      event.preventDefault();
      if (on()) end();
      else begin();
      return;
    }
    if (!on() || event.altKey || event.ctrlKey || event.metaKey || document.querySelector("dialog[open]")) return;
    const free = !takesKeys(event.target) || bar.contains(event.target);
    const act = {
      PageDown: forward,
      PageUp: back,
      Escape: end,
      ...(free && {
        ArrowRight: () => show(place + 1, { stay: place === slides.length - 1 }),
        ArrowLeft: () => show(place - 1),
        Home: () => show(0),
        End: () => show(slides.length - 1),
      }),
      ...(free && !bar.contains(event.target) && { " ": event.shiftKey ? back : forward }),
    }[event.key];
    if (!act || writes(event.target)) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  function ready() {
    slides = find();
    if (slides.length < 2) return;
    const button = control("btn btn-sm projector-begin", "", "Show on a projector (Alt+P)", begin);
    button.innerHTML =
      '<svg viewBox="0 0 20 20" width="1em" height="1em" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="1.8">' +
      '<rect x="2" y="3" width="16" height="10" rx="1"/><path d="M10 13v3M6 18l4-3 4 3"/></svg>';
    document.querySelector(".article-header-buttons")?.prepend(button);
    window.addEventListener("keydown", press, true);
    window.addEventListener("resize", fit);
    // Whoever chooses an answer sees what follows.
    document.addEventListener("click", (event) => {
      if (on() && event.isTrusted && event.target.closest?.(".lstm-predict button")) setTimeout(reveal);
    });
    // A widget that comes alive, or a part that unfolds, changes what fits.
    new MutationObserver(() => requestAnimationFrame(fit)).observe(document.querySelector("article.bd-article"), {
      attributes: true,
      subtree: true,
      attributeFilter: ["data-alive", "open"],
    });
    if (new URLSearchParams(location.search).get("view") === VIEW) begin();
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", ready);
  else ready();
})();
