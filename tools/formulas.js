// Set formulas with MathJax, outside a browser (tools/formulas.py): pairs of TeX and whether it is displayed go in as JSON,
// HTML with MathML for screen readers comes out, and the style of all of it together.
const path = require("path");
const [folder] = process.argv.slice(2);

async function main() {
  const MathJax = await require(path.join(folder, "node-main.js")).init({
    loader: { load: ["input/tex-base", "[tex]/ams", "output/chtml", "a11y/assistive-mml", "adaptors/liteDOM"] },
    tex: { packages: ["base", "ams"] },
    chtml: { fontURL: "mathjax" },
  });
  const { adaptor } = MathJax.startup;
  const said = [];
  for await (const part of process.stdin) said.push(part);
  const html = JSON.parse(Buffer.concat(said)).map(([tex, display]) =>
    adaptor.outerHTML(MathJax.tex2chtml(tex, { display })),
  );
  process.stdout.write(JSON.stringify({ html, css: adaptor.textContent(MathJax.chtmlStylesheet()) }));
}

console.warn = () => {}; // MathJax counts its own components' versions
main().catch((error) => {
  console.error(error);
  process.exit(1);
});
