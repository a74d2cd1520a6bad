/** Dead letters as rows: what is told of a row that a function failed on and that was given up. */
import type { Column } from '../types/data-type.js';
import { types } from '../types/types.js';

/** The connector of rows that the engine itself hands to the table of dead letters. */
export const DEAD_LETTER_CONNECTOR = 'dead-letters';

/** What a letter has, in this order. A table that takes letters has some of these columns, in any order. */
export const DEAD_LETTER_COLUMNS: readonly Column[] = [
  /** When the letter was written. */
  { name: 'time', type: types.notNull(types.timestampLtz(3)) },
  { name: 'job', type: types.notNull(types.string()) },
  /** The stage in which the function ran, as EXPLAIN names it. */
  { name: 'stage', type: types.notNull(types.string()) },
  { name: 'function', type: types.notNull(types.string()) },
  /** The stable code of the error. */
  { name: 'code', type: types.notNull(types.string()) },
  { name: 'message', type: types.notNull(types.string()) },
  /** A JSON object with the values of the row as text, by column; NULL where they cannot be read. */
  { name: 'row', type: types.string() },
  /** How often the row had been tried, from 1. */
  { name: 'attempt', type: types.notNull(types.int()) },
  { name: 'traceback', type: types.string() },
];
