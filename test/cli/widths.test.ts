/** Widths that are told without making a text are those of the text. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endpointWidth, formatEndpoint } from '../../src/cli/format-endpoint.ts';
import { formatSize, sizeWidth } from '../../src/cli/format-size.ts';
import { textWidth } from '../../src/cli/text-width.ts';
import { writeIPv4 } from '../../src/model/ipv4.ts';

const party = { packets: null, bytes: null, flags: null };

describe('the width', () => {
  it('of an endpoint is that of its text', () => {
    const anyPort = fc.option(fc.nat(65_535));
    fc.assert(
      fc.property(fc.integer(), anyPort, (ipv4, port) => {
        const address = writeIPv4(ipv4);
        const width = formatEndpoint(address, port).length;
        expect(endpointWidth({ ...party, address, port, ipv4 })).toBe(width);
        expect(endpointWidth({ ...party, address, port })).toBe(width);
      }),
    );
    // Brackets and a colon around 11 letters and a port of 3 digits.
    expect(endpointWidth({ ...party, address: '2001:db8::1', port: 443 })).toBe(17);
  });

  it('of a size is that of its text', () => {
    fc.assert(
      fc.property(fc.option(fc.oneof(fc.nat(2000), fc.maxSafeNat())), (bytes) => {
        expect(sizeWidth(bytes)).toBe(textWidth(formatSize(bytes)));
      }),
    );
  });
});
