/** A process function over the rows of each key of a table. */
import type { Expression } from '../../plan/expression.js';
import type { FunctionResolver } from '../../plan/function-resolver.js';
import type { LogicalPlan } from '../../plan/logical-plan.js';
import type { MapNode } from '../../plan/plan-builders.js';
import { isTimeAttribute } from '../../plan/time-attribute.js';
import { type WholeWindow, wholeWindow, windowEdgeOf } from '../../plan/window-edges.js';
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
  const windows = windowsOf(node);
  const read = [...(keys ?? []), ...tag, ...call.tables.flatMap((table) => table.columns)];
  const edges = windows.tables.flatMap((window) => (window === null ? [] : [window.start, window.last]));
  const { relation, ids } = withOperands(context, input, [...read, ...edges]);
  const width = keys?.length ?? 0;
  let next = width + tag.length;
  let nextEdge = read.length;
  const tables = call.tables.map(({ names, columns, isBroadcast }, member) => {
    const own = ids.slice(next, next + names.length);
    next += names.length;
    const time = columns.findIndex((column) => isTime(node, column));
    return {
      columns: names.map((name, i) => ({ name, column: own[i]! })),
      time: time < 0 ? null : own[time]!,
      window: windows.tables[member] === null ? null : { start: ids[nextEdge++]!, last: ids[nextEdge++]! },
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
      perWindow: windows.ofKeys,
      tag: node.tag === null ? null : ids[width]!,
      type: call.type,
      sideFields: call.sideFields,
    },
    made,
    false,
  );
}

/** True where the column is event time in the rows of its table. */
function isTime({ input, call }: MapNode, column: Expression): boolean {
  if (column.kind !== 'column') return false;
  return inTables(input, column.id, call.tables.length).some(({ plan, id }) => isTimeAttribute(plan, id));
}

/** The window of the rows of each table: that of the keys, where all tables that are divided have it, else that among its columns. */
function windowsOf({ input, call, keys }: MapNode): {
  readonly tables: readonly (WholeWindow | null)[];
  readonly ofKeys: boolean;
} {
  const edges = (id: string) =>
    inTables(input, id, call.tables.length).map(({ plan, id: own }) => windowEdgeOf(plan, own));
  const divided = call.tables.filter((table) => !table.isBroadcast).length;
  const ofKeys = wholeWindow(keys ?? [], (id) => {
    const [first, ...others] = edges(id).slice(0, divided);
    return others.includes(null) ? null : (first ?? null);
  });
  const ofTable = (member: number) =>
    wholeWindow(call.tables[member]!.columns, (id) => edges(id)[member] ?? null);
  return {
    tables: call.tables.map(({ isBroadcast }, member) =>
      ofKeys === null || isBroadcast ? ofTable(member) : ofKeys,
    ),
    ofKeys: ofKeys !== null,
  };
}

/** A column of the rows of all tables, as each of them has it: NULL in most. */
function inTables(plan: LogicalPlan, id: string, tables: number): { plan: LogicalPlan; id: string }[] {
  if (tables === 1) return [{ plan, id }];
  const position = plan.columns.findIndex((column) => column.id === id);
  switch (plan.kind) {
    case 'set': {
      const [left, right] = [plan.left.columns[position]!, plan.right.columns[position]!];
      return [...inTables(plan.left, left.id, tables - 1), { plan: plan.right, id: right.id }];
    }
    case 'filter':
      return inTables(plan.input, id, tables);
    case 'project': {
      const expression = plan.expressions[position];
      return expression?.kind === 'column' ? inTables(plan.input, expression.id, tables) : [];
    }
    default:
      return [{ plan, id }];
  }
}
