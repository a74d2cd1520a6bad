/** SQL values ↔ PostgreSQL's text form of them, exactly: nothing goes through a number of JavaScript that cannot hold it. */
import { type DataType, type SqlValue, typeToText } from '../../../core/index.js';
import { MalformedRecord } from '../../formats/format.js';
import { type TextReader, textReader, textWriter, timestampTicks } from '../../formats/text-value.js';

/** The reader of a type; times are as a session in UTC with `datestyle` ISO gives them. */
export function postgresReader(type: DataType): TextReader {
  switch (type.kind) {
    case 'BOOLEAN':
      return (text) => text === 't' || text === 'true';
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ':
      return (text) => {
        const value = timestampTicks(text.replace(/[+-]00(:00)?$/, ''), type.precision);
        if (value !== undefined) return value;
        throw new MalformedRecord(`${JSON.stringify(text)} is no ${typeToText(type)}`);
      };
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
      return textWriter(type, 'SQL');
  }
}
