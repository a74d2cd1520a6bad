/** Values as text: equal values of one type have equal text, different ones different text. */
import type { SqlValue, StreamInput } from '../../core/index.js';
import type { Row } from './row-function.js';

/** The text of several columns of a row. */
export function rowKey(row: Row, columns: readonly number[]): string {
  let text = '';
  for (const column of columns) text += keyPart(row[column]!);
  return text;
}

/** The text of a whole row, or of a list of values. */
export function valuesKey(values: Row): string {
  let text = '';
  for (const value of values) text += keyPart(value);
  return text;
}

/** The text of a row without what it says of itself: a row that goes has the same as the one that came. */
export function contentKey(row: Row, { change, clock }: StreamInput<number>): string {
  return valuesKey(row.filter((_, column) => column !== change && column !== clock));
}

/** True where one of the columns is NULL. */
export function hasNull(row: Row, columns: readonly number[]): boolean {
  return columns.some((column) => row[column] === null);
}

/** From here on a number is likely a time, which many rows share. */
const LEAST_TIME = 100_000_000_000_000n;
const MOST_TIMES = 4_096;
const timeTexts = new Map<bigint, string>();

/** Making text of a large number takes longer than finding it. */
function timeText(time: bigint): string {
  let text = timeTexts.get(time);
  if (text === undefined) {
    if (timeTexts.size >= MOST_TIMES) timeTexts.clear();
    text = `${time};`;
    timeTexts.set(time, text);
  }
  return text;
}

function keyPart(value: SqlValue): string {
  if (value === null) return 'n;';
  if (typeof value === 'bigint') return value >= LEAST_TIME ? timeText(value) : `${value};`;
  if (typeof value === 'string') return `${value.length}:${value}`;
  if (Array.isArray(value)) return `[${valuesKey(value)}]`;
  if (value instanceof Uint8Array) return `x${Buffer.from(value).toString('hex')};`;
  return `${Object.is(value, -0) ? '-0' : String(value)};`;
}
