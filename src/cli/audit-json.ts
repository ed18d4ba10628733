/** An audit for machines: one JSON object in snake_case, nothing left out. */
import type { AuditResult } from '../audit/audit.ts';
import type { NameOf } from '../model/name-of.ts';
import { evidenceOf, namesOfParties } from './audit-parts.ts';
import { plainJson } from './plain-json.ts';

/** The result with the names of openers and of the parties of findings. */
const withNames = (result: AuditResult, names: NameOf): object => ({
  ...result,
  openers: result.openers.map((opener) => ({ ...opener, ...namesOfParties(opener, names) })),
  findings: result.findings.map((finding) => ({
    ...finding,
    evidence: evidenceOf(finding, names),
    ...namesOfParties(finding, names),
  })),
});

export const auditJson = (result: AuditResult, names?: NameOf): Generator<string> =>
  plainJson(names === undefined ? result : withNames(result, names));
