/** Joins with what a table outside has for the key of each row when it comes. */
import { compile } from '../../evaluate/evaluate.js';
import { referencedColumns } from '../../plan/expression-facts.js';
import type { LookupJoin } from '../../plan/plan-builders.js';
import type { StreamLookup } from '../../plan/stream-operator.js';
import {
  type MadeColumn,
  operatorOver,
  passedOn,
  type Relation,
  refuseInStream,
  type StreamContext,
  withOperands,
} from './relation.js';

/** Over rows that change, what was looked up for a row is remembered until it goes. */
export function streamLookup(context: StreamContext, node: LookupJoin): Relation {
  const { table, keys } = node;
  const own = node.columns.slice(node.input.columns.length);
  const columns = own.slice(0, -1);
  const fields = columns.map(({ name }) => table.columns.find((column) => column.name === name)!);
  const input = context.plan(node.input);
  const { relation, ids } = withOperands(
    context,
    input,
    keys.map((key) => key.value),
  );
  const made = own.map((column, result): MadeColumn => ({ column, output: { kind: 'result', result } }));
  return operatorOver(
    context,
    [relation],
    {
      kind: 'lookup',
      type: node.type,
      table: { name: table.path.at(-1)!, connector: table.connector, options: table.options, fields },
      keys: keys.map((key, i) => ({
        column: ids[i]!,
        field: fields.findIndex(({ name }) => name === key.column),
      })),
      retry: node.retry,
      condition: conditionOf(context, node),
    },
    [...passedOn(node.input.columns), ...made],
    relation.change !== null,
  );
}

function conditionOf(context: StreamContext, node: LookupJoin): StreamLookup<string>['condition'] {
  const { condition: predicate, columns, input } = node;
  if (predicate === null) return null;
  if (compile(predicate, () => 0) === null) {
    refuseInStream(
      context,
      'This condition of a LEFT JOIN with rows that are looked up',
      { span: predicate.span },
      'Compare the whole primary key of the table in ON, or use INNER JOIN.',
    );
  }
  const read = referencedColumns(predicate);
  const width = input.columns.length;
  return {
    predicate,
    columns: input.columns.filter(({ id }) => read.has(id)).map(({ id }) => ({ id, column: id })),
    fields: columns.slice(width, -1).flatMap(({ id }, field) => (read.has(id) ? [{ id, field }] : [])),
  };
}
