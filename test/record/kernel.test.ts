import { describe, expect, it, vi } from 'vitest';
import type { Columns } from '../../src/model/fields.ts';
import { KIND, RecordBatch } from '../../src/model/record-batch.ts';
import { AddressBook } from '../../src/record/address-book.ts';
import { columnsOf, parseColumns } from '../../src/record/columns.ts';
import { Interner } from '../../src/record/interner.ts';
import {
  type KernelExports,
  type KernelModule,
  loadKernel,
  kernelOf as moduleOf,
  shareMemory,
} from '../../src/record/kernel/load-kernel.ts';
import { kernelOf, ScanKernel, scanKernelOf } from '../../src/record/kernel/scan-kernel.ts';
import { RecordReader } from '../../src/record/read-records.ts';
import { HEADER, record, silence } from '../build.ts';
import { compileKernel } from './compile-kernel.ts';
import { observeReading } from './observe-reading.ts';

const MODULE = compileKernel();
const encoder = new TextEncoder();

const newKernel = (): ScanKernel =>
  new ScanKernel(MODULE, { strings: new Interner(), addresses: new AddressBook() });

/** How many of the lines the kernel takes before it stops. */
const takenOf = (lines: readonly string[], header = HEADER): number => {
  const kernel = newKernel();
  if (!kernel.choose(parseColumns(header))) return 0;
  const bytes = encoder.encode(`${lines.join('\n')}\n`);
  kernel.text.set(bytes);
  kernel.scan(0, bytes.length, 0);
  return kernel.batch.count;
};

describe('the kernel', () => {
  it('takes whole lines of the formats AWS writes, without asking the TypeScript scanner', () => {
    expect(takenOf([record(), record({ flags: 'SYN' }), silence('NODATA'), silence('SKIPDATA')])).toBe(4);
    expect(takenOf([record({ client: '2001:db8::9', server: '2001:db8::5' })])).toBe(1);
    const defaults =
      'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status';
    expect(
      takenOf(
        [
          '2 123456789010 eni-1 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK',
        ],
        defaults,
      ),
    ).toBe(1);
    // AWS's NAT example has no numbers, and begins with a letter as headers do.
    const nat = 'instance-id interface-id srcaddr dstaddr pkt-srcaddr pkt-dstaddr';
    expect(
      takenOf(['i-01234567890123456 eni-1111aaaa2222bbbb3 10.0.1.5 10.0.0.220 10.0.1.5 203.0.113.5'], nat),
    ).toBe(1);
  });

  it('takes lines that end in a carriage return, have tabs or doubled blanks', () => {
    expect(
      takenOf([`${record()}\r`, record().replaceAll(' ', '\t'), record().replace(' ', '  '), `${record()} `]),
    ).toBe(4);
  });

  it('stops in front of a line it does not vouch for, and leaves it to the TypeScript scanner', () => {
    const strange = [
      '',
      '# comment',
      HEADER,
      `${record()} # comment`,
      ` ${record()}`,
      `${record()} more`,
      `\ufeff${record()}`,
      record({ packets: -1 }),
      record({ start: 60, end: 0 }),
      record({ client: '010.0.0.9' }),
      record({ client: '2001:db8::9' }),
      record({ eni: 'eni\u0000' }),
      record({ eni: 'x'.repeat(9000) }),
    ];
    for (const line of strange) expect([line, takenOf([record(), line, record()])]).toEqual([line, 1]);
    // A byte-order mark is taken off by the reader, also where an identifier would take it for text.
    expect(takenOf(['eni-1 10.0.0.1', '\ufeffeni-1 10.0.0.1'], 'interface-id srcaddr')).toBe(1);
    // With nothing but texts in the format, a line of names might be a header.
    for (const names of [
      'interface-id vpc-id',
      'vpc-id vpc-id',
      '"vpc-id" "interface-id"',
      "'vpc-id' x",
      ',vpc-id x',
    ])
      expect([names, takenOf(['- vpc-1', names], 'interface-id vpc-id')]).toEqual([names, 1]);
  });

  it('is for formats of up to 128 fields, none of which fills the column of another', () => {
    const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `unknown-${i}`);
    expect(newKernel().choose(columnsOf(names(128)))).toBe(true);
    expect(newKernel().choose(columnsOf(names(129)))).toBe(false);
    expect(newKernel().choose(columnsOf(['resource-id', 'tgw-attachment-id']))).toBe(false);
  });

  it('puts a full batch aside and goes on: 10,000 records in one piece, a bad one among them', () => {
    const lines = Array.from({ length: 10_000 }, (_, i) =>
      record({ start: i, end: i + 59, packets: i, eni: `eni-${i % 700}`, clientPort: 1024 + (i % 5000) }),
    );
    const bytes = encoder.encode([HEADER, ...lines.toSpliced(5000, 0, 'no record', '')].join('\n'));
    const observed = observeReading([[bytes]], MODULE);
    // The last line has no line feed, so it comes alone at the end.
    expect(observed.rows).toHaveLength(10_001);
    expect(observed).toEqual(observeReading([[bytes]], null));
    const numbers = observed.rows.slice(1).map((row) => (row as { lineNumber: number }).lineNumber);
    // Line 1 is the header; two lines that are no records follow on the 5,000th record.
    expect([numbers[0], numbers[4999], numbers[5000], numbers[9999]]).toEqual([2, 5001, 5004, 10_003]);
  });

  it('reads whole sources but for their headers, in pieces of any size', () => {
    const lines = Array.from({ length: 5000 }, (_, i) => record({ packets: i }));
    // Of three sources: one in a single piece longer than the kernel's text, one cut in a line, one without header.
    const text = [HEADER, ...lines, ''].join('\n');
    const bytes = encoder.encode(text);
    expect(bytes.length).toBeGreaterThan(newKernel().text.length);
    const scanned = (pieces: readonly Uint8Array[], declared?: Columns): number => {
      const dictionaries = { strings: new Interner(), addresses: new AddressBook() };
      const kernel = new ScanKernel(MODULE, dictionaries);
      let count = 0;
      const scan = vi.spyOn(kernel, 'scan').mockImplementation((from, to, lineOffset) => {
        const before = kernel.batch.count;
        const end = ScanKernel.prototype.scan.call(kernel, from, to, lineOffset);
        count += kernel.batch.count - before;
        return end;
      });
      const nothing = { onBatch() {}, onRejection() {}, onFormat() {}, onHeader() {}, onComment() {} };
      const reader = new RecordReader('any', dictionaries, nothing, declared, kernel);
      for (const piece of pieces) reader.push(piece);
      reader.end();
      // The longest pieces that fit, not line by line: two for the text, one for each batch that was full.
      expect(scan.mock.calls.length).toBeLessThanOrEqual(4 + pieces.length);
      return count;
    };
    expect(scanned([bytes])).toBe(5000);
    // A line that is cut is put together outside of the kernel.
    expect(scanned([bytes.subarray(0, 1000), bytes.subarray(1000)])).toBe(4999);
    expect(scanned([encoder.encode([...lines, ''].join('\n'))], parseColumns(HEADER))).toBe(5000);
  });

  it('leaves the rest of its text to the TypeScript scanner when a header brings a format that is not for it', () => {
    // The lines in the middle would be records of the format before, too.
    const addressed = 'srcaddr dstaddr srcport';
    const resources = 'resource-id tgw-attachment-id srcport';
    const ofOne = [addressed, '10.0.0.1 10.0.0.2 1', resources, '10.0.0.3 10.0.0.4 2', '10.0.0.5 10.0.0.6 3'];
    for (const lines of [ofOne, [...ofOne, addressed, '10.0.0.7 10.0.0.8 4']]) {
      const bytes = encoder.encode([...lines, ''].join('\n'));
      const observed = observeReading([[bytes]], MODULE);
      expect(observed).toEqual(observeReading([[bytes]], null));
      const rows = observed.rows.flatMap((row) =>
        typeof row === 'string' ? [] : [row as { names: string; lineNumber: number }],
      );
      expect(rows.map(({ names, lineNumber }) => [names, lineNumber])).toEqual(
        [
          [addressed, 2],
          [resources, 4],
          [resources, 5],
          [addressed, 7],
        ].slice(0, lines.length === 5 ? 3 : 4),
      );
    }
  });

  it('tells apart identifiers that differ in any eight bytes of theirs alone', () => {
    // What is remembered lies in one of 65,536 slots or the seven behind it: of 3,000 texts some 550 pairs meet there
    // (3,000² / 2 · 8 / 65,536), and a comparison that leaves out any byte takes one of a pair for the other.
    for (const length of [8, 9, 15, 16, 17, 24, 31, 32, 33, 40, 47, 48, 49]) {
      for (let from = 0; from < length; from += 8) {
        const width = Math.min(8, length - from);
        // Digits of base 64, the last in front: of one byte alone there are 64 texts.
        const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-';
        const texts = Array.from({ length: width === 1 ? 64 : 3000 }, (_, i) => {
          const part = Array.from({ length: width }, (__, at) => digits[(i >> (6 * at)) & 63]).join('');
          return `${'x'.repeat(from)}${part}${'y'.repeat(length - from - width)}`;
        });
        const dictionaries = { strings: new Interner(), addresses: new AddressBook() };
        const kernel = new ScanKernel(MODULE, dictionaries);
        kernel.choose(parseColumns('interface-id srcport'));
        const read: string[] = [];
        // Twice, so that they are both learned and known.
        for (const part of [
          texts.slice(0, 1500),
          texts.slice(1500),
          texts.slice(0, 1500),
          texts.slice(1500),
        ]) {
          const bytes = encoder.encode(part.map((text) => `${text} 1\n`).join(''));
          kernel.text.set(bytes);
          kernel.batch.count = 0;
          expect(kernel.scan(0, bytes.length, 0)).toBe(bytes.length);
          for (let row = 0; row < kernel.batch.count; row++)
            read.push(dictionaries.strings.text(kernel.batch.interfaceId[row] as number));
        }
        const wrong = read.filter((text, i) => text !== texts[i % texts.length]);
        expect([length, from, read.length, wrong.slice(0, 3)]).toEqual([length, from, texts.length * 2, []]);
      }
    }
  });

  it('tells apart identifiers that begin and end alike and differ in their length', () => {
    const texts = Array.from({ length: 60 }, (_, i) => 'x'.repeat(i + 1));
    const lines = [...texts, ...texts.toReversed(), ...texts].map((text) => `${text} 1`);
    const bytes = encoder.encode(['interface-id srcport', ...lines, ''].join('\n'));
    const observed = observeReading([[bytes]], MODULE);
    expect(observed).toEqual(observeReading([[bytes]], null));
    expect(
      new Set(observed.rows.slice(1).map((row) => (row as { interfaceId: number }).interfaceId)).size,
    ).toBe(60);
  });

  it('tells apart more identifiers and addresses than it can remember', () => {
    // 70,000 of each; the kernel remembers 65,536, in eight places each.
    const lines = Array.from(
      { length: 70_000 },
      (_, i) =>
        `eni-${i} 2001:db8:0:1::${((i >> 8) + 1).toString(16)}:${((i & 255) + 1).toString(16)} 2001:db8::1`,
    );
    const bytes = encoder.encode(['interface-id srcaddr dstaddr', ...lines, ...lines, ''].join('\n'));
    const dictionaries = { strings: new Interner(), addresses: new AddressBook() };
    const kernel = new ScanKernel(MODULE, dictionaries);
    const read: string[] = [];
    const reader = new RecordReader(
      'many',
      dictionaries,
      {
        onBatch(batch) {
          for (let row = 0; row < batch.count; row++) {
            const { strings, addresses } = dictionaries;
            read.push(
              `${strings.text(batch.interfaceId[row] as number)} ${addresses.text(batch.srcAddr[row] as number)} ${addresses.text(batch.dstAddr[row] as number)}`,
            );
          }
        },
        onRejection() {},
        onFormat() {},
        onHeader() {},
        onComment() {},
      },
      undefined,
      kernel,
    );
    reader.push(bytes);
    reader.end();
    expect(read).toHaveLength(140_000);
    expect(read.filter((line, i) => line !== lines[i % lines.length])).toEqual([]);
  });

  it('serves readers of different formats in turn', () => {
    const dictionaries = { strings: new Interner(), addresses: new AddressBook() };
    const kernel = new ScanKernel(MODULE, dictionaries);
    const seen: (readonly number[])[] = [];
    const events = {
      onBatch(batch: RecordBatch) {
        for (let row = 0; row < batch.count; row++)
          seen.push([batch.srcPort[row] as number, batch.packets[row] as number]);
      },
      onRejection() {},
      onFormat() {},
      onHeader() {},
      onComment() {},
    };
    const ports = new RecordReader('ports', dictionaries, events, parseColumns('srcport'), kernel);
    const packets = new RecordReader('packets', dictionaries, events, parseColumns('packets'), kernel);
    ports.push(encoder.encode('1\n2\n'));
    packets.push(encoder.encode('3\n4\n5'));
    ports.push(encoder.encode('6\n'));
    packets.end();
    ports.push(encoder.encode('7\n'));
    // A record has a port or a count of packets, never what the other format left in its row.
    expect(seen).toEqual([
      [1, 0],
      [2, 0],
      [0, 3],
      [0, 4],
      [6, 0],
      [0, 5],
      [7, 0],
    ]);
  });

  it('takes a record without ports for a flow where its protocol has none, and nowhere else', () => {
    const header = 'srcaddr dstaddr srcport dstport protocol start end';
    const lines = Array.from({ length: 256 }, (_, protocol) => `10.0.0.1 10.0.0.2 - - ${protocol} 1 2`);
    const bytes = encoder.encode([header, ...lines, ''].join('\n'));
    const observed = observeReading([[bytes]], MODULE);
    expect(observed).toEqual(observeReading([[bytes]], null));
    const kinds = observed.rows.slice(1).map((row) => (row as { kind: number }).kind);
    // IANA: TCP, UDP, DCCP, SCTP and UDP-Lite have ports.
    expect([...kinds.keys()].filter((protocol) => kinds[protocol] !== KIND.flow)).toEqual([
      6, 17, 33, 132, 136,
    ]);
  });

  it('vouches for no line with a number that its field cannot have, kept or not', () => {
    const header = 'srcaddr version traffic-path encryption-status';
    expect(takenOf(['10.0.0.1 2 8 9007199254740991'], header)).toBe(1);
    for (const odd of ['10.0.0.1 2 x 1', '10.0.0.1 x 8 1', '10.0.0.1 2 8 x', '10.0.0.1 2 8 9007199254740992'])
      expect([odd, takenOf([odd], header)]).toEqual([odd, 0]);
    expect([takenOf(['255'], 'version'), takenOf(['256'], 'version')]).toEqual([1, 0]);
  });

  it('leaves a line to the other scanner where a transit gateway lost packets, which is rare', () => {
    const header = 'srcaddr dstaddr packets-lost-no-route packets-lost-ttl-expired';
    const taken = ['0 0', '- 0', '1 0', '0 2'].map((lost) => takenOf([`10.0.0.1 10.0.0.2 ${lost}`], header));
    expect(taken).toEqual([1, 1, 0, 0]);
    const lines = ['1 0', '0 0', '0 2'].map((lost) => `10.0.0.1 10.0.0.2 ${lost}`);
    const bytes = encoder.encode([header, ...lines, ''].join('\n'));
    const observed = observeReading([[bytes]], MODULE);
    expect(observed).toEqual(observeReading([[bytes]], null));
    // Four counts of 32 bits, written as the address that has these bytes.
    const losses = observed.rows.slice(1).map((row) => (row as { losses: string[] }).losses);
    expect(losses).toEqual([['0:1::'], [], ['::2']]);
  });

  it('reads which way a record went', () => {
    const lines = ['10.0.0.1 ingress', '10.0.0.1 egress', '10.0.0.1 -'];
    const bytes = encoder.encode(['srcaddr flow-direction', ...lines, ''].join('\n'));
    const observed = observeReading([[bytes]], MODULE);
    expect(observed).toEqual(observeReading([[bytes]], null));
    const directions = observed.rows.slice(1).map((row) => (row as { direction: number }).direction);
    expect(new Set(directions).size).toBe(3);
  });

  it('is refused when it was built for something else', () => {
    const dictionaries = { strings: new Interner(), addresses: new AddressBook() };
    const built = (constants: Record<string, unknown>): KernelModule => ({
      compiled: {},
      instantiate: () =>
        ({ memory: { buffer: new ArrayBuffer(8) }, ...constants }) as unknown as KernelExports,
    });
    expect(() => new ScanKernel(built({ CAPACITY: { value: 8 } }), dictionaries)).toThrow(
      'The kernel was built for another batch.',
    );
    expect(() => new ScanKernel(built({}), dictionaries)).toThrow('The kernel has no CAPACITY.');
  });

  it('is done without where there is no address space for its memory, and for no other reason', () => {
    const dictionaries = { strings: new Interner(), addresses: new AddressBook() };
    const failing = (error: Error): KernelModule => ({
      compiled: {},
      instantiate: () => {
        throw error;
      },
    });
    const outOfMemory = new RangeError('WebAssembly.Instance(): Out of memory');
    expect(scanKernelOf(failing(outOfMemory), dictionaries)).toBeNull();
    expect(() => scanKernelOf(failing(new TypeError('another')), dictionaries)).toThrow('another');
    expect(scanKernelOf(MODULE, dictionaries)).toBeInstanceOf(ScanKernel);
  });

  it('may have the memory of another', () => {
    const memory = shareMemory(1, 3);
    expect(memory.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(memory.buffer.byteLength).toBe(65_536);
    // (module (import "env" "memory" (memory 1 3 shared)) (export "memory" (memory 0))), as WebAssembly's format has it.
    const imports = [2, 16, 1, 3, ...encoder.encode('env'), 6, ...encoder.encode('memory'), 2, 3, 1, 3];
    const exports = [7, 10, 1, 6, ...encoder.encode('memory'), 2, 0];
    const bytes = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...imports, ...exports);
    const { Module } = (globalThis as unknown as { WebAssembly: { Module: new (of: Uint8Array) => object } })
      .WebAssembly;
    expect(moduleOf(new Module(bytes)).instantiate({}, memory).memory.buffer).toBe(memory.buffer);
  });

  it('is not there where WebAssembly is not', async () => {
    vi.stubGlobal('WebAssembly', undefined);
    vi.resetModules();
    try {
      const without = await import('../../src/record/kernel/load-kernel.ts');
      expect(without.loadKernel('/nowhere/scan.wasm')).toBeUndefined();
      expect(() => without.kernelOf({})).toThrow('There is no WebAssembly here.');
      expect(() => without.shareMemory(1, 1)).toThrow('There is no WebAssembly here.');
    } finally {
      vi.unstubAllGlobals();
      vi.resetModules();
    }
  });

  it('is not there when the code runs from its sources or the file cannot be run', () => {
    expect(kernelOf({ strings: new Interner(), addresses: new AddressBook() })).toBeNull();
    expect(loadKernel('/nowhere/scan.wasm')).toBeUndefined();
    expect(loadKernel(import.meta.filename)).toBeUndefined();
  });

  it('has a batch with the columns of any other', () => {
    const plain = new RecordBatch(parseColumns(HEADER));
    const shapeOf = (batch: RecordBatch): unknown =>
      Object.entries(batch)
        .filter(([name, column]) => ArrayBuffer.isView(column) && name !== 'text')
        .map(([name, column]) => [name, column.constructor.name, (column as Uint8Array).length]);
    expect(shapeOf(newKernel().batch)).toEqual(shapeOf(plain));
  });
});
