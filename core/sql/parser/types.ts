/** Types: Flink's words with their synonyms, constructed types, NOT NULL. */
import { nearNames } from '../../text/near-names.js';
import type { SimpleTypeName, TypeField, TypeNode } from '../ast.js';
import type { Cursor } from './cursor.js';
import { parseIntervalQualifier } from './interval.js';
import { parseCommaList, parseIdentifier, parseInteger, parseObjectName, parseString } from './names.js';

/** A type, with NOT NULL if that is written. */
export function parseDataType(c: Cursor): TypeNode {
  const start = c.start();
  const type = parseNullableType(c);
  if (!c.isWord('NOT')) {
    if (c.isWord('NULL')) c.next();
    return type;
  }
  c.expect('NOT', 'NULL');
  return { ...type, nullable: false, span: c.spanFrom(start) };
}

/** The type of a column, an element or a field: any but INTERVAL, which only expressions have. */
export function parseColumnType(c: Cursor): TypeNode {
  if (!c.isWord('INTERVAL')) return parseDataType(c);
  throw c.error(c.peek().span, 'INTERVAL is not a type of columns, elements and fields', {
    hint: 'Expressions have it: CAST(a AS INTERVAL DAY). Store a BIGINT of milliseconds, or of months.',
  });
}

/** A type without NOT NULL, as in CAST; `INT ARRAY MULTISET` adds collections from the inside out. */
export function parseNullableType(c: Cursor): TypeNode {
  return c.nested(() => {
    const start = c.start();
    let type = parseElementType(c);
    while (true) {
      if (!c.isWord('ARRAY') && !c.isWord('MULTISET')) return type;
      const kind = c.next().word === 'ARRAY' ? 'array_type' : 'multiset_type';
      type = { kind, element: type, nullable: true, span: c.spanFrom(start) };
    }
  });
}

/** A word's type and how many numbers may follow it in parentheses. */
interface SimpleWord {
  readonly name: SimpleTypeName;
  readonly parameters?: 1 | 2;
}

const SIMPLE_WORDS: ReadonlyMap<string, SimpleWord> = new Map<string, SimpleWord>([
  ['BOOLEAN', { name: 'BOOLEAN' }],
  ['TINYINT', { name: 'TINYINT' }],
  ['SMALLINT', { name: 'SMALLINT' }],
  ['INT', { name: 'INT' }],
  ['INTEGER', { name: 'INT' }],
  ['BIGINT', { name: 'BIGINT' }],
  ['FLOAT', { name: 'FLOAT' }],
  ['DOUBLE', { name: 'DOUBLE' }],
  ['DECIMAL', { name: 'DECIMAL', parameters: 2 }],
  ['DEC', { name: 'DECIMAL', parameters: 2 }],
  ['NUMERIC', { name: 'DECIMAL', parameters: 2 }],
  ['CHAR', { name: 'CHAR', parameters: 1 }],
  ['CHARACTER', { name: 'CHAR', parameters: 1 }],
  ['VARCHAR', { name: 'VARCHAR', parameters: 1 }],
  ['STRING', { name: 'STRING' }],
  ['BINARY', { name: 'BINARY', parameters: 1 }],
  ['VARBINARY', { name: 'VARBINARY', parameters: 1 }],
  ['BYTES', { name: 'BYTES' }],
  ['DATE', { name: 'DATE' }],
  ['TIME', { name: 'TIME', parameters: 1 }],
  ['TIMESTAMP', { name: 'TIMESTAMP', parameters: 1 }],
  ['TIMESTAMP_LTZ', { name: 'TIMESTAMP_LTZ', parameters: 1 }],
  ['VARIANT', { name: 'VARIANT' }],
]);

const CONSTRUCTED = ['ARRAY', 'MULTISET', 'MAP', 'ROW', 'INTERVAL'];

function parseElementType(c: Cursor): TypeNode {
  const start = c.start();
  const token = c.peek();
  if (token.word === 'INTERVAL') {
    c.next();
    return {
      kind: 'interval_type',
      qualifier: parseIntervalQualifier(c),
      nullable: true,
      span: c.spanFrom(start),
    };
  }
  if (token.word === 'ROW') return parseRowType(c);
  if (['ARRAY', 'MULTISET', 'MAP'].includes(token.word) && c.isSymbol('<', 1)) return parseCollectionType(c);
  const simple = SIMPLE_WORDS.get(token.word);
  if (simple === undefined) throw unknownType(c);
  return parseSimpleType(c, simple);
}

function parseSimpleType(c: Cursor, { name, parameters: most }: SimpleWord): TypeNode {
  const start = c.start();
  c.next();
  let type = name;
  if (name === 'DOUBLE' && c.isWord('PRECISION')) c.next();
  if (name === 'CHAR' && c.isWord('VARYING')) type = varying(c, 'VARCHAR');
  if (name === 'BINARY' && c.isWord('VARYING')) type = varying(c, 'VARBINARY');
  const parameters: number[] = [];
  if (most !== undefined && c.isSymbol('(')) {
    c.next();
    parameters.push(parseInteger(c));
    if (most === 2 && c.acceptSymbol(',')) parameters.push(parseInteger(c));
    c.expectSymbol(')');
  }
  if (name === 'TIMESTAMP') type = parseTimeZone(c, true);
  if (name === 'TIME') parseTimeZone(c, false);
  return { kind: 'simple_type', name: type, parameters, nullable: true, span: c.spanFrom(start) };
}

function varying(c: Cursor, name: SimpleTypeName): SimpleTypeName {
  c.expect('VARYING');
  return name;
}

/** `WITHOUT TIME ZONE`, `WITH LOCAL TIME ZONE`. */
function parseTimeZone(c: Cursor, local: boolean): 'TIMESTAMP' | 'TIMESTAMP_LTZ' {
  if (c.isWord('WITHOUT')) c.expect('WITHOUT', 'TIME', 'ZONE');
  if (!local || !c.isWord('WITH')) return 'TIMESTAMP';
  const start = c.start();
  c.next();
  if (c.accept('TIME')) {
    throw c.unsupported(c.spanFrom(start), 'WITH TIME ZONE', 'Flink has TIMESTAMP(p) WITH LOCAL TIME ZONE.');
  }
  c.expect('LOCAL', 'TIME', 'ZONE');
  return 'TIMESTAMP_LTZ';
}

function parseCollectionType(c: Cursor): TypeNode {
  const start = c.start();
  const word = c.next().word;
  c.expectSymbol('<');
  const first = parseColumnType(c);
  if (word !== 'MAP') {
    c.expectSymbol('>');
    const kind = word === 'ARRAY' ? 'array_type' : 'multiset_type';
    return { kind, element: first, nullable: true, span: c.spanFrom(start) };
  }
  c.expectSymbol(',');
  const value = parseColumnType(c);
  c.expectSymbol('>');
  return { kind: 'map_type', key: first, value, nullable: true, span: c.spanFrom(start) };
}

/** `ROW<a INT, b STRING>` or `ROW(a INT, b STRING)`. */
function parseRowType(c: Cursor): TypeNode {
  const start = c.start();
  c.next();
  // The lexer reads the two brackets of ROW<> as one operator.
  if (c.acceptSymbol('<>')) return { kind: 'row_type', fields: [], nullable: true, span: c.spanFrom(start) };
  const close = c.acceptSymbol('<') ? '>' : ')';
  if (close === ')') c.expectSymbol('(');
  const fields = parseCommaList(c, () => parseField(c));
  c.expectSymbol(close);
  return { kind: 'row_type', fields, nullable: true, span: c.spanFrom(start) };
}

function parseField(c: Cursor): TypeField {
  const start = c.start();
  const name = parseIdentifier(c, 'a field name');
  const type = parseColumnType(c);
  const comment = c.peek().kind === 'string' ? parseString(c) : null;
  return { span: c.spanFrom(start), name, type, comment };
}

function unknownType(c: Cursor): Error {
  const token = c.peek();
  if (token.kind !== 'word' && token.kind !== 'name') return c.unexpected('a type');
  if (['RAW', 'STRUCTURED', 'ANY', 'BITMAP'].includes(token.word)) {
    return c.unsupported(token.span, `the type ${token.word}`);
  }
  const instead = INSTEAD.get(token.word);
  const near = nearNames(token.text, [...SIMPLE_WORDS.keys(), ...CONSTRUCTED]);
  const name = parseObjectNameOrWord(c);
  return c.error(name.span, `${name.text} is not a type`, {
    hint: instead ?? (near.length > 0 ? `Did you mean ${near.join(', ')}?` : null),
  });
}

function parseObjectNameOrWord(c: Cursor): { span: { start: number; end: number }; text: string } {
  const { span, text } = c.peek();
  const isName = c.peek().kind === 'name' || c.isSymbol('.', 1);
  const whole = isName ? parseObjectName(c, 'a type').span : span;
  return { span: whole, text: isName ? c.sql.slice(whole.start, whole.end) : text };
}

/** Type words of other systems. */
const INSTEAD: ReadonlyMap<string, string> = new Map(
  Object.entries({
    TEXT: 'Write STRING.',
    LONG: 'Write BIGINT.',
    REAL: 'Write FLOAT.',
    BOOL: 'Write BOOLEAN.',
    BYTE: 'Write TINYINT.',
    SHORT: 'Write SMALLINT.',
    BLOB: 'Write BYTES.',
    BYTEA: 'Write BYTES.',
    DATETIME: 'Write TIMESTAMP(6).',
    TIMESTAMPTZ: 'Write TIMESTAMP_LTZ(6).',
    JSON: 'Write STRING; JSON functions read it.',
    UUID: 'Write STRING.',
    STRUCT: 'Write ROW<name TYPE, …>.',
    LIST: 'Write ARRAY<TYPE>.',
  }),
);
