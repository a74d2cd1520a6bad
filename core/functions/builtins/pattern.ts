/** LIKE, SIMILAR TO and regular expressions. Patterns of Java and RE2 agree on all but look-around and back references, which fail. */
import { operand, quoteString } from '../../render/sql-text.js';
import { types } from '../../types/types.js';
import { define } from '../define.js';
import { constantText, int, optional, text } from '../parameter.js';
import type { RenderCall, ScalarFunction } from '../scalar-function.js';

const like: RenderCall = ([value, pattern, mark]) => {
  const sql = `${operand(value!)} LIKE ${operand(pattern!)}`;
  return mark === undefined ? sql : `${sql} ESCAPE ${mark}`;
};

const similar: RenderCall = ([value], { literals: [, pattern] }) =>
  `regexp_full_match(${value}, ${quoteString(similarPattern(String(pattern)))})`;

/** `%` and `_` are the SQL wildcards, `. ^ $ \` stand for themselves, the rest is as in regular expressions. */
function similarPattern(pattern: string): string {
  let isInClass = false;
  let made = '';
  for (const c of pattern) {
    if (c === '[') isInClass = true;
    if (isInClass) made += c;
    else if (c === '%') made += '(?s:.*)';
    else if (c === '_') made += '(?s:.)';
    else made += '.^$\\'.includes(c) ? `\\${c}` : c;
    if (c === ']') isInClass = false;
  }
  return made;
}

/** Nothing found, or a group that the pattern does not have or that took no part: NULL. */
const extract: RenderCall = ([value, pattern, group], { literals: [, source, index] }) => {
  const wanted = typeof index === 'number' ? index : 0;
  const text = String(source);
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
const replace: RenderCall = ([value, pattern, put], { literals: [, , constant] }) => {
  const plain = typeof constant === 'string' && !constant.includes('\\');
  const quoted = plain ? put : `replace(${put}, '\\', '\\\\')`;
  return `regexp_replace(${value}, ${pattern}, ${quoted}, 'g')`;
};

/** Entries of this topic. */
export const patternFunctions: readonly ScalarFunction[] = [
  define({
    id: 'LIKE',
    parameters: [text, text, optional(constantText)],
    result: types.boolean(),
    render: like,
  }),
  define({ id: 'SIMILAR TO', parameters: [text, constantText], result: types.boolean(), render: similar }),
  define({
    id: 'REGEXP',
    parameters: [text, constantText],
    result: types.boolean(),
    render: ([value, pattern]) => `regexp_matches(${value}, ${pattern})`,
  }),
  define({
    id: 'REGEXP_EXTRACT',
    parameters: [text, constantText, optional(int)],
    result: types.string(),
    nulls: 'always',
    render: extract,
  }),
  define({
    id: 'REGEXP_REPLACE',
    parameters: [text, constantText, text],
    result: types.string(),
    nulls: 'always',
    render: replace,
  }),
];
