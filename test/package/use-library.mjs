/**
 * Run in the user's folder, on any Node: does what a user of the library does, writes all of it to a file as one object and
 * prints the file's name. The arguments are scenarios of test/golden, each as the JSON of its inputs.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import {
  auditShortLived,
  ConnectionTracker,
  connectionsAt,
  countOpen,
  explain,
  isRejection,
  parseColumns,
  parseLine,
  reconstruct,
  renderReport,
  renderTimelineSvg,
  toCsv,
  toTraceEvents,
  toWindowCsv,
  toZeek,
} from 'conntrail';

const SAMPLE = 'samples/tcp-flag-sequence.log';
/** Without WebAssembly (--jitless) the large log would take many times as long. */
const hasKernel = typeof WebAssembly === 'object';
const ENDS = '10.0.0.62:5001 52.213.180.42:43418';

const all = async (pieces) => {
  const taken = [];
  for await (const piece of pieces) taken.push(piece);
  return taken;
};

const errorOf = async (misuse) => {
  try {
    await misuse();
    return null;
  } catch ({ name, code, message }) {
    return { name, code, message };
  }
};

const scenario = async (inputs) => {
  const run = reconstruct(inputs.map((input) => `samples/${input}`));
  return { connections: await all(run), report: run.report };
};

const outlines = async (source, options) => {
  const run = reconstruct(source, options);
  const states = {};
  const openers = [];
  for await (const piece of run.outlines())
    for (const outline of piece) {
      states[outline.state] = (states[outline.state] ?? 0) + 1;
      if (outline.state === 'closed' && openers.length < 10) openers.push(outline.whole().initiator);
    }
  return { states, openers, placement: run.report.placement };
};

/** A tracker that stops behind each record, is written down as JSON and goes on. */
const tracked = () => {
  const [header = '', ...lines] = readFileSync(SAMPLE, 'utf8').trim().split('\n');
  const columns = parseColumns(header);
  let tracker = new ConnectionTracker();
  const snapshots = [];
  for (const [i, line] of lines.entries()) {
    const record = parseLine(line, columns, { source: SAMPLE, lineNumber: i + 2 });
    if (isRejection(record)) throw new Error(`line ${i + 2} was rejected`);
    tracker.push(record);
    snapshots.push(JSON.stringify(tracker.snapshot()));
    tracker = ConnectionTracker.resume(JSON.parse(snapshots.at(-1)));
  }
  return { snapshots, connections: tracker.finish(), report: tracker.report };
};

const sample = () => reconstruct(SAMPLE, { windows: true });
const run = sample();
const answers = {
  scenarios: await Promise.all(process.argv.slice(2).map((inputs) => scenario(JSON.parse(inputs)))),
  text: await all(reconstruct([readFileSync(SAMPLE, 'utf8')].values())),
  outlines: await outlines('samples'),
  large: hasKernel ? await outlines('large.log', { memoryBytes: 2 ** 20, threads: 4 }) : null,
  tracked: tracked(),
  explained: await explain(SAMPLE, ENDS),
  audited: await auditShortLived(reconstruct('samples')),
  at: await connectionsAt(sample(), [1566848935, 1566849000]),
  counted: await countOpen(sample(), { everySeconds: 60 }),
  csv: (await all(toCsv(sample()))).join(''),
  zeek: (await all(toZeek(sample()))).join(''),
  windows: (await all(toWindowCsv(sample()))).join(''),
  picture: await renderTimelineSvg(sample()),
  trace: await all(toTraceEvents(sample())),
  page: await renderReport(run, { report: () => run.report }),
  misuse: [
    await errorOf(() => all(reconstruct('samples', { idleSeconds: 1 }))),
    await errorOf(() => all(reconstruct('nowhere.log'))),
    await errorOf(() => all(reconstruct('bad/unknown.log'))),
    await errorOf(() => parseColumns('a b!')),
  ],
};
const file = `library-${process.version}${hasKernel ? '' : '-jitless'}.json`;
writeFileSync(file, JSON.stringify(answers));
process.stdout.write(file);
