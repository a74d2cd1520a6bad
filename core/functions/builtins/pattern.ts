/**
 * LIKE, SIMILAR TO and regular expressions. DuckDB computes constant patterns that RE2 reads as Java does; Python the others.
 * A pattern that is none finds nothing: NULL, and FALSE for REGEXP.
 */
import { operand, quoteString } from '../../render/sql-text.js';
import { types } from '../../types/types.js';
import { define } from '../define.js';
import { constantText, int, optional, text } from '../parameter.js';
import type { CallContext, RenderCall, ScalarFunction } from '../scalar-function.js';
import { hostCall } from './host-call.js';
import { isRe2 } from './re2.js';

const like: RenderCall = ([value, pattern, mark]) => {
  const sql = `${operand(value!)} LIKE ${operand(pattern!)}`;
  return mark === undefined ? sql : `${sql} ESCAPE ${mark}`;
};

const similar: RenderCall = ([value, pattern, mark], { literals: [, source, constant] }) =>
  typeof source === 'string' && (mark === undefined || typeof constant === 'string')
    ? `regexp_full_match(${value}, ${quoteString(similarPattern(source, constant as string | undefined))})`
    : hostCall('similar', value!, pattern!, mark ?? "''");

/** `%` and `_` are the SQL wildcards, `. ^ $ \` stand for themselves, the rest is as in regular expressions. */
function similarPattern(pattern: string, mark: string | undefined): string {
  let isInClass = false;
  let isEscaped = false;
  let made = '';
  for (const c of pattern) {
    if (isEscaped || c === mark) {
      made += isEscaped ? c.replace(/[\\^$.*+?()[\]{}|%_]/, '\\$&').replace(/\\([%_])/, '$1') : '';
      isEscaped = !isEscaped;
      continue;
    }
    if (c === '[') isInClass = true;
    if (isInClass) made += c;
    else if (c === '%') made += '(?s:.*)';
    else if (c === '_') made += '(?s:.)';
    else made += '.^$\\'.includes(c) ? `\\${c}` : c;
    if (c === ']') isInClass = false;
  }
  return made;
}

/** The pattern where DuckDB computes the call, which also takes `other` to be a constant; null: Python does. */
function re2Pattern({ literals }: CallContext, other?: number): string | null {
  const [, source] = literals;
  if (typeof source !== 'string' || !isRe2(source)) return null;
  return other === undefined || literals[other] !== undefined ? source : null;
}

/** Nothing found, or a group that the pattern does not have or that took no part: NULL. */
const extract: RenderCall = ([value, pattern, group], call) => {
  const text = re2Pattern(call, group === undefined ? undefined : 2);
  if (text === null) return hostCall('regexp_extract', value!, pattern!, group ?? '0');
  const [, , index] = call.literals;
  const wanted = typeof index === 'number' ? index : 0;
  if (wanted < 0 || wanted > groupCount(text)) return 'CAST(NULL AS VARCHAR)';
  if (group === undefined || wanted === 0)
    return found(value!, pattern!, `regexp_extract(${value}, ${pattern})`);
  const part = `regexp_extract(${value}, ${pattern}, ${wanted})`;
  return found(value!, pattern!, mayBeAbsent(text) ? `nullif(${part}, '')` : part);
};

function found(value: string, pattern: string, part: string): string {
  return `CASE WHEN regexp_matches(${value}, ${pattern}) THEN ${part} END`;
}

/** True where a group may take no part in a match: DuckDB then gives an empty text. */
function mayBeAbsent(pattern: string): boolean {
  return /\)(?:[?*]|\{0)|\|/.test(pattern);
}

/** Capturing groups of a pattern. */
function groupCount(pattern: string): number {
  const bare = pattern.replace(/\\./gs, '').replace(/\[[^\]]*\]/g, '');
  return [...bare.matchAll(/\((?!\?)|\(\?P?<(?![=!])/g)].length;
}

/** The replacement is taken as it is: no group references. */
const replace: RenderCall = ([value, pattern, put], call) => {
  if (re2Pattern(call) === null) return hostCall('regexp_replace', value!, pattern!, put!);
  const [, , constant] = call.literals;
  const plain = typeof constant === 'string' && !constant.includes('\\');
  const quoted = plain ? put : `replace(${put}, '\\', '\\\\')`;
  return `regexp_replace(${value}, ${pattern}, ${quoted}, 'g')`;
};

/** An empty pattern never matches here. */
const matches: RenderCall = ([value, pattern], call) =>
  re2Pattern(call) && call.literals[1] !== ''
    ? `regexp_matches(${value}, ${pattern})`
    : hostCall('regexp', value!, pattern!);

/** Without a group it is the first one. */
const extractAll: RenderCall = ([value, pattern, group]) =>
  hostCall('regexp_extract_all', value!, pattern!, group ?? '1');

const substring: RenderCall = ([value, pattern], call) => extract([value!, pattern!], call);

/** Entries of this topic. */
export const patternFunctions: readonly ScalarFunction[] = [
  define({
    id: 'LIKE',
    parameters: [text, text, optional(constantText)],
    result: types.boolean(),
    render: like,
  }),
  define({
    id: 'SIMILAR TO',
    parameters: [text, text, optional(constantText)],
    result: types.boolean(),
    render: similar,
  }),
  define({
    id: 'REGEXP',
    parameters: [text, text],
    result: types.boolean(),
    render: matches,
  }),
  define({
    id: 'REGEXP_EXTRACT',
    parameters: [text, text, optional(int)],
    result: types.string(),
    nulls: 'always',
    render: extract,
  }),
  define({
    id: 'REGEXP_REPLACE',
    parameters: [text, text, text],
    result: types.string(),
    nulls: 'always',
    render: replace,
  }),
  define({
    id: 'REGEXP_EXTRACT_ALL',
    parameters: [text, text, optional(int)],
    result: types.array(types.string()),
    nulls: 'always',
    render: extractAll,
  }),
  define({
    id: 'REGEXP_SUBSTR',
    parameters: [text, text],
    result: types.string(),
    nulls: 'always',
    render: substring,
  }),
  ...['REGEXP_COUNT', 'REGEXP_INSTR'].map((id) =>
    define({
      id,
      parameters: [text, text],
      result: types.int(),
      nulls: 'always',
      render: (args) => hostCall(id.toLowerCase(), ...args),
    }),
  ),
];
