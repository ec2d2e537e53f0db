// The web edition's own script: widgets that live without a kernel, and solutions that unfold on paper.
//
// A widget's place holds its settings and numbers as JSON. Its script is the package's own, written for anywidget: a
// module with `render({ model, el })`. Here the model is a plain object. Where anything fails, the picture stays that
// stands above.

(() => {
  const home = new URL("widgets/", document.currentScript.src);
  const loading = new Map(); // by class: the module that renders it

  // The pages ask for their widgets' scripts before this one (tools/lighten.py); what did not come is asked for again.
  function source(name) {
    if (window.lstmWidgets?.[name]) return Promise.resolve(window.lstmWidgets[name]);
    return new Promise((done, failed) => {
      const script = Object.assign(document.createElement("script"), { src: new URL(`${name}.js`, home) });
      script.addEventListener("load", () => done(window.lstmWidgets[name]));
      script.addEventListener("error", () => failed(new Error(`${script.src} could not be loaded`)));
      document.head.append(script);
    });
  }

  async function module({ esm, css }) {
    document.head.append(Object.assign(document.createElement("style"), { textContent: css }));
    return import(URL.createObjectURL(new Blob([esm], { type: "text/javascript" })));
  }

  function load(name) {
    if (!loading.has(name)) loading.set(name, source(name).then(module));
    return loading.get(name);
  }

  // What anywidget calls a model: values by name, and who is told when one changes.
  function modelOf({ state, buffers }) {
    const values = structuredClone(state);
    for (const { path, data } of buffers) {
      const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
      const owner = path.slice(0, -1).reduce((inside, step) => inside[step], values);
      owner[path.at(-1)] = new DataView(bytes.buffer);
    }
    const told = new Map();
    return {
      get: (name) => values[name],
      set: (name, value) => {
        if (values[name] === value) return;
        values[name] = value;
        for (const tell of told.get(`change:${name}`) ?? []) tell();
      },
      save_changes: () => {},
      send: () => {},
      on: (event, tell) => told.set(event, [...(told.get(event) ?? []), tell]),
      off: (event, tell) =>
        told.set(
          event,
          (told.get(event) ?? []).filter((one) => tell && one !== tell),
        ),
    };
  }

  async function revive(place) {
    const still = place.closest(".output")?.previousElementSibling;
    const live = JSON.parse(place.querySelector("script").textContent);
    const el = document.createElement("div");
    try {
      const { default: widget } = await load(live.widget);
      place.append(el);
      await widget.render({ model: modelOf(live), el });
      place.dataset.alive = live.widget;
      still?.classList.add("book-still");
    } catch (error) {
      el.remove();
      place.dataset.alive = "";
      console.error(`${live.widget} stays a picture:`, error);
    }
  }

  // The widgets' style sheets know the dark by JupyterLab's mark: it follows the theme, the system and the reader's
  // choice.
  const root = document.documentElement;
  const mark_theme = () => {
    root.dataset.jpThemeLight = String(root.dataset.theme !== "dark");
  };
  new MutationObserver(mark_theme).observe(root, { attributeFilter: ["data-theme"] });
  mark_theme();

  // On paper everything is unfolded, and black on white.
  let theme = null;
  window.addEventListener("beforeprint", () => {
    theme ??= root.dataset.theme;
    root.dataset.theme = "light";
    for (const image of document.images) image.loading = "eager";
    for (const part of document.querySelectorAll("details:not([open])")) {
      part.open = true;
      part.dataset.unfolded = "";
    }
  });
  window.addEventListener("afterprint", () => {
    root.dataset.theme = theme ?? "light";
    theme = null;
    for (const part of document.querySelectorAll("details[data-unfolded]")) {
      part.open = false;
      delete part.dataset.unfolded;
    }
  });

  // Figures further down, and the pictures below living widgets, wait until all else is there. Then they come one after
  // another, so that a page can be printed whole; browsers do not wait for them when they print.
  window.addEventListener("load", async () => {
    if (navigator.connection?.saveData) return;
    for (const image of document.querySelectorAll('img[loading="lazy"]')) {
      image.loading = "eager";
      await image.decode().catch(() => {});
    }
  });

  // What scrolls sideways can be reached, and so be scrolled, by keyboard; nothing else gets in the way of the Tab key.
  function reach() {
    const wide = ':is(pre, table, .cell_output, mjx-container[display="true"])';
    for (const part of document.querySelectorAll(`.bd-article ${wide}`)) {
      if (part.scrollWidth > part.clientWidth + 1) part.tabIndex = 0;
      else part.removeAttribute("tabindex");
    }
  }
  // A formula gets its width long after the page is there, when it is typeset and its font has come.
  const article = document.querySelector(".bd-article");
  if (article) new ResizeObserver(reach).observe(article);
  window.addEventListener("load", reach);
  window.addEventListener("resize", reach);
  document.addEventListener("toggle", reach, true);

  // The theme lets the focus fall when a menu opens, and arrow keys with it: give it to the menu.
  document.addEventListener("shown.bs.dropdown", (event) => {
    const menu = event.target.closest(".dropdown")?.querySelector(".dropdown-menu");
    setTimeout(() => (menu?.querySelector(".active") ?? menu?.querySelector("a, button"))?.focus());
  });

  // Paper shows every figure and has no time to fetch one: what waits further down comes once the widgets are alive.
  function fetch_figures() {
    for (const image of document.querySelectorAll("img[loading=lazy]")) image.loading = "eager";
  }

  const begin = () => {
    Promise.all([...document.querySelectorAll(".book-live")].map(revive)).then(fetch_figures);
    reach();
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
  else begin();
})();
