import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { HABIT_NAMES } from './habits.ts';
import { ORDINARY_KINDS } from './kinds.ts';
import { routeOf } from './places.ts';
import { simulate } from './simulate.ts';
import { PLAIN_LOGGING } from './story.ts';
import { type StreamSettings, streamLog } from './stream-log.ts';
import { drawTalks } from './workload.ts';
import { WORKLOADS } from './workloads.ts';

const SETTINGS: StreamSettings = {
  workload: 'mixed',
  connections: 200,
  seed: 7,
  rate: 5,
  intervalSeconds: 60,
  began: 1_760_000_000,
  logging: {
    ...PLAIN_LOGGING,
    loss: 0.05,
    duplicates: 0.1,
    skew: { most: 59, per: 'record' },
    aligned: false,
  },
  shuffleSeconds: 0,
};

const stream = (about: Partial<StreamSettings> = {}) => {
  const pieces = [...streamLog({ ...SETTINGS, ...about })];
  return { lines: pieces.flatMap(({ lines }) => lines), told: pieces.flatMap(({ told }) => told) };
};

describe('a streamed workload', () => {
  it('has the lines and the truth that the simulator gives for all its talks at once', () => {
    const talks = [...drawTalks(SETTINGS)].map(({ talk }) => talk);
    const once = simulate({ began: SETTINGS.began, talks, logging: SETTINGS.logging }, SETTINGS.seed);
    const { lines, told } = stream();
    expect([...lines].sort()).toEqual([...once.lines].sort());
    const byId = new Map(once.truth.map((truth, i) => [truth.id, { truth, observed: once.observed[i] }]));
    for (const { truth, observed } of told) expect({ truth, observed }).toEqual(byId.get(truth.id));
    expect(told).toHaveLength(once.truth.length);
  });

  it('comes in the order of the ends of its records', () => {
    const ends = stream()
      .lines.slice(1)
      .map((line) => Number(line.split(' ')[17]));
    expect(ends).toEqual([...ends].sort((a, b) => a - b));
  });

  it('comes in another order when it may be late, with the same lines', () => {
    const late = stream({ shuffleSeconds: 300 }).lines;
    expect(late).not.toEqual(stream().lines);
    expect([...late].sort()).toEqual([...stream().lines].sort());
  });

  it('is the same for the same seed and another for another', () => {
    expect(stream()).toEqual(stream());
    expect(stream({ seed: 8 }).lines).not.toEqual(stream().lines);
  });
});

describe('a workload', () => {
  it.each([...(Object.keys(WORKLOADS) as (keyof typeof WORKLOADS)[]), ...HABIT_NAMES])(
    '%s never has two talks with the same ends, at any leg',
    (workload) => {
      const seen = new Set<string>();
      const twice: string[] = [];
      let index = 0;
      for (const { talk } of drawTalks({ ...SETTINGS, workload, connections: 5000 })) {
        for (const { client, server } of routeOf(talk, index).legs) {
          const ends = [client, server].map(({ address, port }) => `${address} ${port}`).sort();
          const name = `${talk.protocol} ${talk.place.where === 'transit'} ${ends.join(' ')}`;
          if (seen.has(name)) twice.push(name);
          seen.add(name);
        }
        index += 1;
      }
      expect(twice).toEqual([]);
    },
  );

  it('mixed has every kind of traffic, a tenth of its dials on ports taken again, and both families', () => {
    const all = [...drawTalks({ ...SETTINGS, connections: 5000 })];
    expect(new Set(all.map(({ kind }) => kind))).toEqual(new Set(Object.keys(ORDINARY_KINDS)));
    const redials = all.reduce((sum, { talk }) => sum + talk.redials.length, 0);
    // One in ten of all dials but those of scanners, UDP and ping (18 %), give or take the luck of the draw.
    expect(redials / 5000).toBeGreaterThan(0.06);
    expect(redials / 5000).toBeLessThan(0.12);
    expect(new Set(all.map(({ talk }) => talk.family))).toEqual(new Set([4, 6]));
  });

  it('has about one TCP connection in five that outlasts an interval', () => {
    const tcp = stream({ connections: 3000 }).told.filter(({ truth }) => truth.protocol === 6);
    const long = tcp.filter(({ truth }) => truth.lastSeen - truth.firstSeen > 60);
    expect(long.length / tcp.length).toBeGreaterThan(0.15);
    expect(long.length / tcp.length).toBeLessThan(0.3);
  });
});

describe('npm run simulate', () => {
  const folder = mkdtempSync(join(tmpdir(), 'simulate-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [join(import.meta.dirname, 'run-simulate.ts'), ...args], {
      encoding: 'utf8',
    });

  it('writes the log, the truth and a summary side by side', () => {
    const out = join(folder, 'plain');
    expect(run('--connections', '200', '-o', out).status).toBe(0);
    const log = readFileSync(join(out, 'flow.log'), 'utf8').trim().split('\n');
    const truth = readFileSync(join(out, 'truth.jsonl'), 'utf8').trim().split('\n');
    const summary = JSON.parse(readFileSync(join(out, 'simulation.json'), 'utf8')) as Record<string, unknown>;
    expect(log[0]).toMatch(/^version vpc-id/);
    expect(summary).toMatchObject({ records: log.length - 1, connections: truth.length });
    expect(JSON.parse(truth[0] ?? '')).toMatchObject({
      kind: expect.any(String),
      observed: { visible: true },
    });
  });

  it('writes packed parts, each with its header, that add up to the plain log', () => {
    const out = join(folder, 'parts');
    const more = ['--gzip', '--lines-per-file', '300'];
    expect(run('--connections', '200', ...more, '-o', out).status).toBe(0);
    const parts = readdirSync(out)
      .filter((name) => name.endsWith('.log.gz'))
      .sort();
    const lines = parts.map((name) =>
      gunzipSync(readFileSync(join(out, name)))
        .toString()
        .trim()
        .split('\n'),
    );
    expect(new Set(lines.map(([header]) => header)).size).toBe(1);
    const body = lines.flatMap(([, ...records]) => records);
    const plain = readFileSync(join(folder, 'plain', 'flow.log'), 'utf8')
      .trim()
      .split('\n')
      .slice(1);
    expect(body).toEqual(plain);
  });

  it('writes a habit as it is logged, and keeps of any log what is asked for', () => {
    const out = join(folder, 'habit');
    const args = ['--connections', '60', '--format', 'v2', '-o', out];
    const actions = (): unknown[] =>
      readFileSync(join(out, 'flow.log'), 'utf8')
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => line.split(' ')[12]);
    expect(run('--habit', 'nfs', ...args).status).toBe(0);
    expect(readFileSync(join(out, 'truth.jsonl'), 'utf8')).toContain('"kind":"nfs"');
    expect(run('--habit', 'reject-only', ...args).status).toBe(0);
    expect(new Set(actions())).toEqual(new Set(['REJECT']));
    expect(run('--keeps', 'accept', ...args).status).toBe(0);
    expect(new Set(actions())).toEqual(new Set(['ACCEPT']));
  });

  it('lists the habits, and refuses one beside a workload', () => {
    const help = run('--help').stdout;
    for (const name of HABIT_NAMES) expect(help).toContain(`${name} `);
    const { status, stderr } = run('--habit', 'nfs', '--workload', 'web', '-o', folder);
    expect(status).not.toBe(0);
    expect(stderr).toContain('--habit');
  });

  it('says which option is wrong', () => {
    const { status, stderr } = run('--loss', '2', '-o', folder);
    expect(status).not.toBe(0);
    expect(stderr).toContain('--loss');
  });
});
