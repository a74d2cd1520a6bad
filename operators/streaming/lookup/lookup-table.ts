/** What a lookup join asks. */
import type { OperatorContext, StreamLookup } from '../../../core/index.js';
import type { Row } from '../row-function.js';

/** What is asked of a table. */
export interface LookupRequest {
  readonly table: StreamLookup<number>['table'];
  /** Numbers of the fields that are compared. */
  readonly keys: readonly number[];
  /** Numbers of the fields that are wanted. */
  readonly fields: readonly number[];
}

/** Which answers are kept, and how long. */
export interface LookupCaching {
  /** Keys; of more the one that was not used for the longest time goes. */
  readonly maxKeys: number;
  /** Milliseconds; null: for ever. */
  readonly expireAfterWriteMs: number | null;
  readonly expireAfterAccessMs: number | null;
  /** Also that a key has no rows is kept. */
  readonly keepsMissing: boolean;
}

/** A table in which rows are looked up by their key, of one operator. */
export interface LookupTable {
  /** Null: each key is asked for in each batch. */
  readonly caching: LookupCaching | null;
  open(context: OperatorContext): Promise<void>;
  /**
   * For each key its rows: all fields of the table, NULL where they were not asked for.
   * @param keys different ones, no value of which is NULL; at least one
   */
  find(keys: readonly Row[]): Promise<readonly (readonly Row[])[]>;
  close(): Promise<void>;
}
