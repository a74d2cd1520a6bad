import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { typeToText } from '../../../core/index.js';
import { renderStageQuery } from '../../../core/render/relation.js';
import { bindQuery } from './bind-query.js';
import { type QueryResult, runInDuckDb } from './duckdb.js';

/**
 * What real Flink (2.3) gave for each expression over the rows of `rows`, in their order.
 * `fails`: `bind` is refused before it runs, `run` fails the job.
 */
interface Case {
  readonly sql: string;
  readonly type?: string;
  readonly values?: readonly unknown[];
  readonly fails?: 'bind' | 'run';
}

interface Cases {
  readonly columns: Readonly<Record<string, string>>;
  readonly rows: string;
  readonly topics: Readonly<Record<string, readonly Case[]>>;
}

const { columns, rows, topics } = JSON.parse(
  readFileSync(new URL('./semantics.cases.json', import.meta.url), 'utf8'),
) as Cases;

/** The rendered query of a case and the text of its type. */
function render(sql: string): { readonly query: string; readonly type: string } {
  const plan = bindQuery(`SELECT ${sql} AS x FROM t`, { t: columns });
  const [column] = plan.columns;
  const outputs = [{ id: column!.id, name: 'x', type: column!.type }];
  return { query: renderStageQuery(plan, outputs), type: typeToText(column!.type) };
}

const table = bindQuery(rows);
const setup = renderStageQuery(
  table,
  table.columns.map((column) => ({ id: column.id, name: column.name, type: column.type })),
);
const cases = Object.entries(topics).flatMap(([topic, list]) => list.map((one) => ({ topic, ...one })));
const bound = cases.filter((one) => one.fails !== 'bind').map((one) => ({ ...one, ...render(one.sql) }));
const results = runInDuckDb(
  [`CREATE TABLE t AS ${setup}`],
  bound.map((one) => one.query),
);

describe.each(Object.keys(topics))('%s: as Flink', (topic) => {
  it.each(cases.filter((one) => one.topic === topic))('$sql', (one) => {
    if (one.fails === 'bind') {
      expect(() => render(one.sql)).toThrow();
      return;
    }
    const position = bound.findIndex((other) => other.topic === topic && other.sql === one.sql);
    check(one, bound[position]!.type, results[position]!);
  });
});

function check(one: Case, type: string, result: QueryResult): void {
  if (one.fails === 'run') {
    expect(result).toHaveProperty('error');
    return;
  }
  expect(type).toBe(one.type);
  expect(result).not.toHaveProperty('error');
  if ('values' in result) expect(result.values.map(rounded)).toEqual(one.values!.map(rounded));
}

/** Libraries differ in the last bits of a DOUBLE. */
function rounded(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(rounded);
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value;
}
