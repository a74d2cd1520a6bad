/** A process function over the rows of each key of a table. */
import type { FunctionResolver } from '../../plan/function-resolver.js';
import type { MapNode } from '../../plan/plan-builders.js';
import { isTimeAttribute } from '../../plan/time-attribute.js';
import {
  type MadeColumn,
  operatorOver,
  type Relation,
  refuseInStream,
  type StreamContext,
  withOperands,
} from './relation.js';

/** True for a call of a function with state and timers. */
export function isProcess({ call }: MapNode, functions: FunctionResolver): boolean {
  return functions.declaration(call.function)?.stateful === true;
}

/** Its event time is the time attribute among the columns that it is given. */
export function streamProcess(context: StreamContext, node: MapNode): Relation {
  const { call, keys } = node;
  if (node.tag !== null) refuseInStream(context, `${call.function} over several tables`, node, ONE_TABLE);
  if (node.order.length > 0) {
    refuseInStream(
      context,
      `ORDER BY of the rows given to ${call.function}`,
      node,
      'Rows come as time brings them.',
    );
  }
  const input = context.plan(node.input);
  if (input.change !== null) {
    refuseInStream(
      context,
      `${call.function} over a table whose rows change`,
      node,
      'Give it rows that are only added.',
    );
  }
  const [table] = call.tables;
  const { relation, ids } = withOperands(context, input, [...(keys ?? []), ...table!.columns]);
  const width = keys?.length ?? 0;
  const columns = table!.names.map((name, i) => ({ name, column: ids[width + i]! }));
  const time = table!.columns.findIndex(
    (column) => column.kind === 'column' && isTimeAttribute(node.input, column.id),
  );
  const made = node.columns.map(
    (column, result): MadeColumn => ({ column, output: { kind: 'result', result } }),
  );
  return operatorOver(
    context,
    [relation],
    {
      kind: 'process',
      keys: ids.slice(0, width),
      function: call.function,
      argumentNames: call.argumentNames,
      columns,
      time: time < 0 ? null : columns[time]!.column,
      type: call.type,
    },
    made,
    false,
  );
}

const ONE_TABLE = 'Join the tables, or put them together by UNION ALL with a column that tells them apart.';
