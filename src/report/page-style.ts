/** The page's style: light and dark, narrow and wide, on a screen and on paper. Colours follow Okabe and Ito. */
import { FAMILY_COLOURS } from '../timeline/families.ts';

const families = (look: 'light' | 'dark'): string =>
  Object.entries(FAMILY_COLOURS[look])
    .map(([family, colour]) => `--${family}: ${colour};`)
    .join(' ');

const LIGHT = `
  color-scheme: light;
  --ground: #f4f6f8; --surface: #ffffff; --ink: #15202b; --muted: #56636f; --line: #dbe1e7; --hover: #eef3f8;
  --accent: #0a5ea8; --chosen: #fff0c2; --warn: #8a4b00; --warn-ground: #fff6e5;
  --whole-soft: #b9dcf0; ${families('light')}
  --heat: 0, 114, 178; --heat-ink: #15202b; --heat-strong: #ffffff;`;

const DARK = `
  color-scheme: dark;
  --ground: #0d1218; --surface: #151c24; --ink: #e4eaf0; --muted: #97a4b1; --line: #2a3440; --hover: #1d2732;
  --accent: #6cb6f2; --chosen: #4a3d12; --warn: #f0c67a; --warn-ground: #2a2213;
  --whole-soft: #204a63; ${families('dark')}
  --heat: 86, 180, 233; --heat-ink: #e4eaf0; --heat-strong: #08131b;`;

export const PAGE_STYLE = `
:root {${LIGHT}
}
@media screen and (prefers-color-scheme: dark) { :root:not([data-theme='light']) {${DARK}
} }
@media screen { :root[data-theme='dark'] {${DARK}
} }
* { box-sizing: border-box; }
html { scroll-padding-top: 12px; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 14px/1.45 system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', sans-serif; font-variant-numeric: tabular-nums; }
#report { max-width: 1480px; margin: 0 auto; padding: 20px 24px 40px; }
noscript { display: block; padding: 24px; }
h1 { font-size: 24px; line-height: 1.2; margin: 0 0 4px; letter-spacing: -0.01em; overflow-wrap: anywhere; }
h2 { font-size: 16px; margin: 0 0 2px; }
h3 { font-size: 12px; margin: 0 0 4px; text-transform: uppercase; letter-spacing: 0.05em; color: var(--muted); }
p { margin: 0 0 6px; }
.about { color: var(--muted); font-size: 13px; }
.note { background: var(--warn-ground); color: var(--warn); border-left: 3px solid currentColor; border-radius: 4px; padding: 8px 12px; margin: 10px 0; }
button, input { font: inherit; color: inherit; }
button { background: var(--surface); border: 1px solid var(--line); border-radius: 6px; padding: 4px 10px; cursor: pointer; }
button:hover { background: var(--hover); }
a { color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
[hidden] { display: none !important; }
.skip { position: absolute; left: -999px; }
.skip:focus { left: 12px; top: 8px; background: var(--surface); padding: 6px 10px; z-index: 20; }
.offscreen { position: fixed; left: -9999px; top: 0; }
.top { display: flex; gap: 24px; justify-content: space-between; align-items: flex-start; flex-wrap: wrap; margin-bottom: 16px; }
.top nav { display: flex; gap: 14px; align-items: center; flex-wrap: wrap; font-size: 13px; }
.top nav a { text-decoration: none; }
.top nav a:hover { text-decoration: underline; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(180px, 1fr)); gap: 12px; margin-bottom: 14px; }
.card { background: var(--surface); border: 1px solid var(--line); border-radius: 10px; padding: 12px 16px; display: flex; flex-direction: column; }
.card .label { font-size: 12px; color: var(--muted); font-weight: 600; }
.card strong { font-size: 26px; line-height: 1.25; letter-spacing: -0.02em; }
.card .about { font-size: 12px; line-height: 1.35; }
.panel { background: var(--surface); border: 1px solid var(--line); border-radius: 10px; padding: 16px 18px; margin-bottom: 14px; min-width: 0; scroll-margin-top: 130px; }
.panel > .about { margin-bottom: 10px; max-width: 110ch; }
.pair { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 14px; }
.chart svg { display: block; overflow: visible; }
.chart, .axis, .overview { color: var(--ink); }
.filters { position: sticky; top: 0; z-index: 5; background: var(--surface); border: 1px solid var(--line); border-radius: 10px; padding: 10px 14px; margin-bottom: 14px; box-shadow: 0 4px 14px rgba(0, 0, 0, 0.06); }
.fields { display: grid; grid-template-columns: repeat(6, minmax(0, 1fr)); gap: 10px; }
.field > span:first-child { display: block; font-size: 12px; color: var(--muted); font-weight: 600; }
.field input { width: 100%; background: var(--ground); border: 1px solid var(--line); border-radius: 6px; padding: 5px 8px; }
.field input::placeholder { color: var(--muted); opacity: 0.75; }
.field input[aria-invalid] { border-color: var(--failed); }
.problem { display: block; font-size: 12px; color: var(--warn); }
.chips { display: flex; flex-wrap: wrap; gap: 6px; align-items: center; margin-top: 9px; }
.chip { border-radius: 99px; padding: 2px 10px; font-size: 13px; display: inline-flex; align-items: center; gap: 6px; }
.chip[aria-pressed='true'] { background: var(--accent); border-color: var(--accent); color: var(--surface); }
.chip[aria-pressed='true'] .dot { outline: 1.5px solid var(--surface); }
.stretch { flex: 1; }
.count { color: var(--muted); font-size: 13px; }
.dot { display: inline-block; width: 10px; height: 10px; border-radius: 3px; flex: none; background: var(--partial); }
.dot-whole { background: var(--whole); } .dot-reset { background: var(--reset); } .dot-exchange { background: var(--exchange); }
.dot-failed { background: none; border: 2px solid var(--failed); } .dot-at-least { background: var(--whole-soft); border: 1px solid var(--whole); }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 4px 16px; margin: 0 0 6px; padding: 0; font-size: 12px; color: var(--muted); }
.legend li { display: inline-flex; gap: 6px; align-items: center; }
.findings { margin: 0; padding: 0; list-style: none; display: grid; grid-template-columns: repeat(auto-fill, minmax(330px, 1fr)); gap: 10px; }
.findings li { border: 1px solid var(--line); border-left: 3px solid var(--failed); border-radius: 6px; padding: 9px 12px; overflow-wrap: anywhere; }
.findings .count { display: block; color: var(--muted); font-size: 13px; }
.findings p { color: var(--muted); font-size: 13px; margin: 3px 0 6px; }
.findings button { font-size: 12px; padding: 2px 8px; }
.scroll { overflow: auto; max-height: 640px; }
table { border-collapse: collapse; }
.matrix { font-size: 12.5px; }
.matrix th { font-weight: 500; text-align: left; white-space: nowrap; }
.matrix thead th:first-child { vertical-align: bottom; color: var(--muted); padding: 0 10px 6px 0; }
.matrix .service { vertical-align: bottom; padding: 0 0 6px; }
.matrix .service span { writing-mode: vertical-rl; transform: rotate(180deg); display: block; max-height: 330px; overflow: hidden; margin: 0 auto; font-family: ui-monospace, Menlo, Consolas, monospace; font-size: 11.5px; }
.matrix tbody th { position: sticky; left: 0; background: var(--surface); padding: 0 10px 0 0; font-family: ui-monospace, Menlo, Consolas, monospace; font-size: 11.5px; max-width: 280px; overflow: hidden; text-overflow: ellipsis; }
.matrix td { padding: 1px; min-width: 58px; height: 26px; background: linear-gradient(var(--line), var(--line)) center / 3px 3px no-repeat; }
.heat { width: 100%; height: 24px; border: 1px solid transparent; border-radius: 3px; padding: 0 4px; color: var(--heat-ink); text-align: center; white-space: nowrap; }
.heat:hover { border-color: var(--ink); }
.heat-1 { background: rgba(var(--heat), 0.10); } .heat-2 { background: rgba(var(--heat), 0.22); } .heat-3 { background: rgba(var(--heat), 0.36); }
.heat-4 { background: rgba(var(--heat), 0.50); } .heat-5 { background: rgba(var(--heat), 0.76); color: var(--heat-strong); } .heat-6 { background: rgb(var(--heat)); color: var(--heat-strong); }
.heat-failed { border-color: var(--failed); border-style: dashed; }
.nothing { color: var(--muted); padding: 12px 0; }
.tools { display: flex; flex-wrap: wrap; gap: 6px; align-items: center; margin-bottom: 8px; }
.tools .about { margin-left: 6px; }
.timeline { position: relative; }
.overview { position: relative; cursor: crosshair; touch-action: none; user-select: none; }
.brush { position: absolute; top: 14px; bottom: 18px; background: var(--accent); opacity: 0.16; border-left: 2px solid var(--ink); border-right: 2px solid var(--ink); pointer-events: none; }
.lanes { position: relative; height: 440px; overflow-y: auto; overflow-x: hidden; border-top: 1px solid var(--line); border-bottom: 1px solid var(--line); cursor: grab; touch-action: pan-y; }
.lanes.dragging { cursor: grabbing; user-select: none; }
.lanes canvas { position: sticky; top: 0; display: block; }
.tip { position: absolute; z-index: 8; background: var(--ink); color: var(--surface); border-radius: 6px; padding: 6px 10px; font-size: 12px; pointer-events: none; max-width: 560px; overflow-wrap: anywhere; }
.tip span { display: block; opacity: 0.8; }
.table-scroll { height: 560px; overflow: auto; border: 1px solid var(--line); border-radius: 6px; }
.connections { width: 100%; min-width: 1180px; table-layout: fixed; font-size: 13px; }
.connections thead { position: sticky; top: 0; z-index: 2; background: var(--surface); }
.connections th { text-align: left; padding: 0; border-bottom: 1px solid var(--line); background: var(--surface); }
.connections th button { width: 100%; text-align: inherit; border: 0; border-radius: 0; font-weight: 600; padding: 6px 10px; background: none; }
.connections th button::after { content: ''; display: inline-block; width: 1em; color: var(--accent); }
.connections th[aria-sort='ascending'] button::after { content: ' ↑'; }
.connections th[aria-sort='descending'] button::after { content: ' ↓'; }
.connections td { height: 28px; padding: 0 10px; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; border-bottom: 1px solid var(--line); }
.connections .spacer td { padding: 0; border: 0; height: inherit; }
.connections .row { cursor: pointer; }
.connections .row:hover { background: var(--hover); }
.connections .row.chosen { background: var(--chosen); }
.table-scroll:focus-visible .row.active { outline: 2px solid var(--accent); outline-offset: -2px; }
.connections .number { text-align: right; width: 7.5%; } .connections .lasted { width: 10%; } .connections .verdict { width: 8%; }
.connections .endpoint { width: 16%; font-family: ui-monospace, Menlo, Consolas, monospace; font-size: 12px; }
.connections th.endpoint { font: inherit; }
.connections .state { width: 10.5%; } .connections .state .dot { margin-right: 7px; }
.connections .because { width: auto; }
.connections th.number button { padding-right: 0; }
.connections th:first-child { width: 178px; }
.arrow { color: var(--muted); }
.plain { font-size: 12.5px; margin-top: 6px; }
.plain th, .plain td { text-align: left; padding: 3px 14px 3px 0; border-bottom: 1px solid var(--line); white-space: nowrap; }
summary { cursor: pointer; color: var(--accent); }
#coverage ul { margin: 4px 0 8px; padding-left: 18px; max-width: 110ch; overflow-wrap: anywhere; }
.details { position: fixed; z-index: 10; right: 0; top: 0; bottom: 0; width: min(460px, 100vw); overflow: auto; background: var(--surface); border-left: 1px solid var(--line); box-shadow: -8px 0 28px rgba(0, 0, 0, 0.18); padding: 18px 22px; }
.details:focus { outline: none; }
.details h2 { font-family: ui-monospace, Menlo, Consolas, monospace; font-size: 14.5px; margin: 2px 0 14px; overflow-wrap: anywhere; }
.details .kind { display: flex; gap: 8px; align-items: center; font-weight: 600; }
.details .close { float: right; }
.details section { border-top: 1px solid var(--line); padding: 10px 0; overflow-wrap: anywhere; }
.details p { margin: 0 0 5px; }
code { font-family: ui-monospace, Menlo, Consolas, monospace; font-size: 12px; background: var(--ground); padding: 1px 5px; border-radius: 4px; overflow-wrap: anywhere; }
.print-only { display: none; }
footer { padding: 4px 2px; }
@media screen and (min-width: 1100px) { body.has-details #report { margin-right: 470px; } }
@media (max-width: 1000px) { .fields { grid-template-columns: repeat(3, minmax(0, 1fr)); } .pair { grid-template-columns: minmax(0, 1fr); gap: 0; } }
@media (max-width: 640px) {
  #report { padding: 14px 12px 28px; }
  .filters { position: static; }
  .fields { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  .cards { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 8px; }
  .card { padding: 10px 12px; } .card strong { font-size: 21px; }
  .panel { padding: 12px; } .findings { grid-template-columns: minmax(0, 1fr); }
}
@media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth; } }
@media print {
  @page { margin: 14mm; }
  body { background: none; font-size: 11px; }
  #report { max-width: none; padding: 0; }
  .filters, .top nav, .tools button, .details, .skip, .tip { display: none !important; }
  .panel, .card { border-color: #999; break-inside: avoid; }
  #table, #coverage, #matrix { break-inside: auto; }
  .scroll, .table-scroll { height: auto; max-height: none; overflow: visible; }
  .connections { min-width: 0; font-size: 9px; } .connections td { height: auto; padding: 2px 4px; } .connections .endpoint { font-size: 8.5px; }
  .connections thead { position: static; } .connections th button { padding: 2px 4px; }
  .print-only { display: block; }
  .heat, .dot, .brush, .note { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
}
`;
