/** SQL values ↔ PostgreSQL's text form of them, exactly: nothing goes through a number of JavaScript that cannot hold it. */
import {
  type DataType,
  dateText,
  parseDate,
  parseTime,
  type SqlValue,
  timestampText,
  timeText,
  typeToText,
} from '../../../core/index.js';
import { MalformedRecord } from '../../formats/format.js';
import { textReader, timestampTicks } from '../../formats/text-value.js';

/** Reads the text of a value, which is not NULL. @throws {MalformedRecord} */
export type ReadText = (text: string) => SqlValue;

/** The reader of a type; times are as a session in UTC with `datestyle` ISO gives them. */
export function postgresReader(type: DataType): ReadText {
  switch (type.kind) {
    case 'BOOLEAN':
      return (text) => text === 't' || text === 'true';
    case 'DATE':
      return (text) => fitting(parseDate(text), text, type);
    case 'TIME':
      return (text) => fitting(parseTime(text), text, type);
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ':
      return (text) => fitting(timestampTicks(text.replace(/[+-]00(:00)?$/, ''), type.precision), text, type);
    case 'BINARY':
    case 'VARBINARY':
    case 'BYTES':
      return (text) => new Uint8Array(Buffer.from(text.replace(/^\\x/, ''), 'hex'));
    case 'ARRAY': {
      const read = postgresReader(type.element);
      return (text) => arrayItems(text).map((item) => (item === null ? null : read(item)));
    }
    default:
      return textReader(type, 'SQL');
  }
}

function fitting(value: SqlValue | undefined, text: string, type: DataType): SqlValue {
  if (value !== undefined) return value;
  throw new MalformedRecord(`${JSON.stringify(text)} is no ${typeToText(type)}`);
}

/** The items of `{1,NULL,"a \"b\""}`. */
function arrayItems(text: string): (string | null)[] {
  const items: (string | null)[] = [];
  const item = /"((?:[^"\\]|\\.)*)"|([^,{}]+)/g;
  const inner = text.slice(1, -1);
  for (const [, quoted, plain] of inner.matchAll(item)) {
    if (quoted !== undefined) items.push(quoted.replace(/\\(.)/g, '$1'));
    else items.push(plain === 'NULL' ? null : plain!);
  }
  return items;
}

/** Writes a value that is not NULL. */
export function postgresWriter(type: DataType): (value: SqlValue) => string {
  switch (type.kind) {
    case 'DATE':
      return (value) => dateText(value as number);
    case 'TIME':
      return (value) => timeText(value as number);
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ': {
      const zone = type.kind === 'TIMESTAMP_LTZ' ? '+00' : '';
      return (value) => `${timestampText(value as bigint, type.precision > 6 ? 9 : 6)}${zone}`;
    }
    case 'BINARY':
    case 'VARBINARY':
    case 'BYTES':
      return (value) => `\\x${Buffer.from(value as Uint8Array).toString('hex')}`;
    case 'ARRAY': {
      const write = postgresWriter(type.element);
      return (value) => {
        const items = (value as readonly SqlValue[]).map((item) =>
          item === null ? 'NULL' : `"${write(item).replace(/["\\]/g, '\\$&')}"`,
        );
        return `{${items.join(',')}}`;
      };
    }
    default:
      return String;
  }
}
