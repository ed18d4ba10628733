/**
 * Misuse throws; damage in the logs does not (see Rejection). Every error has a stable `code` and a message
 * that names the value, what was expected and where. The command line turns `code` into its exit code.
 */
export type ErrorCode =
  | 'option-invalid'
  | 'format-invalid'
  | 'format-unknown'
  | 'input-missing'
  | 'input-empty'
  | 'input-unreadable'
  | 'input-changed'
  | 'input-corrupt'
  | 'input-unsupported'
  | 'input-rejected'
  | 'input-too-large'
  | 'facts-incomplete'
  | 'output-failed'
  | 'spill-failed';

abstract class ConntrailError extends Error {
  readonly code: ErrorCode;
  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.name = new.target.name;
  }
}

/** An option has a value that it cannot have. */
export class OptionError extends ConntrailError {}
/** The field order of a file is unknown, or a declared one is not valid. */
export class FormatError extends ConntrailError {}
/** A source cannot be read: missing, unreadable, damaged, or of a kind that is not supported. */
export class InputError extends ConntrailError {}
/** The result, or what does not fit into memory meanwhile, cannot be written. */
export class OutputError extends ConntrailError {}

export const isConntrailError = (error: unknown): error is ConntrailError => error instanceof ConntrailError;
