/** Reads SQL type text: what declarations of functions, the wire and job files carry. Not the parser of SQL statements. */
import { nearNames } from '../text/near-names.js';
import type { DataType, RowField, SimpleKind } from './data-type.js';
import { TypeTextReader } from './type-text-reader.js';
import { MAX_DECIMAL_PRECISION, MAX_LENGTH, types, withNullable } from './types.js';

/**
 * Reads a type: Flink's words with their synonyms (`INTEGER`, `NUMERIC`, `TIMESTAMP(3) WITH LOCAL TIME ZONE`,
 * `ROW(a INT)`, `INT ARRAY`), in any case.
 * @throws {SqlError} `SQL_TYPE` with the place in `text`, where it is not a type.
 */
export function parseTypeText(text: string): DataType {
  const reader = new TypeTextReader(text);
  const type = readType(reader);
  reader.expectEnd();
  return type;
}

/** Words of types without parameters, synonyms included. */
const SIMPLE: Readonly<Record<string, SimpleKind>> = {
  BOOLEAN: 'BOOLEAN',
  TINYINT: 'TINYINT',
  SMALLINT: 'SMALLINT',
  INT: 'INT',
  INTEGER: 'INT',
  BIGINT: 'BIGINT',
  FLOAT: 'FLOAT',
  DOUBLE: 'DOUBLE',
  STRING: 'STRING',
  BYTES: 'BYTES',
  DATE: 'DATE',
  NULL: 'NULL',
};

type Build = (reader: TypeTextReader) => DataType;

const PARAMETRIC: Readonly<Record<string, Build>> = {
  CHAR: (r) => types.char(length(r)),
  CHARACTER: (r) => (r.word('VARYING') ? varchar(r) : types.char(length(r))),
  VARCHAR: (r) => varchar(r),
  BINARY: (r) => (r.word('VARYING') ? varbinary(r) : types.binary(length(r))),
  VARBINARY: (r) => varbinary(r),
  DECIMAL: decimal,
  DEC: decimal,
  NUMERIC: decimal,
  TIME: (r) => {
    const precision = r.parameters(1, 0, 9)?.[0] ?? 0;
    if (r.word('WITHOUT')) r.words('TIME', 'ZONE');
    return types.time(precision);
  },
  TIMESTAMP: timestamp,
  TIMESTAMP_LTZ: (r) => types.timestampLtz(r.parameters(1, 0, 9)?.[0] ?? 6),
  INTERVAL: interval,
  ARRAY: (r) => types.array(r.angled(readType)),
  MULTISET: (r) => types.multiset(r.angled(readType)),
  MAP: (r) =>
    r.angled((inner) => {
      const key = readType(inner);
      inner.symbol(',');
      return types.map(key, readType(inner));
    }),
  ROW: row,
};

function readType(reader: TypeTextReader): DataType {
  reader.enter();
  let type = readSingle(reader);
  reader.leave();
  for (;;) {
    if (reader.word('NOT')) {
      reader.words('NULL');
      type = withNullable(type, false);
    } else if (reader.word('NULL')) type = withNullable(type, true);
    else if (reader.word('ARRAY')) type = types.array(type);
    else if (reader.word('MULTISET')) type = types.multiset(type);
    else return type;
  }
}

function readSingle(reader: TypeTextReader): DataType {
  const at = reader.position();
  const word = reader.anyWord();
  const kind = Object.hasOwn(SIMPLE, word) ? SIMPLE[word] : undefined;
  if (kind !== undefined) {
    if (kind === 'DOUBLE') reader.word('PRECISION');
    return { nullable: true, kind };
  }
  const build = Object.hasOwn(PARAMETRIC, word) ? PARAMETRIC[word] : undefined;
  if (build !== undefined) return build(reader);
  const near = nearNames(word, [...Object.keys(SIMPLE), ...Object.keys(PARAMETRIC)]);
  throw reader.error(
    `unknown type ${word}`,
    near.length > 0 ? `Did you mean ${near.join(' or ')}?` : null,
    at,
  );
}

const length = (reader: TypeTextReader): number => reader.parameters(1, 1, MAX_LENGTH)?.[0] ?? 1;

function varchar(reader: TypeTextReader): DataType {
  const size = length(reader);
  return size === MAX_LENGTH ? types.string() : types.varchar(size);
}

function varbinary(reader: TypeTextReader): DataType {
  const size = length(reader);
  return size === MAX_LENGTH ? types.bytes() : types.varbinary(size);
}

function decimal(reader: TypeTextReader): DataType {
  const at = reader.position();
  const [precision = 10, scale = 0] = reader.parameters(2, 0, MAX_DECIMAL_PRECISION) ?? [];
  if (precision < 1 || scale > precision) {
    throw reader.error(
      `DECIMAL(${precision}, ${scale}): the precision is 1 to 38, the scale 0 to the precision`,
      null,
      at,
    );
  }
  return types.decimal(precision, scale);
}

function timestamp(reader: TypeTextReader): DataType {
  const precision = reader.parameters(1, 0, 9)?.[0] ?? 6;
  if (reader.word('WITHOUT')) reader.words('TIME', 'ZONE');
  else if (reader.word('WITH')) {
    reader.words('LOCAL', 'TIME', 'ZONE');
    return types.timestampLtz(precision);
  }
  return types.timestamp(precision);
}

const YEAR_MONTH = ['YEAR', 'MONTH', 'QUARTER'];
const DAY_TIME = ['WEEK', 'DAY', 'HOUR', 'MINUTE', 'SECOND'];

function interval(reader: TypeTextReader): DataType {
  const at = reader.position();
  const unit = reader.anyWord();
  reader.parameters(2, 0, 9);
  if (reader.word('TO')) {
    reader.anyWord();
    reader.parameters(1, 0, 9);
  }
  if (YEAR_MONTH.includes(unit)) return types.intervalYearMonth();
  if (DAY_TIME.includes(unit)) return types.intervalDayTime();
  throw reader.error(
    `INTERVAL ${unit} is not an interval type`,
    'Use INTERVAL YEAR TO MONTH or INTERVAL DAY TO SECOND.',
    at,
  );
}

function row(reader: TypeTextReader): DataType {
  const close = reader.open();
  const fields: RowField[] = [];
  if (reader.symbolIf(close)) return types.row(fields);
  do {
    const name = reader.name();
    fields.push({ name, type: readType(reader) });
    reader.comment();
  } while (reader.symbolIf(','));
  reader.symbol(close);
  return types.row(fields);
}
