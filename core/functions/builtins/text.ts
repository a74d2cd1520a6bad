/** Functions over text. Positions count characters from 1, as in Flink and DuckDB. */
import { castTo, operand, quoteString } from '../../render/sql-text.js';
import { commonType } from '../../types/common-type.js';
import type { DataType } from '../../types/data-type.js';
import { lengthOf, typeFamily } from '../../types/type-family.js';
import { MAX_LENGTH, types, withNullable } from '../../types/types.js';
import type { ResultRule } from '../define.js';
import { call, define } from '../define.js';
import { bytes, int, integer, keyword, optional, repeated, text, textOrCharacter } from '../parameter.js';
import type { CallContext, RenderCall, ScalarFunction } from '../scalar-function.js';
import { hostCall } from './host-call.js';

const same: ResultRule = ([first]) => first!;

/** CHAR becomes VARCHAR of its length. */
const varying: ResultRule = ([first]) => (first!.kind === 'CHAR' ? types.varchar(first!.length) : first!);

const string = types.string();

const concatenated: ResultRule = (all) => {
  const length = all.reduce((sum, type) => sum + lengthOf(type), 0);
  if (length >= MAX_LENGTH) return string;
  return all.every((type) => type.kind === 'CHAR') ? types.char(length) : types.varchar(length);
};

const chain: RenderCall = (args) => args.map(operand).join(' || ');

/** The trimmed value comes last in the syntax tree, first in DuckDB. */
const trimBySide: RenderCall = ([, characters, value], { literals: [side] }) => {
  const name = side === 'LEADING' ? 'ltrim' : side === 'TRAILING' ? 'rtrim' : 'trim';
  return characters === quoteString(' ') ? `${name}(${value})` : `${name}(${value}, ${characters})`;
};

/** 0 counts as 1, and what begins before the text is empty. */
const substring: RenderCall = ([value, from, length], context) => {
  const [, start, count] = context.literals;
  const begin = beginning(value!, from!, start);
  if (length === undefined) return `substring(${value}, ${begin})`;
  const cut = `substring(${value}, ${begin}, ${length})`;
  return typeof count === 'number' && count >= 0 ? cut : `CASE WHEN ${operand(length)} >= 0 THEN ${cut} END`;
};

function beginning(value: string, from: string, constant: CallContext['literals'][number]): string {
  if (typeof constant === 'number' && constant >= 0) return String(Math.max(1, constant));
  const start = operand(from);
  return `CASE WHEN ${start} = 0 THEN 1 WHEN ${start} < -length(${value}) THEN length(${value}) + 1 ELSE ${from} END`;
}

const side =
  (name: 'left' | 'right'): RenderCall =>
  ([value, count], { literals: [, constant] }) =>
    typeof constant === 'number' && constant >= 0
      ? `${name}(${value}, ${count})`
      : `${name}(${value}, CASE WHEN ${operand(count!)} < 0 THEN 0 ELSE ${count} END)`;

const pad =
  (name: 'lpad' | 'rpad'): RenderCall =>
  ([value, count, filler], { literals: [, length, characters] }) => {
    const padded = `${name}(${value}, ${count}, ${filler})`;
    const isSafe =
      typeof length === 'number' && length >= 0 && typeof characters === 'string' && characters !== '';
    return isSafe
      ? padded
      : `CASE WHEN ${operand(count!)} >= 0 AND ${operand(filler!)} <> '' THEN ${padded} END`;
  };

const position: RenderCall = ([part, whole]) => castTo(`instr(${whole}, ${part})`, 'INTEGER');

/** The first position that is not before `from`, counted from the beginning. */
const locate: RenderCall = ([part, whole, from], context) => {
  if (from === undefined || context.literals[0] === '') return position([part!, whole!], context);
  const start = `(CASE WHEN ${from} < 1 THEN 1 ELSE ${from} END)`;
  const found = `instr(substr(${whole}, ${start}), ${part})`;
  return castTo(`CASE WHEN ${found} = 0 THEN 0 ELSE ${found} + ${start} - 1 END`, 'INTEGER');
};

/** Outside the text nothing is replaced; without a length as much as is put in. */
const overlay: RenderCall = ([value, put, from, count]) => {
  const start = operand(from!);
  const length = count === undefined ? `length(${put})` : operand(count);
  const rest = `CASE WHEN ${length} > 0 THEN substring(${value}, ${start} + ${length}) ELSE '' END`;
  const made = `left(${value}, ${start} - 1) || ${operand(put!)} || ${rest}`;
  return `CASE WHEN ${start} BETWEEN 1 AND length(${value}) THEN ${made} ELSE ${value} END`;
};

/** Only ASCII letters change; what is no ASCII letter or digit ends a word. */
const initCap: RenderCall = ([value]) => {
  const character = `substring(${value}, i, 1)`;
  const starts = `i = 1 OR NOT regexp_matches(substring(${value}, i - 1, 1), '[A-Za-z0-9]')`;
  const turned = `CASE WHEN NOT regexp_matches(${character}, '[A-Za-z]') THEN ${character} WHEN ${starts} THEN upper(${character}) ELSE lower(${character}) END`;
  return `array_to_string(list_transform(range(1, length(${value}) + 1), lambda i: ${turned}), '')`;
};

/** An empty text is found between all characters. */
const replace: RenderCall = ([value, part, put], { literals: [, constant] }) =>
  constant === ''
    ? everywhere(value!, put!)
    : typeof constant === 'string'
      ? `replace(${value}, ${part}, ${put})`
      : `CASE WHEN ${operand(part!)} = '' THEN ${everywhere(value!, put!)} ELSE replace(${value}, ${part}, ${put}) END`;

const everywhere = (value: string, put: string): string =>
  `regexp_replace(${value}, '', replace(${put}, '\\', '\\\\'), 'g')`;

/** The first byte, signed. */
const ascii: RenderCall = ([value]) => {
  const byte = `CAST('0x' || left(hex(${value}), 2) AS INTEGER)`;
  return `CASE WHEN ${operand(value!)} = '' THEN 0 WHEN ascii(${value}) < 128 THEN ascii(${value}) ELSE ${byte} - 256 END`;
};

/** The separator may be a number: that of a character. An empty one stands for white space. */
const splitIndex: RenderCall = (
  [value, given, index],
  { literals: [, constant], argumentTypes: [, type] },
) => {
  const separator = typeFamily(type!) === 'string' ? given! : `chr(${given})`;
  const spaced = hostCall('split_whitespace', value!, index!);
  if (constant === '') return spaced;
  const parts = `string_split(${value}, ${separator})[${operand(index!)} + 1]`;
  const empty =
    typeof constant === 'string' || typeFamily(type!) !== 'string'
      ? ''
      : `WHEN ${operand(separator)} = '' THEN ${spaced} `;
  return `CASE ${empty}WHEN ${operand(value!)} <> '' AND ${operand(index!)} >= 0 THEN ${parts} END`;
};

/** An empty text has no parts; an empty separator cuts between all characters. */
const split: RenderCall = ([value, separator]) =>
  `CASE WHEN ${operand(value!)} = '' AND ${operand(separator!)} IS NOT NULL THEN CAST([] AS VARCHAR[]) ELSE string_split(${value}, ${separator}) END`;

/** The argument of this number, counted from 1. */
const pick: RenderCall = ([index, ...values]) =>
  `CASE ${operand(index!)} ${values.map((value, i) => `WHEN ${i + 1} THEN ${value}`).join(' ')} END`;

const elt: ScalarFunction = {
  id: 'ELT',
  names: ['ELT'],
  signature: 'ELT(INT, STRING, STRING…)',
  infer: ([index, ...values]) => {
    if (index === undefined || values.length === 0 || integer.accept(index) === null) return null;
    const common = commonType(values.map((value) => value.type));
    if (common === null || !['string', 'binary'].includes(typeFamily(common))) return null;
    return { type: withNullable(common, true), coercions: [null, ...values.map(() => common)] };
  },
  render: pick,
};

/** Bytes are compared by their digits. */
const onHex =
  (name: string): RenderCall =>
  ([value, part]) =>
    `${name}(hex(${value}), hex(${part}))`;

const one = (
  id: string,
  names: readonly string[],
  result: DataType | ResultRule,
  render: RenderCall,
): ScalarFunction => define({ id, names, parameters: [text], result, render });

const trimmed = (id: string, duckDb: string): ScalarFunction =>
  define({ id, parameters: [text, optional(text)], result: varying, render: call(duckDb) });

/** Entries of this topic. */
export const textFunctions: readonly ScalarFunction[] = [
  define({ id: '||', parameters: [text, text], result: concatenated, render: chain }),
  define({ id: 'CONCAT', parameters: [repeated(text)], result: string, render: chain }),
  define({
    id: 'CONCAT_WS',
    parameters: [text, repeated(text)],
    result: string,
    render: call('concat_ws'),
  }),
  one('UPPER', ['UPPER'], same, call('upper')),
  one('LOWER', ['LOWER'], same, call('lower')),
  one('INITCAP', ['INITCAP'], same, initCap),
  one('CHAR_LENGTH', ['CHAR_LENGTH', 'CHARACTER_LENGTH'], types.int(), ([a]) =>
    castTo(`length(${a})`, 'INTEGER'),
  ),
  one('REVERSE', ['REVERSE'], string, call('reverse')),
  one('ASCII', ['ASCII'], types.int(), ascii),
  define({
    id: 'TRIM_SIDE',
    names: ['TRIM'],
    parameters: [keyword('BOTH | LEADING | TRAILING', ['BOTH', 'LEADING', 'TRAILING']), text, text],
    result: ([, , value]) => varying([value!], []),
    render: trimBySide,
  }),
  one('TRIM', ['TRIM'], varying, call('trim')),
  trimmed('BTRIM', 'trim'),
  trimmed('LTRIM', 'ltrim'),
  trimmed('RTRIM', 'rtrim'),
  define({
    id: 'SUBSTRING',
    names: ['SUBSTRING', 'SUBSTR'],
    parameters: [text, int, optional(int)],
    result: varying,
    nulls: 'always',
    render: substring,
  }),
  define({ id: 'LEFT', parameters: [text, int], result: string, render: side('left') }),
  define({ id: 'RIGHT', parameters: [text, int], result: string, render: side('right') }),
  define({ id: 'LPAD', parameters: [text, int, text], result: string, nulls: 'always', render: pad('lpad') }),
  define({ id: 'RPAD', parameters: [text, int, text], result: string, nulls: 'always', render: pad('rpad') }),
  define({ id: 'REPEAT', parameters: [text, int], result: string, render: call('repeat') }),
  define({ id: 'REPLACE', parameters: [text, text, text], result: string, render: replace }),
  define({ id: 'TRANSLATE', parameters: [text, text, text], result: string, render: call('translate') }),
  define({ id: 'POSITION', parameters: [text, text], result: types.int(), render: position }),
  define({ id: 'LOCATE', parameters: [text, text, optional(int)], result: types.int(), render: locate }),
  define({
    id: 'INSTR',
    parameters: [text, text],
    result: types.int(),
    render: ([whole, part], context) => position([part!, whole!], context),
  }),
  define({ id: 'OVERLAY', parameters: [text, text, int, optional(int)], result: string, render: overlay }),
  define({
    id: 'STARTSWITH',
    parameters: [text, text],
    result: types.boolean(),
    render: call('starts_with'),
  }),
  define({ id: 'ENDSWITH', parameters: [text, text], result: types.boolean(), render: call('ends_with') }),
  ...['STARTSWITH', 'ENDSWITH'].map((id) =>
    define({
      id: `${id}_BYTES`,
      names: [id],
      parameters: [bytes, bytes],
      result: types.boolean(),
      render: onHex(id === 'STARTSWITH' ? 'starts_with' : 'ends_with'),
    }),
  ),
  define({ id: 'SPLIT', parameters: [text, text], result: types.array(string), render: split }),
  elt,
  define({
    id: 'SPLIT_INDEX',
    parameters: [text, textOrCharacter, int],
    result: string,
    nulls: 'always',
    render: splitIndex,
  }),
  define({
    id: 'CHR',
    parameters: [integer],
    result: string,
    nulls: 'always',
    render: ([a]) =>
      `CASE WHEN ${operand(a!)} < 0 THEN '' ELSE chr(CAST(${operand(a!)} & 255 AS INTEGER)) END`,
  }),
];
