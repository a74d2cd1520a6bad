import { describe, expect, test } from 'vitest';
import { explainGraph } from '../../../../core/graph/explain-graph.js';
import { addTable, bind, stagesOf, testCatalog } from '../../graph/planning.js';
import { problem } from '../../graph/problem.js';

/** What EXPLAIN says of the state of each operator that joins or groups. */
function kept(sql: string): string[] {
  const catalog = testCatalog();
  const options = { connector: 'datagen' };
  for (const name of ['e', 'r']) {
    addTable(catalog, name, { k: 'STRING', v: 'INT', ts: 'TIMESTAMP(3)' }, options, 'ts');
  }
  const text = explainGraph(stagesOf(sql, 'streaming', catalog));
  const operators = [...text.matchAll(/^stream-\d+: (join|aggregate)\n(?:.*\n)*? {2}operator (.*)$/gm)];
  return operators.map(([, kind, how]) => {
    const all = [...how!.matchAll(/(\w+) (?:rows )?are kept for ([^,]+)/g)];
    return [kind, ...all.map(([, what, time]) => `${what} ${time}`)].join(': ');
  });
}

describe('STATE_TTL', () => {
  test.each([
    [
      "/*+ STATE_TTL('e' = '1 h') */ k, COUNT(*) FROM e GROUP BY k",
      ['aggregate: groups 3600000 ms without a row'],
    ],
    ["/*+ STATE_TTL('x' = '0') */ DISTINCT k FROM (SELECT k FROM e) AS x", ['aggregate: groups good']],
    [
      "/*+ STATE_TTL('a' = '1 s', 'b' = '2 s') */ a.k FROM e AS a LEFT JOIN r AS b ON a.v = b.v",
      ['join: left 1000 ms without a row: right 2000 ms without a row'],
    ],
    [
      "/*+ STATE_TTL('c' = '3 s') */ a.k, COUNT(*) FROM e AS a JOIN r AS b ON a.v = b.v JOIN r AS c ON b.k = c.k GROUP BY a.k HAVING COUNT(*) > 1",
      ['join', 'join: right 3000 ms without a row', 'aggregate'],
    ],
    [
      "/*+ STATE_TTL('a' = '3 s') */ k FROM e AS a WHERE v IN (SELECT v FROM r) AND k IN (SELECT k FROM r GROUP BY k)",
      ['aggregate', 'join', 'join'],
    ],
    ["/*+ STATE_TTL('e' = '1 s') */ k, v FROM e", []],
  ])('SELECT %s', (select, expected) => {
    const found = kept(`SELECT ${select}`);
    expect(found.sort()).toEqual([...expected].sort());
  });

  test.each([
    [
      "/*+ STATE_TTL('u' = '1 d') */ a FROM t GROUP BY a",
      "SQL_INVALID 1:22+3 The hint is for 'u', which no input of this SELECT is called. | Inputs: t.",
    ],
    [
      "/*+ STATE_TTL('t' = 'soon') */ a FROM t GROUP BY a",
      "SQL_INVALID 1:28+6 'soon' is not a duration. | Write a whole number and a unit: '500 ms', '10 s', '5 min', '2 h', '1 d'.",
    ],
    [
      "/*+ STATE_TTL('t' = '1 d') */ x.a FROM t AS x GROUP BY x.a",
      "SQL_INVALID 1:22+3 The hint is for 't', which no input of this SELECT is called. | Inputs: x.",
    ],
  ])('SELECT %s is refused', (select, expected) => {
    expect(problem(() => bind(`SELECT ${select}`))).toBe(expected);
  });
});

const RETRY =
  "'retry-predicate' = 'lookup_miss', 'retry-strategy' = 'fixed_delay', 'fixed-delay' = '10s', 'max-attempts' = '3'";

describe('LOOKUP', () => {
  const hinted = (options: string) => () => bind(`SELECT /*+ LOOKUP(${options}) */ a FROM t`);

  test('takes what tunes it, and how to ask again', () => {
    expect(hinted("'table' = 't', 'async' = 'TRUE', 'output-mode' = 'allow_unordered'")).not.toThrow();
    expect(hinted(`'table' = 't', ${RETRY}`)).not.toThrow();
  });

  test.each([
    [
      "'table' = 't', 'retry-predicate' = 'lookup_miss'",
      "SQL_INVALID 1:12+56 The hint LOOKUP says in part how to ask again, without 'retry-strategy', 'fixed-delay', 'max-attempts'.",
    ],
    [
      `'table' = 't', ${RETRY.replace("'3'", "'0'")}`,
      "has 'max-attempts' = '0'. | Write a whole number above 0.",
    ],
    [
      `'table' = 't', ${RETRY.replace('lookup_miss', 'miss')}`,
      "has 'retry-predicate' = 'miss'. | Write 'lookup_miss'.",
    ],
    [`'table' = 't', ${RETRY.replace('10s', 'soon')}`, "'soon' is not a duration."],
    ["'table' = 't', 'async' = 'maybe'", "has 'async' = 'maybe'. | Write 'true' or 'false'."],
    ["'table' = 't', 'retry' = '3'", "SQL_UNSUPPORTED 1:34+13 The hint LOOKUP has no option 'retry'."],
    ["'async' = 'true'", 'The hint LOOKUP does not say of which table.'],
    ["'table' = 'u'", "The hint is for 'u'"],
  ])('%s is refused', (options, expected) => {
    expect(problem(hinted(options))).toContain(expected);
  });
});
