/** Why a run gave no connections, in one sentence, from where its lines ended. */
import { REJECTION_REASONS, type RejectionReason } from '../model/flow-record.ts';
import type { Placement, RunReport } from '../model/report.ts';
import { formatCount, formatNumber } from './format-count.ts';
import type { Tally } from './tally.ts';

const mostFrequentReason = (report: RunReport): string => {
  const [top] = [...report.rejections].sort(([, a], [, b]) => b - a);
  return top === undefined ? '' : ` (most often: ${REJECTION_REASONS[top[0] as RejectionReason]})`;
};

const silence = ({ nodata, skipdata }: Placement): string => {
  const parts: string[] = [];
  if (nodata > 0) parts.push(`${formatNumber(nodata)} NODATA (no traffic in that interval)`);
  if (skipdata > 0) parts.push(`${formatNumber(skipdata)} SKIPDATA (AWS lost the records of that interval)`);
  return parts.join(' and ');
};

const reasons = (report: RunReport): string[] => {
  const { placement } = report;
  const found: string[] = [];
  if (placement.nodata + placement.skipdata > 0) found.push(`the input holds ${silence(placement)}`);
  const { withoutAddresses = 0 } = report;
  const withoutPorts = placement.addressOnly - withoutAddresses;
  if (withoutAddresses > 0)
    found.push(
      `${formatCount(withoutAddresses, 'record has', 'records have')} no source or no destination address`,
    );
  if (withoutPorts > 0) {
    found.push(
      `${formatCount(withoutPorts, 'record has', 'records have')} no ports or protocol, so ${withoutPorts === 1 ? 'it gives' : 'they give'} ways between addresses and no connection`,
    );
  }
  if (placement.rejected > 0) {
    found.push(
      `${formatCount(placement.rejected, 'line was', 'lines were')} not understood${mostFrequentReason(report)}`,
    );
  }
  return found;
};

/** The sentence, or null when there are results to show. */
export const explainNothing = (report: RunReport, tally: Tally): string | null => {
  if (tally.shown > 0) return null;
  if (tally.hidden > 0) {
    return `No connections to show: the filters leave out all ${formatNumber(tally.hidden)}.`;
  }
  const found = reasons(report);
  return found.length === 0
    ? 'No connections: the input holds no records.'
    : `No connections: ${found.join('; ')}.`;
};
