/** uid and Community ID: published values, and the platform's own hashes as twins. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LONGEST_MESSAGE, sha1Block } from '../../src/engine/sha1-block.ts';
import { murmur3 } from '../../src/engine/uid.ts';
import { connectionOf, connectionsOf, window } from '../build.ts';

describe('Community ID v1', () => {
  // The published baseline (community-id-spec, baseline_deflt.json): 128.232.110.120:34855 → 66.35.250.204:80, TCP.
  const ends = { client: '128.232.110.120', server: '66.35.250.204', clientPort: 34_855, serverPort: 80 };

  it('is the published one, whoever opened', async () => {
    const id = '1:LQU9qZlK+B5F3KDmev6m5PMibrg=';
    expect((await connectionOf(window('SYN', 'SYN-ACK', ends))).communityId).toBe(id);
    expect((await connectionOf(window('SYN-ACK', 'SYN', ends))).communityId).toBe(id);
  });

  it('is null for ICMP, whose types flow logs do not carry', async () => {
    expect((await connectionOf(window(0, 0, { protocol: 1 }))).communityId).toBeNull();
  });
});

describe('hashes', () => {
  it("SHA-1 of one block is the platform's", () => {
    const digest = new Int32Array(5);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: LONGEST_MESSAGE }), (message) => {
        sha1Block(message, message.length, digest);
        const words = Array.from(digest, (word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
        expect(words).toBe(createHash('sha1').update(message).digest('hex'));
      }),
    );
  });

  it('MurmurHash3 changes about half its bits with any bit of its input', () => {
    const before = new Int32Array(4);
    const after = new Int32Array(4);
    fc.assert(
      fc.property(fc.int32Array({ minLength: 8, maxLength: 8 }), fc.nat(255), (words, bit) => {
        murmur3(words, 8, before);
        words[bit >> 5] = (words[bit >> 5] as number) ^ (1 << (bit & 31));
        murmur3(words, 8, after);
        let changed = 0;
        for (let i = 0; i < 4; i++) {
          let bits = (before[i] as number) ^ (after[i] as number);
          for (; bits !== 0; bits &= bits - 1) changed++;
        }
        // 128 fair coins: fewer than 24 or more than 104 has a chance below one in 10^12.
        expect(changed).toBeGreaterThan(24);
        expect(changed).toBeLessThan(104);
      }),
    );
  });
});

describe('uids', () => {
  it('differ for connections of one key, scope and second, and do not change with what else is in the run', async () => {
    const one = window('SYN FIN', 'SYN-ACK FIN');
    const [alone] = await connectionsOf(one);
    const together = await connectionsOf([...one, ...window('SYN', 'SYN-ACK', { clientPort: 40_001 })]);
    expect(together.map(({ uid }) => uid)).toContain(alone?.uid);
  });
});
