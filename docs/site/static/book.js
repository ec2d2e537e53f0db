// The web edition's own script: widgets that live without a kernel, and solutions that unfold on paper.
//
// A widget's place holds its settings and numbers as JSON. Its script is the package's own, written for anywidget: a module
// with `render({ model, el })`. Here the model is a plain object. Where anything fails, the picture stays that stands above.

(() => {
  const home = new URL("widgets/", document.currentScript.src);
  const loading = new Map(); // by class: the module that renders it

  window.lstmBook = { add: (name, { esm, css }) => loading.get(name).arrived(esm, css) };

  function load(name) {
    if (!loading.has(name)) {
      const entry = {};
      entry.module = new Promise((done, failed) => {
        entry.arrived = (esm, css) => {
          document.head.append(Object.assign(document.createElement("style"), { textContent: css }));
          import(URL.createObjectURL(new Blob([esm], { type: "text/javascript" }))).then(done, failed);
        };
        const script = Object.assign(document.createElement("script"), { src: new URL(`${name}.js`, home) });
        script.addEventListener("error", () => failed(new Error(`${script.src} could not be loaded`)));
        document.head.append(script);
      });
      loading.set(name, entry);
    }
    return loading.get(name).module;
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
        for (const tell of [...(told.get(`change:${name}`) ?? [])]) tell();
      },
      save_changes: () => {},
      send: () => {},
      on: (event, tell) => told.set(event, [...(told.get(event) ?? []), tell]),
      off: (event, tell) => told.set(event, (told.get(event) ?? []).filter((one) => tell && one !== tell)),
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

  const unfold = () => { for (const part of document.querySelectorAll("details:not([open])")) { part.open = true; part.dataset.unfolded = ""; } };
  const fold = () => { for (const part of document.querySelectorAll("details[data-unfolded]")) { part.open = false; delete part.dataset.unfolded; } };
  window.addEventListener("beforeprint", unfold);
  window.addEventListener("afterprint", fold);

  const begin = () => document.querySelectorAll(".book-live").forEach(revive);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
  else begin();
})();
