/** UNNEST: the lateral subquery that makes one row of each element. */
import { InternalError } from '../errors.js';
import type { LogicalPlan } from '../plan/logical-plan.js';
import type { DataType } from '../types/data-type.js';
import type { SelectColumn } from './select.js';
import { quoteIdentifier } from './sql-text.js';

type Unnest = Extract<LogicalPlan, { readonly kind: 'unnest' }>;

/** FROM text of the lateral subquery, and its columns: the element's (fields of a ROW, key and value of a MAP), then the ordinal. */
export function renderUnnest(
  plan: Unnest,
  collection: string,
  alias: string,
): { readonly from: string; readonly columns: readonly [string, SelectColumn][] } {
  const added = plan.columns.slice(plan.input.columns.length);
  const names = added.map((column) => quoteIdentifier(column.id));
  const values = elementValues(plan.collection.type, names.length - (plan.withOrdinality ? 1 : 0));
  if (plan.withOrdinality) values.push('o');
  const list = values.map((value, i) => `${value} AS ${names[i]}`).join(', ');
  const rows = `SELECT unnest(${elements(collection, plan.collection.type)}) AS e${
    plan.withOrdinality
      ? `, CAST(generate_subscripts(${elements(collection, plan.collection.type)}, 1) AS INTEGER) AS o`
      : ''
  }`;
  return {
    from: `(SELECT ${list} FROM (${rows})) AS ${alias}`,
    columns: added.map((column, i) => [column.id, { sql: `${alias}.${names[i]}`, exact: false }]),
  };
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
