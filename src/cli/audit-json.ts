/** An audit for machines: one JSON object in snake_case, nothing left out. */
import type { AuditResult } from '../audit/audit.ts';
import { plainJson } from './plain-json.ts';

export const auditJson = (result: AuditResult): Generator<string> => plainJson(result);
