/** An audit for machines: one JSON object in snake_case, nothing left out. */
import type { AuditResult } from '../audit/audit.ts';
import type { NameOf } from '../model/name-of.ts';
import { adviceOf, evidenceOf, namesOfParties } from './audit-parts.ts';
import { partyNames } from './blockage-columns.ts';
import { plainJson } from './plain-json.ts';

/** The result with the names of openers and of the parties of findings. */
const withNames = (result: AuditResult, names: NameOf): object => ({
  ...result,
  openers: result.openers.map((opener) => ({ ...opener, ...namesOfParties(opener, names) })),
  findings: result.findings.map((finding) => ({
    ...finding,
    evidence: evidenceOf(finding, names),
    advice: adviceOf(finding, names),
    ...namesOfParties(finding, names),
    blockage:
      finding.blockage === null ? null : { ...finding.blockage, ...partyNames(finding.blockage, names) },
  })),
});

export const auditJson = (result: AuditResult, names?: NameOf): Generator<string> =>
  plainJson(names === undefined ? result : withNames(result, names));
