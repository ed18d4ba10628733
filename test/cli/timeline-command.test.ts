/** `conntrail timeline` as a user runs it: bars, files by their endings, what it refuses and what stays when it fails. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { conntrail, emptyFolder, SAMPLES } from './run-command.ts';

const SAMPLE = join(SAMPLES, 'tcp-flag-sequence.log');

describe('conntrail timeline', () => {
  it('draws bars when nothing is asked for, as wide as it is told', async () => {
    const { code, stdout } = await conntrail(['timeline', SAMPLE, '-q'], { env: { COLUMNS: '80' } });
    expect(code).toBe(0);
    expect(stdout).toBe(
      readFileSync(join(import.meta.dirname, '../timeline/golden/tcp-flag-sequence-80.txt'), 'utf8'),
    );
  });

  it.each([
    ['x.svg', /^<svg xmlns=[\s\S]*<\/svg>\n$/],
    ['x.html', /^<!doctype html>[\s\S]*<\/html>\n$/],
    ['x.trace.json', /^\{"displayTimeUnit":"ms"[\s\S]*\]\}\n$/],
    ['x.csv', /^uid,protocol,[\s\S]*\r\n$/],
    ['x.txt', /^2019-08-26 19:47:55 to/],
  ])('writes %s by its ending', async (name, form) => {
    const file = join(emptyFolder(), name);
    const { code, stdout } = await conntrail(['timeline', SAMPLE, '-q', '-o', file]);
    expect([code, stdout]).toEqual([0, '']);
    expect(readFileSync(file, 'utf8')).toMatch(form);
  });

  it('says what it left out, in the file and on standard error', async () => {
    const file = join(emptyFolder(), 'x.svg');
    const { stderr } = await conntrail(['timeline', SAMPLE, '-o', file, '--top', '1', '--title', 'A & B']);
    const sentence = '1 of 2 connections: the longest are shown, 1 is left out.';
    expect(stderr).toContain(sentence);
    expect(readFileSync(file, 'utf8')).toContain(sentence);
    expect(readFileSync(file, 'utf8')).toContain('<title>A &amp; B</title>');
  });

  it.each([
    [['-o', 'x.png'], 'end it in .trace.json, .svg, .html, .csv, .parquet or .txt'],
    [['--top', '0'], '--top is "0"; expected a whole number of 1 or more.'],
    [['--format', 'csv', '--top', '5'], 'rows of CSV are written all'],
    // Said at once: so many took minutes and gigabytes, and then no string had room for them.
    [['--top', '200000', '-o', 'x.svg'], '--top is "200000"; expected at most 100000: a picture of so many'],
    [['--top', '200000', '-o', 'x.html'], '--top is "200000"; expected at most 100000: a picture of so many'],
    [['--top', '250001', '-o', 'x.trace.json'], '--top is "250001"; expected at most 250000'],
    [['--format', 'png'], 'expected one of bars, svg, html, trace, csv, parquet.'],
  ])('refuses %j', async (options, says) => {
    const folder = emptyFolder();
    const { code, stderr } = await conntrail(['timeline', SAMPLE, ...options], { cwd: folder });
    expect(code).toBe(2);
    expect(stderr).toContain(says);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('leaves the picture of before when it fails', async () => {
    const folder = emptyFolder();
    const file = join(folder, 'x.svg');
    writeFileSync(file, 'before');
    const { code } = await conntrail(['timeline', join(folder, 'nothing.log'), '-o', file]);
    expect(code).toBe(3);
    expect(readFileSync(file, 'utf8')).toBe('before');
    expect(readdirSync(folder)).toEqual(['x.svg']);
  });

  it('refuses to write onto one of its inputs', async () => {
    const folder = emptyFolder();
    const file = join(folder, 'log.txt');
    writeFileSync(file, readFileSync(SAMPLE));
    const { code, stderr } = await conntrail(['timeline', file, '-o', file]);
    expect(code).toBe(2);
    expect(stderr).toContain('is one of the inputs');
  });
});
