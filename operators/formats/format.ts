/** How the records of a connector become rows, and rows records: what every format is. */
import type { SqlValue } from '../../core/index.js';
import type { Change } from '../streaming/row-function.js';

/** Takes a row, its values in the order of the format's columns. */
export type TakeRow = (row: readonly SqlValue[], change: Change) => void;

/** Reads records. */
export interface RowDecoder {
  /**
   * Gives the rows of one record: none where it is to be left out.
   * @throws {MalformedRecord}
   */
  decode(record: Uint8Array, take: TakeRow): void;
}

/** Writes records. */
export interface RowEncoder {
  /** The record of a row, whose values are in the order of the format's columns; null: one without a value. */
  encode(row: readonly SqlValue[], change: Change): Uint8Array | null;
}

/** A record that is not of its format, or whose field is not of its column's type; the connector says which record it is. */
export class MalformedRecord extends Error {}
