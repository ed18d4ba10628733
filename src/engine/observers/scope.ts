/**
 * How far apart equal private addresses of unrelated networks are kept, and what each observer calls the network that its
 * records belong to. Which networks saw the same connection is the rules' business (rules/networks.ts).
 */

import type { Interner } from '../../record/interner.ts';
import type { Observer, Observers } from './observers.ts';

export const SCOPES = ['auto', 'interface', 'vpc', 'account', 'all'] as const;
/** How far apart equal 5-tuples are kept. */
export type Scope = (typeof SCOPES)[number];

/** Which VPC an interface is in, learned from all records of the run: formats without vpc-id profit. */
export class VpcOfVantage {
  readonly #strings: Interner;
  /** By vantage: its VPC as interned, 0 for none. */
  readonly #vpcs: Uint32Array;

  /** @param taught VPCs of vantages that are known from before, both as interned */
  constructor(observers: Observers, taught: Iterable<readonly [vantage: number, vpc: number]> = []) {
    const { strings } = observers;
    this.#strings = strings;
    this.#vpcs = new Uint32Array(strings.size);
    for (const [vantage, vpc] of taught) this.#vpcs[vantage] = vpc;
    for (let id = 0; id < observers.size; id++) {
      const vpc = observers.vpcOf(id);
      const vantage = observers.vantageOf(id);
      if (vpc === 0 || vantage === 0) continue;
      const known = this.#vpcs[vantage] as number;
      // An interface never changes its VPC; should a log say otherwise, the choice must not depend on order.
      if (known === 0 || (known !== vpc && strings.text(vpc) < strings.text(known)))
        this.#vpcs[vantage] = vpc;
    }
  }

  of(observer: Observer, vantage: number): string | null {
    return observer.vpcId ?? this.at(vantage);
  }

  /** The VPC of a vantage, or null. */
  at(vantage: number): string | null {
    const vpc = this.idAt(vantage);
    return vpc === 0 ? null : this.#strings.text(vpc);
  }

  /** The same as interned; 0 for none. */
  idAt(vantage: number): number {
    return this.#vpcs[vantage] ?? 0;
  }
}

/** What an observer calls the network that its records belong to, in the terms of a scope. */
export const scopeName = (scope: Scope, observer: Observer, vpc: string | null): string => {
  switch (scope) {
    case 'interface':
      return observer.interfaceId ?? observer.resourceId ?? '-';
    case 'account':
      return observer.accountId ?? '-';
    case 'all':
      return '*';
    default:
      return vpc ?? `account:${observer.accountId ?? '-'}`;
  }
};

/** Whether a network is called by its VPC. */
export const isVpc = (name: string): boolean => !name.startsWith('account:');
