/**
 * What the packed package is given to read: the samples, gzip of every kind, what is no flow log, and one log that is large
 * enough for several threads. All of it is made here, so that what is in it is known.
 */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { ConnectionState } from '../../src/model/connection.ts';
import { ROOT } from './nodes.ts';

const FIELDS =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status tcp-flags vpc-id';

interface End {
  readonly address: string;
  readonly port: number;
}

const line = (from: End, to: End, at: number, flags: number, action = 'ACCEPT'): string =>
  `2 123456789010 eni-1235b8ca123456789 ${from.address} ${to.address} ${from.port} ${to.port} 6 ` +
  `${5 + (at % 7)} ${400 + (at % 997)} ${at} ${at + 30} ${action} OK ${flags} vpc-0123456789abcdef0\n`;

const SERVERS: readonly End[] = [
  { address: '10.0.0.9', port: 443 },
  { address: '10.0.0.10', port: 5432 },
  { address: '2600:1f14::ffff', port: 443 },
];

/** The reading threads begin at so many bytes, the writing threads at so many keys (docs/engine.md). */
export const WORTH_THREADS = { bytes: 8 * 2 ** 20, keys: 32_768 } as const;

/** Of eight connections of the large log four are closed, two reset, one was rejected and one is never closed. */
const LIVES: readonly ConnectionState[] = [
  ...(['closed', 'reset', 'closed', 'blocked'] as const),
  ...(['closed', 'established', 'closed', 'reset'] as const),
];
const ROUNDS = 4250;
export const LARGE_KEYS: number = ROUNDS * LIVES.length;
/** How many connections of each state it holds. */
export const LARGE_STATES: Readonly<Record<string, number>> = {
  blocked: ROUNDS,
  closed: 4 * ROUNDS,
  established: ROUNDS,
  reset: 2 * ROUNDS,
};

/** The records of connection i: its flags are SYN 2, FIN 1, RST 4, ACK 16. */
const lifeOf = (i: number): string => {
  const server = SERVERS[i % SERVERS.length] as End;
  const [high, low] = [i >> 8, i & 255];
  const address = server.address.includes(':') ? `2600:1f14:1::${high}:${low}` : `10.1.${high}.${low}`;
  const client: End = { address, port: 20_000 + (i % 30_011) };
  const at = 1_760_000_000 + ((i * 7919) % 3600);
  switch (LIVES[i % LIVES.length]) {
    case 'closed':
      return line(client, server, at, 2 | 1) + line(server, client, at, 2 | 16 | 1);
    case 'reset':
      return (
        line(client, server, at, 2) + line(server, client, at, 2 | 16) + line(client, server, at + 60, 4)
      );
    case 'blocked':
      return line(client, server, at, 2, 'REJECT');
    default:
      return line(client, server, at, 2) + line(server, client, at, 2 | 16);
  }
};

/** The large log. */
export const largeLog = (): string =>
  `${FIELDS}\n${Array.from({ length: LARGE_KEYS }, (_, i) => lifeOf(i)).join('')}`;

/** Whole connections of two records each, for small files. */
export const TWO: readonly [string, string] = [lifeOf(0), lifeOf(2)];
export const SMALL_LOG = `${FIELDS}\n${TWO.join('')}`;

const damaged = (gzip: Buffer): Buffer => {
  const copy = Buffer.from(gzip);
  copy.fill(0x58, 60, 66); // in the middle of what is packed
  return copy;
};

/** The bytes that tapes and block devices fill up with: less than one piece of reading, and more than two. */
const PADDING = { short: Buffer.alloc(100), long: Buffer.alloc(3 * 2 ** 20) };

/** Writes all of it into a folder. */
export const writeInputs = (folder: string): void => {
  for (const shown of ['samples', 'docs/examples'])
    cpSync(join(ROOT, shown), join(folder, shown), { recursive: true });
  for (const name of ['gzip', 'bad', 'empty']) mkdirSync(join(folder, name));
  const write = (name: string, content: string | Uint8Array): void =>
    writeFileSync(join(folder, name), content);

  const large = largeLog();
  write('large.log', large);
  write('large.log.gz', gzipSync(large, { level: 1 }));

  const [first, second] = [gzipSync(`${FIELDS}\n${TWO[0]}`), gzipSync(TWO[1])];
  write('gzip/members.gz', Buffer.concat([first, second]));
  for (const [name, zeros] of Object.entries(PADDING)) {
    write(`gzip/${name}-padding.gz`, Buffer.concat([first, zeros]));
    write(`gzip/${name}-padding-member.gz`, Buffer.concat([first, zeros, second]));
    write(`gzip/${name}-padding-garbage.gz`, Buffer.concat([first, zeros, Buffer.from('garbage')]));
  }
  write('gzip/garbage.gz', Buffer.concat([first, Buffer.from('garbage')]));
  write('gzip/cut.gz', first.subarray(0, first.length - 20));
  write('gzip/second-cut.gz', Buffer.concat([first, second.subarray(0, second.length - 20)]));
  write('gzip/damaged.gz', damaged(first));

  write('bad/nothing.log', '');
  write(
    'bad/binary.log',
    Uint8Array.from({ length: 5000 }, (_, i) => (i * 7919) % 251),
  );
  write('bad/packed.zst', Uint8Array.from([0x28, 0xb5, 0x2f, 0xfd, 0x04, 0x00, 0x01, 0x00, 0x00]));
  write('bad/unknown.log', 'one 10.0.0.1 10.0.0.2 80\n');
  write('bad/line.log', `${SMALL_LOG}${TWO[0].replace(' 443 ', ' 99999 ')}`);
  write('bad/unread.log', `${FIELDS}\n${TWO[0].replaceAll(' 443 ', ' 99999 ')}`);
  write('bad/small.log', readFileSync(join(ROOT, 'samples/tcp-flag-sequence.log')));
};
