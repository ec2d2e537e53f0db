// The search of the web edition. It looks in search-index.js, which tools/site_search.py writes: the chapters' headings and
// prose, the other pages', and the package's names. Chapters and pages come first, then the package.
//
// A page's rank is Okapi BM25 (Robertson and others, 1994) over its fields: what stands in the title counts most, then
// its keywords, then headings, then words in bold, where the book introduces its terms. Words next to each other as they were typed count as a
// word of their own, and a rare one.

(() => {
  const WEIGHTS = { title: 14, also: 12, heads: 6, bold: 4, lead: 3, prose: 1, rows: 0.5 };
  const KINDS = { chapter: 1, appendix: 0.7, other: 0.5 };
  const HALF = 4; // so many counts bring a word half of what it can bring
  const PHRASE = 2.5; // what words in one piece count, beside the same words apart
  const FEW = 8; // names of the package that are shown at first
  const AROUND = 170; // letters of a snippet
  const ENDINGS = /(?:ational|ations?|ional|ions?|ings?|edly|ed|ally|al|ly|es|s|ies|y|e)$/;
  const escape = (words) => words.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  // Without accents, and with the s of British spelling.
  const plain = (words) =>
    words
      .normalize("NFD")
      .replace(/[\u0300-\u036f]/g, "")
      .toLowerCase()
      .replace(/(?<=[iy])z(?=[aei])/g, "s");

  // A typed word as a pattern: long ones from their stem, whatever the ending; short ones, and names, nearly as they are.
  function pattern(word) {
    const stem = word.replace(ENDINGS, "");
    if (stem.length > 4 || (stem.length === 4 && word.length > 5)) return `${escape(stem)}[\\p{L}]{0,6}`;
    return `${escape(word.length > 3 ? word.replace(/s$/, "") : word)}(?:s|d|ed|ing)?`;
  }
  const whole = (inside) => new RegExp(`(?<![\\p{L}\\p{N}])(?:${inside})(?![\\p{L}\\p{N}])`, "giu");
  const count = (text, search) => (text.match(search) ?? []).length;

  // What is looked for: each word, and all of them in one piece.
  function terms(query) {
    const words = [...new Set(plain(query).match(/[\p{L}\p{N}_]+/gu) ?? [])];
    const all = words.map((word) => ({ search: whole(pattern(word)), word, weight: 1 }));
    const piece = whole(words.map(pattern).join("[\\s\\-–]+"));
    return { words, all, phrase: words.length > 1 ? { search: piece, weight: PHRASE } : null };
  }

  function fieldsOf(page) {
    const heads = page.sections.slice(1).map(([, head]) => head);
    const [first] = page.sections;
    const prose = page.sections.map(([, , words]) => words).join(" ");
    const bold = page.sections.map(([, , , words]) => words).join(" · ");
    const rows = page.sections.map(([, , , , words]) => words).join(" · ");
    const fields = { title: page.title, also: page.also, heads: heads.join(" · "), bold, lead: first[2], prose, rows };
    return Object.fromEntries(Object.entries(fields).map(([name, words]) => [name, plain(words)]));
  }

  const counted = (fields, term) =>
    Object.entries(WEIGHTS).reduce(
      (sum, [name, weight]) =>
        sum + weight * Math.min(count(fields[name], term.search), ["prose", "rows"].includes(name) ? 40 : 2),
      0,
    );

  // The pages that have all words, or where there is none, some of them; best first.
  function findPages(index, query) {
    const { all, phrase } = terms(query);
    if (!all.length) return { pages: [], complete: true };
    index.fields ??= index.pages.map(fieldsOf);
    const mean = index.fields.reduce((sum, { prose }) => sum + prose.length, 0) / index.fields.length;
    const scores = index.pages.map(() => ({ score: 0, has: 0 }));
    for (const term of phrase ? [...all, phrase] : all) {
      const counts = index.fields.map((fields) => counted(fields, term));
      const having = counts.filter(Boolean).length;
      const rare = Math.log(1 + (counts.length - having + 0.5) / (having + 0.5));
      counts.forEach((times, at) => {
        const long = 0.5 + 0.5 * (index.fields[at].prose.length / mean);
        scores[at].score += (term.weight * rare * times) / (times + HALF * long);
        scores[at].has += term !== phrase && times > 0;
      });
    }
    const complete = scores.some(({ has }) => has === all.length);
    const found = scores
      .map((one, at) => ({ ...one, score: one.score * KINDS[index.pages[at].kind], page: index.pages[at] }))
      .filter(({ has, score }) => score > 0 && (complete ? has === all.length : has > 0));
    found.sort((a, b) => b.score - a.score);
    return { pages: found, complete };
  }

  // The section of a page that says most about it.
  function bestSection(page, { all, phrase }) {
    const worth = ([, head, prose, bold]) => {
      const of = (term) =>
        3 * count(plain(head), term.search) +
        2 * count(plain(bold), term.search) +
        Math.min(4, count(plain(prose), term.search));
      return all.reduce((sum, term) => sum + Math.min(6, of(term)), 0) + (phrase ? 4 * of(phrase) : 0);
    };
    return page.sections.reduce((best, one) => (worth(one) > worth(best) ? one : best));
  }

  // The words of a section around the first place that fits best.
  function snippet(words, { all, phrase }) {
    const text = plain(words).length === words.length ? plain(words) : words.toLowerCase();
    const at =
      [phrase, ...all]
        .filter(Boolean)
        .map(({ search }) => text.search(search))
        .find((place) => place >= 0) ?? 0;
    const sentence = words.lastIndexOf(". ", at) + 1;
    let from = at - sentence < AROUND / 2 ? sentence : words.indexOf(" ", at - AROUND / 2);
    from = Math.max(0, from);
    let to = words.length - from < AROUND * 1.3 ? words.length : words.lastIndexOf(" ", from + AROUND);
    if (to <= from) to = from + AROUND;
    const cut = words.slice(from, to).trim();
    return `${from > 1 && from !== sentence ? "… " : ""}${cut}${to < words.length ? " …" : ""}`;
  }

  function findNames(index, query) {
    const { words, all } = terms(query);
    const typed = words.join("_");
    const worth = ([name, , , said]) => {
      const own = plain(name);
      if (own === typed || own === words.join("")) return 100;
      const inName = all.filter(({ search }) => count(own.replaceAll("_", " "), search)).length;
      const inSaid = all.filter(({ search }) => count(plain(said), search)).length;
      const both = all.every(({ search }) => count(`${own.replaceAll("_", " ")} ${plain(said)}`, search));
      return both ? 10 * inName + inSaid + 1 / (1 + name.length) : 0;
    };
    return index.names
      .map((row) => ({ row, score: worth(row) }))
      .filter(({ score }) => score > 0)
      .sort((a, b) => b.score - a.score)
      .map(({ row }) => row);
  }

  function find(index, query) {
    const { pages, complete } = findPages(index, query);
    return { pages: pages.map(({ page }) => page), complete, names: findNames(index, query) };
  }
  window.lstmSearch = { find };

  // What is seen ---------------------------------------------------------------------------------------------------

  const make = (tag, settings, ...children) => {
    const node = Object.assign(document.createElement(tag), settings);
    node.append(...children);
    return node;
  };

  function marked(words, { all, phrase }) {
    const both = [phrase, ...all]
      .filter(Boolean)
      .map(({ search }) => search.source)
      .join("|");
    const out = [];
    let last = 0;
    for (const found of words.matchAll(new RegExp(both, "giu"))) {
      out.push(words.slice(last, found.index), make("mark", {}, found[0]));
      last = found.index + found[0].length;
    }
    return [...out, words.slice(last)];
  }

  function pageRow(page, asked) {
    const [anchor, head, prose] = bestSection(page, asked);
    const address =
      anchor && head !== page.title && page.sections[0][0] !== anchor ? `${page.url}#${anchor}` : page.url;
    const row = make("li", {}, make("a", { href: address }, ...marked(page.title, asked)));
    if (address !== page.url)
      row.append(" ", make("span", { className: "book-found-place" }, "› ", ...marked(head, asked)));
    if (prose) row.append(make("p", {}, ...marked(snippet(prose, asked), asked)));
    return row;
  }

  function nameRow([name, where, url, said], asked) {
    const link = make("a", { href: url }, make("code", {}, name));
    return make("li", {}, link, " ", make("small", {}, where), make("p", {}, ...marked(said, asked)));
  }

  function show(place, query) {
    const asked = terms(query);
    const { pages, complete, names } = find(window.lstmIndex, query);
    const results = make("div", { className: "book-found" });
    const said = !asked.words.length
      ? ""
      : !pages.length && !names.length
        ? `Nothing was found for “${query}”.`
        : `${pages.length} ${pages.length === 1 ? "page" : "pages"} of the book and ${names.length} ${names.length === 1 ? "name" : "names"} of the package` +
          (complete ? "." : "; no page has all of these words.");
    results.append(make("p", { role: "status", className: "book-found-place" }, said));
    if (pages.length)
      results.append(make("h2", {}, "In the book"), make("ul", {}, ...pages.map((page) => pageRow(page, asked))));
    if (names.length) {
      const list = make("ul", {}, ...names.slice(0, FEW).map((row) => nameRow(row, asked)));
      results.append(make("h2", {}, "In the package"), list);
      if (names.length > FEW) {
        const more = make(
          "button",
          { type: "button", className: "btn btn-sm btn-outline-secondary" },
          `Show all ${names.length}`,
        );
        more.addEventListener("click", () => {
          const rest = names.slice(FEW).map((row) => nameRow(row, asked));
          list.append(...rest);
          more.remove();
          rest[0].querySelector("a").focus();
        });
        results.append(more);
      }
    }
    place.replaceChildren(results);
  }

  const place = document.getElementById("search-results");
  const field = document.querySelector(".bd-search-container input[name=q]");
  if (!place || !field) return;
  const address = new URL(location.href);
  field.value = address.searchParams.get("q") ?? "";
  show(place, field.value);
  let waiting = null;
  const again = () => {
    clearTimeout(waiting);
    address.searchParams.set("q", field.value);
    history.replaceState(null, "", address);
    show(place, field.value);
  };
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(again, 150);
  });
  field.form.addEventListener("submit", (event) => {
    event.preventDefault();
    again();
  });
})();
