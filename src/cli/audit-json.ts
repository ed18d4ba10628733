/** An audit for machines: one JSON object in snake_case, nothing left out. */
import type { AuditResult } from '../audit/audit.ts';
import { toPlain } from './plain-json.ts';

export const auditJson = (result: AuditResult): string => `${JSON.stringify(toPlain(result), null, 2)}\n`;
