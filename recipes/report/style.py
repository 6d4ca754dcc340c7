"""The page's style sheet: light and dark, wide and narrow, and on paper."""

from recipes.report.markup import Markup

LIGHT, DARK = "#ffffff", "#15171b"  # the grounds that pictures stand on

STYLE = Markup("""
:root { color-scheme: light dark; --ground: #ffffff; --ink: #1c1e22;
  --soft: #5a5f68; --line: #d9dce1; --panel: #f5f6f8; --blue: #2f6299;
  --good: #1c7a3e; --bad: #b3312c; --warn: #8a5a00; }
@media (prefers-color-scheme: dark) { :root { --ground: #15171b;
  --ink: #e6e8eb; --soft: #a3a9b3; --line: #363b44; --panel: #1e2127;
  --blue: #84b4e4; --good: #5fc987; --bad: #f08a80; --warn: #e3b04b; } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-behavior: auto; }
body { margin: 0; background: var(--ground); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
  overflow-wrap: anywhere; }
main, header, footer { max-width: 1180px; margin: 0 auto; padding: 0 20px; }
header { padding-top: 28px; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0 0 4px; }
h2 { font-size: 1.2rem; margin: 44px 0 12px; padding-top: 14px;
  border-top: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 24px 0 8px; }
p { margin: 0 0 12px; max-width: 78ch; }
p.under, .note, figcaption, caption { color: var(--soft); }
.note { border-left: 3px solid var(--line); padding-left: 12px; }
nav ul { display: flex; flex-wrap: wrap; gap: 2px 18px; list-style: none;
  padding: 0; margin: 14px 0 0; font-size: .9rem; }
a { color: var(--blue); }
a:focus-visible, .box:focus-visible, summary:focus-visible {
  outline: 2px solid var(--blue); outline-offset: 2px; }
.verdict { border-left: 6px solid var(--soft); background: var(--panel);
  padding: 16px 20px; border-radius: 4px; margin: 18px 0; }
.verdict.good { border-color: var(--good); }
.verdict.bad { border-color: var(--bad); }
.verdict.warn { border-color: var(--warn); }
.verdict strong.word { font-size: 1.15rem; }
.good strong.word { color: var(--good); }
.bad strong.word { color: var(--bad); }
.warn strong.word { color: var(--warn); }
.verdict p:last-child, .verdict pre:last-child { margin-bottom: 0; }
.scores { display: grid; gap: 12px; margin: 16px 0;
  grid-template-columns: repeat(auto-fill, minmax(min(100%, 165px), 1fr)); }
.score { background: var(--panel); border-radius: 4px; padding: 12px 16px; }
.score b { display: block; font-size: 1.5rem; line-height: 1.25;
  font-variant-numeric: tabular-nums; }
.score span { display: block; color: var(--soft); font-size: .85rem; }
.grid, .wide, .examples, .pairs { margin: 0 0 24px; }
.grid { display: grid; gap: 24px;
  grid-template-columns: repeat(auto-fill, minmax(min(100%, 340px), 1fr)); }
.wide { display: grid; gap: 20px;
  grid-template-columns: repeat(auto-fill, minmax(min(100%, 480px), 1fr)); }
figure { margin: 0; min-width: 0; }
figcaption { font-size: .85rem; margin-top: 4px; }
svg.plot { display: block; width: 100%; max-width: 620px; height: auto; }
svg.plot text { fill: currentColor; }
svg.plot * { stroke-linejoin: round; stroke-linecap: butt; }
.box { overflow-x: auto; margin: 0 0 16px; max-width: 100%; }
table { border-collapse: collapse; font-size: .9rem; }
caption { text-align: left; font-size: .85rem; padding: 0 0 6px; }
th, td { text-align: left; vertical-align: top; padding: 5px 14px 5px 0;
  border-bottom: 1px solid var(--line); overflow-wrap: normal; }
tbody th { font-weight: 500; }
td { max-width: 46ch; overflow-wrap: break-word; }
td .long { min-width: 26ch; }
td.number, th.number { text-align: right;
  font-variant-numeric: tabular-nums; white-space: nowrap; }
.mark { color: var(--warn); font-weight: 600; white-space: nowrap; }
table.confusion th, table.confusion td { padding: 0; text-align: center;
  border: 1px solid var(--line); height: 2.1em; min-width: 2.1em; }
table.confusion tbody th { text-align: right; padding: 0 8px;
  max-width: 14ch; overflow: hidden; text-overflow: ellipsis;
  white-space: nowrap; }
table.confusion thead th { max-width: 7ch; overflow: hidden; padding: 0 4px;
  text-overflow: ellipsis; white-space: nowrap; font-weight: 500; }
table.turned thead th { writing-mode: vertical-rl; max-width: none;
  max-height: 9em; height: auto; padding: 6px 0; transform: rotate(180deg);
  text-align: left; border: 0; }
table.confusion tbody * { vertical-align: middle; }
table.confusion td { font-variant-numeric: tabular-nums;
  background: color-mix(in srgb, var(--tone) calc(var(--share) * 50%),
  transparent); --tone: var(--blue); }
table.confusion td.wrong { --tone: var(--bad); font-weight: 600; }
table.confusion td.none { color: transparent; }
.examples { display: grid; gap: 14px;
  grid-template-columns: repeat(auto-fill, minmax(112px, 1fr)); }
.pairs { display: grid; gap: 18px 24px;
  grid-template-columns: repeat(auto-fill, minmax(min(100%, 250px), 1fr)); }
.pairs h4 { margin: 0 0 6px; font-size: .9rem; font-weight: 500; }
.strip { display: flex; flex-wrap: wrap; gap: 10px; }
.examples img, .strip img { display: block; image-rendering: pixelated;
  width: 104px; height: 104px; object-fit: contain; background: #808080;
  border-radius: 2px; }
.strip img { width: 72px; height: 72px; }
img.smooth { image-rendering: auto; }
.strip figure { width: 72px; } .examples figcaption, .strip figcaption {
  font-size: .78rem; line-height: 1.35; }
pre { background: var(--panel); padding: 10px 12px; border-radius: 4px;
  white-space: pre-wrap; margin: 0 0 12px; font-size: .85rem; }
code { font-family: ui-monospace, Menlo, Consolas, monospace; }
dl { margin: 0 0 16px; display: grid; gap: 4px 24px;
  grid-template-columns: repeat(auto-fill, minmax(min(100%, 300px), 1fr)); }
dl div { display: grid; grid-template-columns: 9.5em 1fr; gap: 8px; }
dt { color: var(--soft); } dd { margin: 0; min-width: 0; }
details { margin: 0 0 16px; } summary { cursor: pointer; color: var(--blue); }
ol.steps { list-style: none; padding: 0; margin: 0; }
ol.steps > li { border-left: 3px solid var(--line); padding: 0 0 14px 16px; }
ol.steps h3 { margin-top: 0; }
.finding { border-left: 3px solid var(--warn); padding-left: 14px;
  margin: 0 0 18px; }
footer { color: var(--soft); font-size: .85rem; padding-top: 30px;
  padding-bottom: 40px; }
@media (max-width: 520px) { main, header, footer { padding-left: 16px;
  padding-right: 16px; } h2 { margin-top: 32px; } body { font-size: 15px; }
  dl div { grid-template-columns: 8em 1fr; } }
@media print { :root { --ground: #ffffff; --ink: #000000; --soft: #444444;
  --line: #bbbbbb; --panel: #f3f3f3; --blue: #1d4f86; --good: #17653a;
  --bad: #9a231f; --warn: #6b4600; color-scheme: light; }
  body { font-size: 10pt; } nav { display: none; }
  .box { overflow: visible; } h2, h3 { break-after: avoid; }
  figure, tr, .finding { break-inside: avoid; }
  details::details-content { content-visibility: visible; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
""")
