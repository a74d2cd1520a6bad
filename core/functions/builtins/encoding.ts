/** Text as bytes, digits, digests and addresses. */
import { castTo, operand, quoteString } from '../../render/sql-text.js';
import type { DataType } from '../../types/data-type.js';
import { types } from '../../types/types.js';
import type { ResultRule } from '../define.js';
import { call, define } from '../define.js';
import type { Parameter } from '../parameter.js';
import { any, bytes, constantBoolean, int, integer, optional, text } from '../parameter.js';
import type { RenderCall, ScalarFunction } from '../scalar-function.js';
import { hostCall } from './host-call.js';
import { fullTypeText } from './type-of.js';

const string = types.string();

const one = (
  id: string,
  parameter: Parameter,
  result: DataType | ResultRule,
  render: RenderCall,
  names: readonly string[] = [id],
): ScalarFunction => define({ id, names, parameters: [parameter], result, render });

const digest = (id: string, length: number): ScalarFunction =>
  one(id, text, types.char(length), call(id.toLowerCase()));

const wideDigest = (bits: number): ScalarFunction =>
  one(`SHA${bits}`, text, types.char(bits / 4), ([a]) => hostCall('sha2', a!, String(bits)));

/** A constant length of 256 is DuckDB's own. */
const sha2: RenderCall = ([value, bits], { literals: [, constant] }) =>
  constant === 256 ? `sha256(${value})` : hostCall('sha2', value!, bits!);

const wide = (sql: string): string => castTo(sql, 'BIGINT');

/** Of an odd number of digits the first gives way to a byte of zeros; what is no hexadecimal number is NULL. */
const unhex: RenderCall = ([value]) => {
  const even = `CASE WHEN length(${value}) % 2 = 1 THEN '00' || substring(${value}, 2) ELSE ${value} END`;
  return `CASE WHEN regexp_full_match(${value}, '[0-9A-Fa-f]*') THEN from_hex(${even}) END`;
};

const address: RenderCall = ([number]) => {
  const value = wide(number!);
  const part = (shift: number) => castTo(`(${value} >> ${shift}) & 255`, 'VARCHAR');
  return `CASE WHEN ${operand(number!)} BETWEEN 0 AND 4294967295 THEN ${[24, 16, 8, 0].map(part).join(" || '.' || ")} END`;
};

/** Digits, letters or a number: false for NULL. */
const test = (id: string, pattern: string): ScalarFunction =>
  define({
    id,
    parameters: [text],
    result: types.boolean(),
    nulls: 'never',
    render: ([value]) => `coalesce(regexp_full_match(${value}, ${quoteString(pattern)}), FALSE)`,
  });

/** Entries of this topic. */
export const encodingFunctions: readonly ScalarFunction[] = [
  one('TO_BASE64', text, string, ([a]) => `to_base64(encode(${a}))`),
  one('TO_BASE64_BYTES', bytes, string, ([a]) => `to_base64(${a})`, ['TO_BASE64']),
  one('FROM_BASE64', text, string, ([a]) => hostCall('from_base64', a!)),
  define({
    id: 'ENCODE',
    parameters: [text, text],
    result: types.bytes(),
    render: ([a, charset], { literals: [, name] }) =>
      name === 'UTF-8' ? `encode(${a})` : hostCall('encode', a!, charset!),
  }),
  define({
    id: 'DECODE',
    parameters: [bytes, text],
    result: string,
    render: (args) => hostCall('decode', ...args),
  }),
  digest('MD5', 32),
  digest('SHA1', 40),
  wideDigest(224),
  digest('SHA256', 64),
  wideDigest(384),
  wideDigest(512),
  define({ id: 'SHA2', parameters: [text, int], result: types.varchar(128), render: sha2 }),
  one('HEX_INTEGER', integer, string, ([a]) => `hex(${wide(a!)})`, ['HEX']),
  one('HEX', text, string, call('hex')),
  define({ id: 'UNHEX', parameters: [text], result: types.bytes(), nulls: 'always', render: unhex }),
  one('BIN', integer, string, ([a]) => `bin(${wide(a!)})`),
  define({
    id: 'INET_ATON',
    parameters: [text],
    result: types.bigint(),
    nulls: 'always',
    render: ([a]) => hostCall('inet_aton', a!),
  }),
  define({ id: 'INET_NTOA', parameters: [integer], result: string, nulls: 'always', render: address }),
  test('IS_ALPHA', '\\p{L}+'),
  test('IS_DIGIT', '\\p{Nd}+'),
  test('IS_DECIMAL', '[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?'),
  ...['PARSE_URL', 'URL_ENCODE', 'URL_DECODE'].map((id) =>
    define({
      id,
      parameters: id === 'PARSE_URL' ? [text, text, optional(text)] : [text],
      result: string,
      nulls: 'always',
      render: (args) => hostCall(id.toLowerCase(), ...args),
    }),
  ),
  define({
    id: 'TYPEOF',
    parameters: [any, optional(constantBoolean)],
    result: string,
    nulls: 'always',
    render: (_, { argumentTypes: [type], literals: [, full] }) =>
      quoteString(fullTypeText(type!, full === true)),
  }),
];
