/** Records by what matters of them, through the rules compiled and the rules run by Node: both must tell the same. */
import { expect } from 'vitest';
import { nodeRules } from '../../src/engine/kernel/node-rules.ts';
import { compileEngineKernel } from './compile-engine-kernel.ts';
import { kernelLines } from './rebuild-lines.ts';

export const KERNEL = compileEngineKernel();
export const HEADER =
  'interface-id vpc-id srcaddr dstaddr srcport dstport protocol packets bytes start end action tcp-flags';

export interface Parts {
  readonly eni?: string;
  readonly vpc?: string;
  readonly from?: string;
  readonly to?: string;
  readonly ports?: string;
  readonly protocol?: number;
  readonly counts?: string;
  readonly times?: string;
  readonly flags?: string;
  readonly action?: 'ACCEPT' | 'REJECT';
}

export const line = ({
  eni = 'eni-1',
  vpc = 'vpc-1',
  from = '10.0.0.5',
  to = '10.0.0.9',
  ports = '40000 443',
  protocol = 6,
  counts = '5 400',
  times = '1760000000 1760000030',
  flags = '3',
  action = 'ACCEPT',
}: Parts = {}): string =>
  `${eni} ${vpc} ${from} ${to} ${ports} ${protocol} ${counts} ${times} ${action} ${flags}`;

/** Request and reply of one connection. */
export const talk = (parts: Parts = {}): string[] => {
  const { from = '10.0.0.5', to = '10.0.0.9', ports = '40000 443' } = parts;
  const back = ports.split(' ').reverse().join(' ');
  return [line(parts), line({ ...parts, from: to, to: from, ports: back, flags: '19' })];
};

/** What both ways give: the same, or the test ends here. */
export const both = (lines: readonly string[], header = HEADER) => {
  const text = [`${header}\n${lines.join('\n')}\n`];
  const got = kernelLines(KERNEL, text);
  expect(kernelLines(nodeRules(), text)).toEqual(got);
  return {
    ...got,
    rows: got.lines
      .trimEnd()
      .split('\n')
      .map((each) => JSON.parse(each)),
  };
};
