/** The door: what users may rely on, and nothing else. */

export { type AuditResult, auditShortLived, connectionsBehind, type InitiatorCounts } from './audit/audit.ts';
export type {
  DurationBar,
  DurationQuantile,
  Durations,
  SizeBar,
  SizeQuantile,
  Sizes,
} from './audit/distributions.ts';
export { FINDING_KINDS, type Finding, type FindingKind, type Selection } from './audit/finding.ts';
export { LIFETIMES, type Lifetime, type LifetimeCounts } from './audit/lifetime.ts';
export type { Opener } from './audit/openers.ts';
export {
  type AuditOptions,
  type AuditThresholds,
  THRESHOLDS,
  type ThresholdName,
} from './audit/thresholds.ts';
export { adviseOn, describeBlockage } from './blocked/advice.ts';
export {
  BLOCKAGE_KINDS,
  type Blockage,
  type BlockageKind,
  type BlockedAt,
  type BlockedResult,
  findBlocked,
  type Way,
} from './blocked/blockages.ts';
export { explain } from './explain/explain.ts';
export type * from './explain/explanation.ts';
export { toJsonLine } from './export/json-lines.ts';
export { toParquet } from './export/parquet.ts';
export { COLUMNS, type Row, toRow } from './export/row.ts';
export { type RowOptions, toCsv, toJsonLines } from './export/to-text.ts';
export { toWindowCsv } from './export/window-rows.ts';
export { toZeek } from './export/zeek.ts';
export { eventsOf, TCP_EVENTS, type TcpEvent } from './meaning/events.ts';
export { NOTES } from './meaning/notes.ts';
export { step } from './meaning/step.ts';
export { type SideState, STATES, TRANSITIONS } from './meaning/transitions.ts';
export { type EcsTask, TRAFFIC_PATHS, type TrafficPaths } from './model/annotations.ts';
export type * from './model/connection.ts';
export { CONNECTION_STATES, INITIATOR_BASES, VERDICTS } from './model/connection.ts';
export {
  type ErrorCode,
  FormatError,
  InputError,
  OptionError,
  OutputError,
} from './model/errors.ts';
export { type Columns, FIELDS, type FieldName } from './model/fields.ts';
export {
  type FlowRecord,
  REJECTION_REASONS,
  type Rejection,
  type RejectionReason,
} from './model/flow-record.ts';
export { LOSS_REASONS, type Losses, type LossReason } from './model/losses.ts';
export type { NameOf } from './model/name-of.ts';
export type { ConnectionOutline, Outline } from './model/outline.ts';
export type * from './model/report.ts';
export { type NotOpened, UPSHOTS, type Upshot, type UpshotCounts } from './model/upshots.ts';
export { readNames } from './names/read-names.ts';
export {
  type Reconstruction,
  type ReconstructOptions,
  type ReconstructSource,
  reconstruct,
  type Scope,
} from './reconstruct.ts';
export { parseColumns } from './record/columns.ts';
export { describeRejection } from './record/describe-rejection.ts';
export { isRejection, parseLine, printLine } from './record/parse-line.ts';
export { type ReportOptions, renderReport } from './report/render-report.ts';
export type { ReportFinding } from './report/report-data.ts';
export { type PartLog, type SplitOptions, type Splitting, split } from './split/split.ts';
export {
  ConnectionTracker,
  type TrackerNotice,
  type TrackerOptions,
  type TrackerReport,
  TrackerSnapshot,
} from './stream/connection-tracker.ts';
export {
  type AtOptions,
  type ConnectionsOverTime,
  connectionsAt,
  OPEN_BECAUSE,
  type OpenAt,
  type OpenBecause,
  type OpenConnection,
} from './timeline/at.ts';
export { type CountOptions, countOpen, type OpenCount } from './timeline/count-open.ts';
export { renderTimelineSvg, type TimelineOptions } from './timeline/draw-svg.ts';
export type { Bounds, Progress } from './timeline/progress.ts';
export { renderTimelinePage } from './timeline/render-page.ts';
export { type TraceEvent, toTraceEvents } from './timeline/trace-events.ts';
