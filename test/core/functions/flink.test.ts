import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { typeToText } from '../../../core/index.js';
import { renderStageQuery } from '../../../core/render/relation.js';
import { parseExactly } from '../../support/exact-json.js';
import { bindQuery } from '../render/bind-query.js';
import { type QueryResult, runInDuckDb } from '../render/duckdb.js';

/** What a real Flink gave for an expression; the form is described in `test/oracle/functions/flink_oracle.py`. */
interface Case {
  readonly sql: string;
  readonly type?: string;
  readonly values?: readonly unknown[];
  readonly fails?: 'bind' | 'run';
  /** What is given here instead, and why. */
  readonly ours?: {
    readonly values?: readonly unknown[];
    readonly type?: string;
    readonly fails?: 'bind' | 'run';
  };
  readonly because?: string;
  /** The order inside the value is open: its elements are compared, sorted. */
  readonly unordered?: boolean;
}

interface Topic {
  readonly name: string;
  readonly columns: Readonly<Record<string, string>>;
  readonly setup: string;
  readonly cases: readonly Case[];
}

const FOLDER = new URL('../../oracle/functions/', import.meta.url);

function readTopic(file: string): Topic {
  const lines = readFileSync(new URL(file, FOLDER), 'utf8').split('\n');
  const [table, ...cases] = lines.filter((line) => line.startsWith('{')).map(parseExactly);
  const { columns, rows } = table as { readonly columns: Record<string, string>; readonly rows: string };
  const plan = bindQuery(rows);
  const names = Object.keys(columns);
  const outputs = plan.columns.map(({ id, type }, i) => ({ id, name: names[i]!, type }));
  const name = file.replace('.jsonl', '');
  return {
    name,
    columns,
    setup: `CREATE OR REPLACE TABLE ${name} AS ${renderStageQuery(plan, outputs)}`,
    cases: cases as Case[],
  };
}

/** The rendered query of a case and its type; an error where it is refused. */
function render(topic: Topic, sql: string): { readonly query: string; readonly type: string } | Error {
  try {
    const plan = bindQuery(`SELECT ${sql} AS x FROM ${topic.name}`, { [topic.name]: topic.columns });
    const [column] = plan.columns;
    const outputs = [{ id: column!.id, name: 'x', type: column!.type }];
    return { query: renderStageQuery(plan, outputs), type: typeToText(column!.type) };
  } catch (error) {
    return error as Error;
  }
}

const topics = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.jsonl'))
  .map(readTopic);
const rendered = topics.flatMap((topic) =>
  topic.cases.map((one) => ({ topic, one, made: render(topic, one.sql) })),
);
const runnable = rendered.filter(({ made }) => !(made instanceof Error));
const results = new Map(
  runInDuckDb(
    topics.map((topic) => topic.setup),
    runnable.map(({ made }) => (made as { readonly query: string }).query),
  ).map((result, i): [Case, QueryResult] => [runnable[i]!.one, result]),
);

describe.each(topics.map((topic) => topic.name))('%s: as Flink', (name) => {
  it.each(
    rendered.filter(({ topic }) => topic.name === name).map((each) => ({ ...each, sql: each.one.sql })),
  )('$sql', ({ one, made }) => {
    const expected = { ...one, ...one.ours };
    if ((one.ours ?? one).fails === 'bind') {
      expect(made).toBeInstanceOf(Error);
      return;
    }
    if (made instanceof Error) throw made;
    const result = results.get(one)!;
    if ((one.ours ?? one).fails === 'run') {
      expect(result).toHaveProperty('error');
      return;
    }
    if ('error' in result) throw new Error(`${result.error}\n${made.query}`);
    expect(withoutNotNull(made.type)).toBe(withoutNotNull(expected.type!));
    const digits = made.type.startsWith('FLOAT') ? 6 : 12;
    const order = expected.unordered === true ? sorted : (value: unknown) => value;
    const shown = (values: readonly unknown[]) => alike(values.map((value) => order(rounded(value, digits))));
    expect(shown(result.values)).toEqual(shown(expected.values!));
  });
});

/** NULL or not is a promise of the planner's; what counts is the value. */
function withoutNotNull(type: string): string {
  return type.replaceAll(' NOT NULL', '');
}

/** The elements of an array, or of a text with commas. */
function sorted(value: unknown): unknown {
  const elements = typeof value === 'string' ? value.split(',') : (value as readonly unknown[]);
  return elements.map((element) => JSON.stringify(element)).sort();
}

/** One value where all are alike. */
function alike(values: readonly unknown[]): readonly unknown[] {
  const texts = new Set(values.map((value) => JSON.stringify(value)));
  return texts.size === 1 ? values.slice(0, 1) : values;
}

/** Libraries differ in the last bits of a DOUBLE. */
function rounded(value: unknown, digits: number): unknown {
  if (Array.isArray(value)) return value.map((item) => rounded(item, digits));
  return typeof value === 'number' && (digits < 12 || !Number.isInteger(value))
    ? Number(value.toPrecision(digits))
    : value;
}
