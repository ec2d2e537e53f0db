// What is in a place, for contrast.py: its words, lines and controls, with their inks and where they stand.
(root, [faint, around]) => {
  const home = root.getBoundingClientRect();
  const place = ({ left, top, right, bottom }) => [
    left - home.left + around,
    top - home.top + around,
    right - home.left + around,
    bottom - home.top + around,
  ];
  const seen = (node) => {
    for (let at = node; at && at !== root.parentElement; at = at.parentElement) {
      const style = getComputedStyle(at);
      if (style.visibility === "hidden" || style.display === "none" || style.clipPath.startsWith("inset(50")) return 0;
    }
    return opacity(node);
  };
  const opacity = (node) => {
    let product = 1;
    for (let at = node; at && at !== root.parentElement; at = at.parentElement)
      product *= Number(getComputedStyle(at).opacity);
    return product;
  };
  const rgba = (() => {
    const pen = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
    return (colour) => {
      if (colour === "none" || colour.startsWith("url")) return [0, 0, 0, 0];
      pen.clearRect(0, 0, 1, 1);
      pen.fillStyle = colour;
      pen.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = pen.getImageData(0, 0, 1, 1).data;
      return [r, g, b, a / 255];
    };
  })();
  const ink = (colour, ...shares) => {
    const [r, g, b, a] = rgba(colour);
    return [r, g, b, shares.reduce((x, y) => x * Number(y), a)];
  };
  const disabled = (node) =>
    Boolean(node.closest(':disabled, [aria-disabled="true"]')) ||
    Boolean(node.closest("label")?.querySelector(":disabled"));
  const faintly = (node) => Boolean(node.closest(faint));
  const items = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement;
    const shown = seen(parent);
    if (!shown || parent.closest("script, style, option, title, desc, template")) continue;
    const style = getComputedStyle(parent);
    const colour = parent instanceof SVGElement ? ink(style.fill, style.fillOpacity, shown) : ink(style.color, shown);
    for (const match of node.data.matchAll(/\S+/g)) {
      const range = document.createRange();
      range.setStart(node, match.index);
      range.setEnd(node, match.index + match[0].length);
      for (const box of range.getClientRects()) {
        if (box.width < 2 || box.height < 4) continue;
        items.push({
          kind: "word",
          words: match[0],
          ink: colour,
          box: place(box),
          faint: faintly(parent),
          disabled: disabled(parent),
        });
      }
    }
  }
  for (const field of root.querySelectorAll(
    "select, textarea, input:not([type=range]):not([type=radio]):not([type=checkbox])",
  )) {
    if (!seen(field)) continue;
    const words =
      field.tagName === "SELECT" ? (field.selectedOptions[0]?.text ?? "") : field.value || field.placeholder;
    const { left, top, right, bottom } = field.getBoundingClientRect();
    const box = place({ left: left + 8, top: top + 5, right: Math.max(left + 12, right - 24), bottom: bottom - 5 });
    if (words)
      items.push({
        kind: "word",
        words,
        ink: ink(getComputedStyle(field).color, seen(field)),
        box,
        faint: false,
        disabled: disabled(field),
      });
  }
  for (const shape of root.querySelectorAll("svg :is(line, path, rect, circle, polyline, polygon)")) {
    const style = getComputedStyle(shape);
    const shown = seen(shape);
    const wide = parseFloat(style.strokeWidth) || 0;
    const matrix = shape.getScreenCTM();
    const covered = Math.min(1, wide * Math.sqrt(Math.abs((matrix?.a ?? 1) * (matrix?.d ?? 1)))); // of a pixel
    const stroke = wide ? ink(style.stroke, style.strokeOpacity, shown, covered) : [0, 0, 0, 0];
    const fill = shape.tagName === "line" ? [0, 0, 0, 0] : ink(style.fill, style.fillOpacity, shown);
    const colour = stroke[3] > 0 ? stroke : fill;
    if (!shown || colour[3] === 0) continue;
    const length = shape.getTotalLength();
    if (!matrix || length < 3) continue;
    const at = (s) => {
      const point = shape.getPointAtLength(s).matrixTransform(matrix);
      return [point.x - home.left + around, point.y - home.top + around];
    };
    const aside = (stroke[3] > 0 ? wide / 2 : 0) + 2;
    const points = Array.from({ length: 41 }, (_, k) => (0.01 + (0.98 * k) / 40) * length).map((s) => {
      const [[x0, y0], [x1, y1], [x, y]] = [at(Math.max(0, s - 0.5)), at(Math.min(length, s + 0.5)), at(s)];
      const far = Math.hypot(x1 - x0, y1 - y0) || 1;
      const [dx, dy] = [(-(y1 - y0) / far) * aside, ((x1 - x0) / far) * aside];
      return [x + dx, y + dy, x - dx, y - dy];
    });
    const words = `${shape.tagName}.${shape.getAttribute("class") ?? ""}${shape.dataset.wire ?? ""}`;
    items.push({
      kind: "line",
      words,
      ink: colour,
      filled: wide < 1 && stroke[3] > 0 && fill[3] > 0 ? fill : null, // a hair's outline, or what it holds, is seen
      touches: stroke[3] === 0 || length < 40,
      points,
      faint: faintly(shape),
      disabled: disabled(shape),
    });
  }
  for (const node of root.querySelectorAll("button, input, select, textarea, [role=slider], [role=button]")) {
    const box = node.getBoundingClientRect();
    if (!seen(node) || box.width < 6 || box.height < 6 || node instanceof SVGElement) continue;
    if (getComputedStyle(node).textDecorationLine.includes("underline")) continue; // its words are measured
    const words = node.getAttribute("aria-label") || node.textContent.trim().slice(0, 30) || node.value || node.type;
    const slides = node.type === "range";
    items.push({ kind: "control", words, box: place(box), slides, faint: faintly(node), disabled: disabled(node) });
  }
  return { items, size: [home.width + 2 * around, home.height + 2 * around] };
};
