/**
 * What a program does that goes through whole connections by the built library: packets of every vantage and window are
 * added up. Run by the bench as a process of its own.
 *
 *     node test/bench/iterate.ts flow.log
 */
/** The built package, typed by its sources: there may be no build where types are looked at. */
const built: string = new URL('../../dist/index.js', import.meta.url).href;
const { reconstruct } = (await import(built)) as typeof import('../../src/index.ts');

const [path] = process.argv.slice(2);
if (path === undefined) throw new Error('name a log');
let packets = 0;
let connections = 0;
for await (const { vantages, windowDetails } of reconstruct(path, { windows: true })) {
  connections++;
  for (const { initiatorPackets, responderPackets } of vantages)
    packets += (initiatorPackets ?? 0) + (responderPackets ?? 0);
  for (const { initiator, responder } of windowDetails ?? [])
    packets += (initiator?.packets ?? 0) + (responder?.packets ?? 0);
}
console.log(`${connections} connections, ${packets} packets`);
