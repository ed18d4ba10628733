/** What every run of the engine is told, checked in one place. */

import { OptionError } from '../model/errors.ts';
import { IDLE_LIMITS } from '../model/idle-limits.ts';
import { SCOPES, type Scope } from './observers/scope.ts';

export interface RunOptions {
  readonly scope?: Scope;
  readonly idleSeconds?: number;
}

/** @throws OptionError (option-invalid) for a scope that does not exist, or an idle limit too short for an attempt */
export const checkRunOptions = ({ scope, idleSeconds }: RunOptions): void => {
  if (scope !== undefined && !SCOPES.includes(scope))
    throw new OptionError('option-invalid', `The scope "${scope}" is not one of ${SCOPES.join(', ')}.`);
  const least = IDLE_LIMITS.attemptSeconds;
  if (idleSeconds !== undefined && !(Number.isFinite(idleSeconds) && idleSeconds >= least)) {
    throw new OptionError(
      'option-invalid',
      `The idle limit is ${idleSeconds}; expected at least ${least} seconds, the time an attempt may wait for its answer.`,
    );
  }
};
