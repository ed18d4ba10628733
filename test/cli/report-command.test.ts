/** `conntrail report` as a user runs it: the file it writes, what it refuses, and what stays when it fails. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { conntrail, emptyFolder, SAMPLES } from './run-command.ts';

const SAMPLE = join(SAMPLES, 'tcp-flag-sequence.log');

describe('conntrail report', () => {
  it('writes one page and says the summary on standard error', async () => {
    const file = join(emptyFolder(), 'report.html');
    const { code, stdout, stderr } = await conntrail(['report', SAMPLE, '-o', file, '--title', 'Two & more']);
    expect([code, stdout]).toEqual([0, '']);
    expect(stderr).toContain('2 connections from');
    const html = readFileSync(file, 'utf8');
    expect(html).toContain('<title>Two &amp; more</title>');
    expect(html).toContain('52.213.180.42');
  });

  it('writes to standard output with -o -', async () => {
    const { code, stdout } = await conntrail(['report', SAMPLE, '-o', '-', '--quiet']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/);
  });

  it('holds what the filters keep and tells the filters', async () => {
    const { stdout } = await conntrail(['report', SAMPLE, '-o', '-', '--port', '43418', '-q']);
    expect(stdout).toContain('"filters":"--port 43418"');
    expect(stdout).toContain('"connections":1,"exchanges":0');
  });

  it.each([
    [[], '-o report.html'],
    [['-o', 'report.csv'], 'end it in .html'],
    [['-o', 'report.html', '--top', '250001'], '--top is "250001"; expected at most 250000'],
    [['-o', 'report.html', '--top', '0'], '--top is "0"; expected a whole number of 1 or more.'],
  ])('refuses %j', async (options, says) => {
    const folder = emptyFolder();
    const { code, stderr } = await conntrail(['report', SAMPLE, ...options], { cwd: folder });
    expect(code).toBe(2);
    expect(stderr).toContain(says);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('leaves the report of before when it fails', async () => {
    const folder = emptyFolder();
    const file = join(folder, 'report.html');
    writeFileSync(file, 'before');
    const { code } = await conntrail(['report', join(folder, 'nothing.log'), '-o', file]);
    expect(code).toBe(3);
    expect(readFileSync(file, 'utf8')).toBe('before');
    expect(readdirSync(folder)).toEqual(['report.html']);
    expect(existsSync(`${file}.partial`)).toBe(false);
  });
});
