/** What is wrong with a Parquet file, without its name: whoever reads it says where. */
import type { ErrorCode } from '../../model/errors.ts';

export class ParquetFault extends Error {
  readonly code: Extract<ErrorCode, 'input-corrupt' | 'input-unsupported'>;

  /** @param code damage, unless it is something that is not read */
  constructor(what: string, code: ParquetFault['code'] = 'input-corrupt') {
    super(what);
    this.name = new.target.name;
    this.code = code;
  }
}
