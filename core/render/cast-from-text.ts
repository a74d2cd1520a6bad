/** Text read as values, in the forms Flink reads: each pattern below says which text DuckDB gets to see at all. */
import { parseDate, parseTimestamp } from '../batch/parse-date-time.js';
import { InternalError } from '../errors.js';
import type { RenderFailure } from '../functions/scalar-function.js';
import { toDuckDbType } from '../types/arrow-type.js';
import type { DataType } from '../types/data-type.js';
import { typeToText } from '../types/type-text.js';
import { withNullable } from '../types/types.js';
import { truncated } from './precision.js';
import { castTo, operand, quoteString } from './sql-text.js';

/** What stands before a point may be left out, and is 0 then. */
const INTEGER = '[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]*)';
const NUMBER = '[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]+)?';
const DATE = '[0-9]{1,4}(-[0-9]{1,2}(-[0-9]{1,2}([ T].*)?)?)?';
const TIME = '[0-9]{1,2}(:[0-9]{1,2}(:[0-9]{1,2}(\\.[0-9]{1,9})?)?)?';
const TIMESTAMP = '[0-9]{1,4}-[0-9]{1,2}-[0-9]{1,2}( [0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(\\.[0-9]{1,9})?)?';
/** Text may have as many fraction digits. */
const MOST_DIGITS = 9;

/** DuckDB SQL of the value that a text stands for; other text fails with the text and the type, or gives NULL without `failure`. */
export function castFromText(sql: string, to: DataType, failure: RenderFailure | null): string {
  const target = toDuckDbType(to);
  if (isPlainConstant(sql, to)) return castTo(sql, target);
  const read = reading(sql, to, target);
  if (failure === null) return read;
  const message = `'Cannot cast ''' || ${operand(sql)} || ''' to ${typeToText(withNullable(to, true))}'`;
  return `coalesce(${read}, ${castTo(failure(message), target)})`;
}

/** True for a constant that is a date or time as DuckDB reads it too: nothing has to be checked while the query runs. */
function isPlainConstant(sql: string, { kind }: DataType): boolean {
  const text = /^'([^']*)'$/.exec(sql)?.[1];
  if (text === undefined) return false;
  if (kind === 'DATE') return parseDate(text) !== undefined;
  return kind === 'TIMESTAMP' && !text.includes('.') && parseTimestamp(text, 6) !== undefined;
}

/** The value, or NULL where the text is none. */
function reading(sql: string, to: DataType, target: string): string {
  const trimmed = `trim(${sql})`;
  const matching = (pattern: string, text = trimmed): string =>
    `CASE WHEN regexp_full_match(${trimmed}, ${quoteString(pattern)}) THEN ${text} END`;
  switch (to.kind) {
    case 'BOOLEAN':
      return (
        `CASE WHEN lower(${sql}) IN ('t', 'true', 'y', 'yes', '1') THEN TRUE ` +
        `WHEN lower(${sql}) IN ('f', 'false', 'n', 'no', '0') THEN FALSE END`
      );
    case 'TINYINT':
    case 'SMALLINT':
    case 'INT':
    case 'BIGINT':
      return tryCast(
        matching(INTEGER, `regexp_replace(split_part(${trimmed}, '.', 1), '^[+-]?$', '0')`),
        target,
      );
    case 'FLOAT':
    case 'DOUBLE': {
      const pattern = `(${NUMBER}|[+-]?(NaN|Infinity))[dDfF]?`;
      return tryCast(matching(pattern, `rtrim(${trimmed}, 'dDfF')`), target);
    }
    case 'DECIMAL':
      return tryCast(matching(NUMBER), target);
    case 'DATE':
      return tryCast(matching(DATE, wholeDate(trimmed)), target);
    case 'TIME':
      return truncated(
        tryCast(matching(TIME, wholeTime(trimmed)), target),
        to.kind,
        MOST_DIGITS,
        to.precision,
      );
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ': {
      const local = to.precision > 6 && to.kind === 'TIMESTAMP' ? target : 'TIMESTAMP';
      const read = truncated(tryCast(matching(TIMESTAMP), local), 'TIMESTAMP', MOST_DIGITS, to.precision);
      return local === target ? read : castTo(read, target);
    }
    default:
      throw new InternalError('INTERNAL', `No cast from text to ${to.kind}.`);
  }
}

/** `2024` and `2024-02` begin with their first day. */
function wholeDate(text: string): string {
  return `concat_ws('-', regexp_extract(${text}, '^[0-9]+'), ${part(text, '^[0-9]+-([0-9]+)')}, ${part(text, '^[0-9]+-[0-9]+-([0-9]+)')})`;
}

function part(text: string, pattern: string): string {
  return `coalesce(nullif(regexp_extract(${text}, '${pattern}', 1), ''), '1')`;
}

/** `10` and `10:11` are on the hour and on the minute. */
function wholeTime(text: string): string {
  return `CASE length(${text}) - length(replace(${text}, ':', '')) WHEN 0 THEN ${text} || ':00:00' WHEN 1 THEN ${text} || ':00' ELSE ${text} END`;
}

function tryCast(sql: string, target: string): string {
  return `TRY_CAST(${sql} AS ${target})`;
}
