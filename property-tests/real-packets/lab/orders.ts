/** What the hosts of the lab are told, as plain data: whom to listen for, whom to dial, what is said. Nothing here does anything. */

/** A host: one network namespace with its addresses. */
export interface Host {
  readonly name: string;
  /** All its addresses; IPv6 ones contain a colon. */
  readonly addresses: readonly string[];
  /** Whether it stands in the VPC, so that an interface of it writes records. */
  readonly inVpc: boolean;
  /** Prefixes that it never answers: packets to them are thrown away by its own route. */
  readonly deafTo: readonly string[];
}

/** A port on which a host answers. */
export interface Service {
  readonly host: string;
  readonly port: number;
  /** Bytes it says before it has been asked (SSH, SMTP, FTP, MySQL do). */
  readonly greeting: number;
}

/** One question and what comes back. */
export interface Turn {
  /** Seconds after what was before. */
  readonly after: number;
  readonly asks: number;
  readonly answers: number;
}

/** How it ends: the side that closes first, a RST by the client, or not while the lab lasts. */
export type Ending = 'client' | 'server' | 'reset' | 'stays';

export interface Dial {
  /** What it stands for, in the words of the page. */
  readonly habit: string;
  readonly host: string;
  readonly from: string;
  /** Null: the kernel chooses. */
  readonly fromPort: number | null;
  readonly to: string;
  readonly toPort: number;
  /** Bytes that the server says first. */
  readonly greeting: number;
  /** Seconds after the lab began. */
  readonly at: number;
  readonly turns: readonly Turn[];
  readonly ending: Ending;
  /** Seconds after which TCP probes a silent connection, or null. */
  readonly keepAlive: number | null;
  /** Seconds after which an attempt without an answer is given up. */
  readonly patience: number;
}

export interface Town {
  readonly hosts: readonly Host[];
  readonly services: readonly Service[];
  readonly dials: readonly Dial[];
  /** When the capture ends, in seconds. */
  readonly seconds: number;
}

/** What a host is told: first its services, then its dials, counted from a moment that all hosts share (Unix milliseconds). */
export type Order =
  | { readonly do: 'listen'; readonly services: readonly Service[] }
  | { readonly do: 'dial'; readonly dials: readonly Dial[]; readonly beganMs: number };

/** What a host says: that its services are up, or how a dial went. */
export type Report =
  | { readonly what: 'ready' }
  /** A port that could not be had, or a host that could not be reached, leaves `fromPort` null. */
  | { readonly what: 'dialled'; readonly dial: Dial; readonly fromPort: number | null };
