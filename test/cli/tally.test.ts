/** What is counted of connections, one by one and by the many. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Tally } from '../../src/cli/tally.ts';
import { reconstruct } from '../../src/reconstruct.ts';
import { ROOT, SAMPLES } from './run-command.ts';

const CASES = join(ROOT, 'test/cases');

describe('a tally', () => {
  it('is the same of connections one by one and of what the engine counts', async () => {
    const paths = readdirSync(CASES).map((name) => join(CASES, name));
    for (const path of [...paths, SAMPLES]) {
      const [one, many] = [new Tally(), new Tally()];
      for await (const outlines of reconstruct([path]).outlines(many.addAlike.bind(many)))
        for (const outline of outlines) one.add(outline);
      expect({ ...many }, path).toEqual({ ...one });
    }
  });

  it('tells apart what was opened, blocked, and known by late packets alone', async () => {
    const tally = new Tally();
    const path = join(CASES, 'rejected-replies/v2.log');
    for await (const connection of reconstruct([path])) tally.add(connection);
    // 51000 to 22; 443 to 41022, three packets; 443 to 50122 and 53 to 33000, one; of 80 to 80 and of 55123 and 33890 nobody knows.
    expect(tally.upshots).toEqual({
      ...{
        opened: 0,
        unanswered: 0,
        refused: 0,
        blocked: 1,
        'reply-rejected': 1,
        'either-rejected': 2,
        'one-way': 0,
        late: 2,
      },
    });
  });
});
