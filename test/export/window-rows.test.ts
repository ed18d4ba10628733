/** Windows as CSV: one row a window, and one of the connection where there is none. */
import { describe, expect, it } from 'vitest';
import { toWindowCsv, windowCsv } from '../../src/export/window-rows.ts';
import type { ConnectionWindow } from '../../src/model/connection.ts';
import { connection, vantage } from './connection.ts';

/** The windows of AWS's documented connection, the second without what it does not matter for. */
const WINDOWS: readonly ConnectionWindow[] = [
  {
    start: 1566848875,
    end: 1566848933,
    initiator: { packets: 70, bytes: 100701, flags: 2, action: 'accept' },
    responder: { packets: 12, bytes: 632, flags: 18, action: 'mixed' },
  },
  {
    start: null,
    end: null,
    initiator: null,
    responder: { packets: 0, bytes: null, flags: null, action: null },
  },
];

const HEADER =
  'uid,protocol,initiator_address,initiator_port,responder_address,responder_port,state,opened_at,closed_at,' +
  'has_gap,interface_id,window,window_start,window_end,initiator_packets,initiator_bytes,initiator_flags,' +
  'initiator_action,responder_packets,responder_bytes,responder_flags,responder_action\r\n';
const SAME = 'Cp1,tcp,52.213.180.42,43418,10.0.0.62,5001,closed,1566848875,1566849113,false,';

const textOf = async (...connections: ReturnType<typeof connection>[]): Promise<string> => {
  let text = '';
  for await (const piece of toWindowCsv(connections)) text += piece;
  return text;
};

describe('windows as CSV', () => {
  it('are a header and a row for each window, in their order', async () => {
    expect(await textOf(connection({ windowDetails: WINDOWS }))).toBe(
      HEADER +
        `${SAME}eni-1235b8ca123456789,1,1566848875,1566848933,70,100701,SYN,accept,12,632,SYN-ACK,mixed\r\n` +
        `${SAME}eni-1235b8ca123456789,2,,,,,,,0,,,\r\n`,
    );
    expect(windowCsv().header).toBe(HEADER);
  });

  it('leave the cells of a side empty that was not seen', async () => {
    const [first] = WINDOWS;
    const windowDetails = [{ ...first, responder: null } as ConnectionWindow];
    expect(await textOf(connection({ windowDetails }))).toBe(
      `${HEADER}${SAME}eni-1235b8ca123456789,1,1566848875,1566848933,70,100701,SYN,accept,,,,\r\n`,
    );
  });

  it('are one row without a window where the connection has none', async () => {
    const bare = `${SAME}eni-1235b8ca123456789,,,,,,,,,,,\r\n`;
    expect(await textOf(connection(), connection({ windowDetails: [] }))).toBe(HEADER + bare + bare);
  });

  it('leave the interface empty where no vantage has one', async () => {
    const bare = `${SAME},,,,,,,,,,,\r\n`;
    const nameless = connection({ vantages: [vantage({ interfaceId: null })] });
    expect(await textOf(connection({ vantages: [] }), nameless)).toBe(HEADER + bare + bare);
  });

  it('come in pieces that end with the row that makes them 64 KiB long, and none is empty', async () => {
    const [first] = WINDOWS as [ConnectionWindow];
    const lengthsOf = async (interfaceId: string, windows: number): Promise<number[]> => {
      const windowDetails = Array.from({ length: windows }, () => first);
      const lengths: number[] = [];
      for await (const piece of toWindowCsv([
        connection({ windowDetails, vantages: [vantage({ interfaceId })] }),
      ]))
        lengths.push(piece.length);
      return lengths;
    };
    const row = `${SAME},1,1566848875,1566848933,70,100701,SYN,accept,12,632,SYN-ACK,mixed\r\n`;
    const fill = 65_536 - HEADER.length - row.length;
    expect(await lengthsOf('x'.repeat(fill), 1)).toEqual([65_536]);
    expect(await lengthsOf('x'.repeat(fill), 2)).toEqual([65_536, row.length + fill]);
    expect(await lengthsOf('x'.repeat(fill - 1), 2)).toEqual([65_535 + row.length + fill - 1]);
  });
});
