/** State as JSON text, for people and other programs. */
import type { SqlValue } from '../../core/index.js';

/** What bytes are shown as in the place of base64; null: as that. */
export type ShowBytes = (bytes: Uint8Array) => string | null;

/** Integers are exact; bytes and what JSON has no number for are as in results. */
export function stateJson(value: SqlValue, show: ShowBytes = () => null): string {
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number' && !Number.isFinite(value)) return `{"$float":"${value}"}`;
  if (value instanceof Uint8Array) {
    return show(value) ?? `{"$bytes":"${Buffer.from(value).toString('base64')}"}`;
  }
  if (Array.isArray(value)) return `[${value.map((each) => stateJson(each, show)).join(',')}]`;
  return JSON.stringify(value);
}

/** The values of a key that `rowKey` made, as a JSON list; a key of another form as a JSON text. */
export function keyJson(key: string): string {
  try {
    const [values, end] = valuesAt(key, 0);
    if (end === key.length) return values;
  } catch {
    // Not of that form.
  }
  return JSON.stringify(key);
}

/** The values from `at` to the end of their list, and where that is. */
function valuesAt(key: string, from: number): readonly [string, number] {
  const values: string[] = [];
  let at = from;
  while (at < key.length && key[at] !== ']') {
    const [value, end] = valueAt(key, at);
    values.push(value);
    at = end;
  }
  return [`[${values.join(',')}]`, at];
}

function valueAt(key: string, at: number): readonly [string, number] {
  if (key[at] === '[') {
    const [values, end] = valuesAt(key, at + 1);
    if (key[end] !== ']') throw new RangeError('no end of a list');
    return [values, end + 1];
  }
  const text = /^(\d+):/.exec(key.slice(at, at + 20));
  if (text !== null) {
    const start = at + text[0].length;
    const end = start + Number(text[1]);
    if (end > key.length) throw new RangeError('no end of a text');
    return [JSON.stringify(key.slice(start, end)), end];
  }
  const end = key.indexOf(';', at);
  if (end < 0) throw new RangeError('no end of a value');
  return [plainJson(key.slice(at, end)), end + 1];
}

function plainJson(text: string): string {
  if (text === 'n') return 'null';
  if (/^x([0-9a-f]{2})*$/.test(text)) return stateJson(Buffer.from(text.slice(1), 'hex'));
  if (/^(NaN|-?Infinity)$/.test(text)) return stateJson(Number(text));
  if (/^(true|false|-?\d+(\.\d+)?(e[+-]\d+)?)$/.test(text)) return text;
  throw new RangeError('no value');
}
