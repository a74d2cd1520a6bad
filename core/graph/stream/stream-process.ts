/** A process function over the rows of each key of a table. */
import type { FunctionResolver } from '../../plan/function-resolver.js';
import type { LogicalPlan } from '../../plan/logical-plan.js';
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
import { referenceTo } from './stream-shared.js';

/** True for a call of a function with state and timers. */
export function isProcess({ call }: MapNode, functions: FunctionResolver): boolean {
  return functions.declaration(call.function)?.stateful === true;
}

/** Its event time is the time attribute among the columns that it is given. */
export function streamProcess(context: StreamContext, node: MapNode): Relation {
  const { sharing } = node.call;
  if (sharing === null) return processed(context, node);
  const { ids } = context.options;
  let once = context.shared.get(sharing);
  if (once === undefined) {
    const columns = node.columns.map(({ name, type }) => ids.column(name, type));
    once = processed(context, { ...node, columns });
    context.shared.set(sharing, once);
  }
  const { columns, span } = node;
  return referenceTo(context, once, { kind: 'shared', id: sharing, input: once.plan, columns, span });
}

function processed(context: StreamContext, node: MapNode): Relation {
  const { call, keys } = node;
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
  const tag = node.tag === null ? [] : [node.tag];
  const read = [...(keys ?? []), ...tag, ...call.tables.flatMap((table) => table.columns)];
  const { relation, ids } = withOperands(context, input, read);
  const width = keys?.length ?? 0;
  let next = width + tag.length;
  const tables = call.tables.map(({ names, columns, isBroadcast }) => {
    const own = ids.slice(next, next + names.length);
    next += names.length;
    const time = columns.findIndex(
      (column) => column.kind === 'column' && isTime(node.input, column.id, call.tables.length - 1),
    );
    return {
      columns: names.map((name, i) => ({ name, column: own[i]! })),
      time: time < 0 ? null : own[time]!,
      isBroadcast,
    };
  });
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
      tables,
      tag: node.tag === null ? null : ids[width]!,
      type: call.type,
      sideFields: call.sideFields,
    },
    made,
    false,
  );
}

/** True where the column is event time in the rows of its table, which are NULL in those of the others. */
function isTime(plan: LogicalPlan, id: string, unions: number): boolean {
  if (unions === 0) return isTimeAttribute(plan, id);
  const position = plan.columns.findIndex((column) => column.id === id);
  if (plan.kind === 'set') {
    const [left, right] = [plan.left.columns[position]!, plan.right.columns[position]!];
    return isTime(plan.left, left.id, unions - 1) || isTimeAttribute(plan.right, right.id);
  }
  if (plan.kind !== 'project') return isTimeAttribute(plan, id);
  const expression = plan.expressions[position];
  return expression?.kind === 'column' && isTime(plan.input, expression.id, unions);
}
