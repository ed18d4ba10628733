/**
 * A report: connections in, one HTML file out that needs no network, no server and no other file. Everything
 * is counted; the page itself holds the most telling connections and says how many it left out.
 */
import type { OpenerIds } from '../audit/opener-ids.ts';
import { checkTop, type TopLimit } from '../model/check-top.ts';
import type { Connection } from '../model/connection.ts';
import { joinPieces } from '../model/join-pieces.ts';
import type { NameOf } from '../model/name-of.ts';
import type { ConnectionOutline } from '../model/outline.ts';
import { Pauses } from '../model/pauses.ts';
import type { RunReport } from '../model/report.ts';
import { KEEPING_RULE, TellingConnections } from './keep-telling.ts';
import { loadPage } from './load-page.ts';
import { ConnectionColumns } from './pack-connections.ts';
import { PageNames } from './page-names.ts';
import { renderPage } from './render-page.ts';
import type { ReportCoverage, ReportFinding } from './report-data.ts';
import { ConnectionTally } from './tally-connections.ts';

/** Connections that a page holds unless told otherwise: twice as many still open within three seconds. */
export const DEFAULT_TOP = 50_000;
/** The page carries them in itself, and this process holds them meanwhile. */
export const REPORT_LIMIT: TopLimit = {
  most: 250_000,
  advice:
    'a page with more opens in no browser, and all are counted without being in it; leave some out with filters such as --since and --port, or export all as CSV',
};
export const DEFAULT_TITLE = 'Connections report';

/** Initiators and services in the matrix, and vantages in the list of what is covered. */
const MOST_HOSTS = 25;
const MOST_SERVICES = 16;
const MOST_VANTAGES = 200;

export interface ReportOptions {
  /** The heading of the page; default: Connections report. */
  readonly title?: string;
  /** How many connections the page holds, 1 to 250,000; default: 50,000. */
  readonly top?: number;
  /** The run's report, or what gives it once all connections were read: coverage and limits. */
  readonly report?: RunReport | (() => RunReport);
  /** What an audit found, or what gives it once all connections were read. */
  readonly findings?: readonly ReportFinding[] | (() => readonly ReportFinding[]);
  /** What was left out before, in words. */
  readonly filters?: string;
  /** What addresses are called. */
  readonly names?: NameOf;
}

const coverageOf = (report: RunReport): ReportCoverage => {
  const { placement, vantages } = report;
  return {
    records: placement.records,
    sources: report.sources,
    nodata: placement.nodata,
    skipdata: placement.skipdata,
    duplicates: placement.duplicates,
    rejected: placement.rejected,
    addressOnly: placement.addressOnly,
    withoutAddresses: report.withoutAddresses,
    first: report.first,
    last: report.last,
    rejections: [...report.rejections],
    limits: report.limits,
    vantages: vantages.slice(0, MOST_VANTAGES).map((each) => ({
      vantage: each.vantage,
      vpcId: each.vpcId,
      records: each.records,
      skipped: each.skipped.length,
      first: each.first,
      last: each.last,
      longestInterval: each.longestInterval,
    })),
    moreVantages: Math.max(0, vantages.length - MOST_VANTAGES),
  };
};

const given = <T extends object>(value: T | (() => T) | undefined): T | null =>
  value === undefined ? null : typeof value === 'function' ? (value as () => T)() : value;

/** Takes connections one at a time; the report's text comes at the end, in pieces. */
export class ReportBuilder {
  readonly #options: ReportOptions;
  readonly #tally: ConnectionTally;
  readonly #telling: TellingConnections;

  /**
   * @param ids may be shared with other counts of the same connections
   * @throws OptionError when `top` is no whole number from 1 to 250,000
   */
  constructor(options: ReportOptions = {}, ids?: OpenerIds) {
    const { top = DEFAULT_TOP } = options;
    this.#options = options;
    this.#tally = new ConnectionTally(ids);
    this.#telling = new TellingConnections(checkTop(top, REPORT_LIMIT));
  }

  /**
   * Takes a connection, or the outline of one.
   * @param pair its number among the shared ids, where it is known already
   */
  add(connection: Connection | ConnectionOutline, pair?: number): void {
    this.#tally.add(connection, pair);
    this.#telling.add(connection);
  }

  /** The report, in pieces to be written one after another. */
  async pieces(): Promise<Iterable<string>> {
    const { title = DEFAULT_TITLE, report, findings, filters = '', names } = this.#options;
    const run = given<RunReport>(report);
    const pauses = new Pauses();
    const columns = new ConnectionColumns();
    const pageNames = names === undefined ? undefined : new PageNames(names);
    const { byOpening, leftOut } = await pauses.through(
      this.#telling.handOver((connection) => {
        columns.push(connection);
        pageNames?.add(connection.initiator.address);
        pageNames?.add(connection.responder.address);
        for (const { rewrites } of connection.vantages) if (rewrites !== null) pageNames?.add(rewrites);
      }),
    );
    const numbers = await pauses.through(this.#tally.numbersInSteps(MOST_HOSTS, MOST_SERVICES));
    for (const { initiator, responder } of numbers.openers) {
      pageNames?.add(initiator);
      pageNames?.add(responder);
    }
    return renderPage(
      {
        title,
        numbers,
        coverage: run === null ? null : coverageOf(run),
        findings: given<readonly ReportFinding[]>(findings),
        connections: await pauses.through(columns.pack(byOpening)),
        leftOut,
        rule: KEEPING_RULE,
        filters,
        names: pageNames?.known,
      },
      await loadPage(),
    );
  }
}

/**
 * The report on connections as one HTML page.
 * @throws OptionError when `top` is no whole number from 1 to 250,000
 * @example
 * const run = reconstruct('logs/');
 * await writeFile('report.html', await renderReport(run, { report: () => run.report }));
 */
export const renderReport = async (
  connections: AsyncIterable<Connection> | Iterable<Connection>,
  options: ReportOptions = {},
): Promise<string> => {
  const builder = new ReportBuilder(options);
  for await (const connection of connections) builder.add(connection);
  return joinPieces(await builder.pieces(), { is: 'The report', advice: 'ask for fewer connections (top)' });
};
