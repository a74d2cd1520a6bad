/** UNNEST: a row for each element, in the order of the rows and of their elements. */
import { InternalError } from '../errors.js';
import type { LogicalPlan } from '../plan/logical-plan.js';
import type { DataType } from '../types/data-type.js';
import type { SelectColumn } from './select.js';
import { quoteIdentifier } from './sql-text.js';

type Unnest = Extract<LogicalPlan, { readonly kind: 'unnest' }>;

/** What a FROM offers. */
interface Relation {
  readonly from: string;
  readonly columns: ReadonlyMap<string, SelectColumn>;
}

/**
 * The rows of the input with their elements: its columns, then the element's (fields of a ROW, key and value of a MAP), then the
 * ordinal. A lateral join would say the same, but DuckDB may make a hash join of it, which loses the order of the rows.
 */
export function renderUnnest(plan: Unnest, input: Relation, collection: string, alias: string): Relation {
  const kept = [...input.columns].map(([id, { sql }]) => [id, sql] as const);
  const names = kept.map(([id]) => quoteIdentifier(id));
  const list = elements(collection, plan.collection.type);
  const added = plan.columns.slice(plan.input.columns.length);
  const values = elementValues(plan.collection.type, added.length - (plan.withOrdinality ? 1 : 0));
  const ordinal = plan.withOrdinality ? ['CAST(o AS INTEGER)'] : [];
  const columns = [...kept.map(([id]) => id), ...added.map(({ id }) => id)];
  const outputs = [
    ...names,
    ...[...values, ...ordinal].map((sql, i) => `${sql} AS ${quoteIdentifier(added[i]!.id)}`),
  ];
  const read = kept.map(([, sql], i) => (sql === names[i] ? sql : `${sql} AS ${names[i]!}`));
  const rows =
    plan.outer || plan.withOrdinality
      ? `SELECT ${[...names, ...expanded(plan)].join(', ')} FROM (SELECT ${[...read, `${list} AS l`].join(', ')} FROM ${input.from})`
      : `SELECT ${[...read, `unnest(${list}) AS e`].join(', ')} FROM ${input.from}`;
  return {
    from: `(SELECT ${outputs.join(', ')} FROM (${rows})) AS ${alias}`,
    columns: new Map(
      columns.map((id) => [
        id,
        { sql: `${alias}.${quoteIdentifier(id)}`, exact: input.columns.get(id)?.exact === true },
      ]),
    ),
  };
}

/** Elements of the list `l` and, where they are asked for, their ordinals; of an outer one NULL where it has none. */
function expanded({ outer, withOrdinality }: Unnest): string[] {
  const of = (list: string) =>
    `unnest(${outer ? `CASE WHEN len(l) > 0 THEN ${list} ELSE [NULL] END` : list})`;
  return [`${of('l')} AS e`, ...(withOrdinality ? [`${of('range(1, len(l) + 1)')} AS o`] : [])];
}

/** The collection as a list. */
function elements(collection: string, type: DataType): string {
  if (type.kind === 'MAP') return `map_entries(${collection})`;
  if (type.kind !== 'MULTISET') return collection;
  return `flatten(list_transform(map_entries(${collection}), lambda e: list_transform(range(e.value), lambda n: e.key)))`;
}

function elementValues(type: DataType, count: number): string[] {
  if (type.kind === 'MAP') return ['e.key', 'e.value'];
  if (type.kind !== 'ARRAY' && type.kind !== 'MULTISET') {
    throw new InternalError('INTERNAL', `UNNEST of ${type.kind} reached the renderer.`);
  }
  const { element } = type;
  if (element.kind !== 'ROW' || count !== element.fields.length) return ['e'];
  return element.fields.map((field) => `e.${quoteIdentifier(field.name)}`);
}
