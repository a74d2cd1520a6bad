import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseScript, printStatement, SqlError } from '../../../core/index.js';
import { type OracleStatement, oracleCorpus, readVerdicts } from './corpus/flink-verdicts.js';
import { withoutSpans } from './corpus/read-corpus.js';

const corpus = oracleCorpus();
const verdicts = readVerdicts();
const differences = readDifferences();

/** Features whose statements Flink parses and this parser refuses by their name, as the message says it. */
const OUT_OF_SCOPE = new RegExp(
  `^(${[
    'the statement (ANALYZE|CALL|COMPILE|DELETE|LOAD|MERGE|STOP|TRUNCATE|UNLOAD|UPDATE|UPSERT)',
    '((ALTER|CREATE|DESCRIBE|DROP|SHOW|SHOW CREATE) )?(CONNECTION|JOBS?|MATERIALIZED|MODELS?|PROCEDURES)',
    '(CLASSIFIER|PREV), which belongs to MATCH_RECOGNIZE,',
    'MATCH_RECOGNIZE|PERIOD|PIVOT|SELECT STREAM|TABLESAMPLE|UNIQUE|UNPIVOT',
    'a change of the distribution|EXECUTE PLAN|OR REPLACE|USING ARTIFACT|WITH for a function',
    'EXPLAIN CREATE TABLE|ORDER BY inside JSON_ARRAYAGG|the type (BITMAP|RAW)',
  ].join('|')}) is not supported here$`,
);

describe("the verdicts of Flink's parser", () => {
  it('are frozen for every statement of the corpus, and for no other', () => {
    expect([...verdicts.keys()]).toEqual(corpus.map(({ key }) => key));
    expect(corpus.length).toBeGreaterThan(1_500);
  });

  it('are those of this parser, but for the differences that are written down', () => {
    const others = corpus.filter((one) => !agrees(one) && !differences.has(one.key));
    expect(others.map(({ key }) => key)).toEqual([]);
  });

  it('differ where a difference is written down', () => {
    const agreeing = corpus.filter((one) => differences.has(one.key) && agrees(one)).map(({ key }) => key);
    expect(agreeing).toEqual([]);
    const known = new Set(corpus.map(({ key }) => key));
    expect([...differences].filter((key) => !known.has(key))).toEqual([]);
  });
});

it('what is printed for a statement of the corpus parses to the same tree', () => {
  for (const { sql } of corpus) {
    if (errorOf(sql) !== null) continue;
    const trees = parseScript(sql);
    const printed = trees.map(printStatement).join(';\n');
    expect(withoutSpans(parseScript(printed))).toEqual(withoutSpans(trees));
  }
});

/** Both accept it or both refuse it, or it is out of scope and refused in these words. */
function agrees({ key, sql }: OracleStatement): boolean {
  const error = errorOf(sql);
  if (verdicts.get(key) === null) return error !== null;
  return error === null || (error.code === 'SQL_UNSUPPORTED' && OUT_OF_SCOPE.test(error.message));
}

function errorOf(sql: string): SqlError | null {
  try {
    parseScript(sql);
    return null;
  } catch (error) {
    if (error instanceof SqlError && error.details.line !== null && error.details.column !== null)
      return error;
    throw error;
  }
}

function readDifferences(): ReadonlySet<string> {
  const text = readFileSync(new URL('corpus/flink-differences.txt', import.meta.url), 'utf8');
  return new Set(
    text.split('\n').filter((line) => line !== '' && !line.startsWith('=>') && !line.startsWith('#')),
  );
}
