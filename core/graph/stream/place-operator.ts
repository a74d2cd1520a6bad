/** Streaming operators with their columns by position instead of id. */
import type { StreamOperator, StreamOperatorKind, StreamPythonCall } from '../../plan/stream-operator.js';

/** Position of a column among those that an input brings. */
export type Place<C> = (column: string, input: number) => C;

/** The operator over the same columns, found by `place`. Its outputs are those at `kept`. */
export function placeOperator<C>(
  operator: StreamOperator<string>,
  kept: readonly number[],
  place: Place<C>,
): StreamOperator<C> {
  const optional = (column: string | null, input: number) => (column === null ? null : place(column, input));
  return {
    ...placeKind(operator, place),
    inputs: operator.inputs.map(({ change, clock }, i) => ({
      change: optional(change, i),
      clock: optional(clock, i),
    })),
    outputs: kept.map((position) => {
      const output = operator.outputs[position]!;
      return output.kind === 'input' ? { ...output, column: place(output.column, output.input) } : output;
    }),
  };
}

/** The columns that the operator reads of an input, whatever of its output is wanted. */
export function columnsRead(operator: StreamOperator<string>, input: number): Set<string> {
  const read = new Set<string>();
  const note = (column: string, of: number): string => {
    if (of === input) read.add(column);
    return column;
  };
  placeOperator(operator, [], note);
  return read;
}

/** The operator without the clocks of its inputs, where neither it nor one of the outputs at `kept` reads the time. */
export function withoutIdleClocks<C>(
  operator: StreamOperator<C>,
  kept: readonly number[],
): StreamOperator<C> {
  const isWanted = kept.some((position) => operator.outputs[position]!.kind === 'clock');
  if (isWanted || readsTime(operator)) return operator;
  return { ...operator, inputs: operator.inputs.map((input) => ({ ...input, clock: null })) };
}

function readsTime<C>(operator: StreamOperatorKind<C>): boolean {
  switch (operator.kind) {
    case 'aggregate':
    case 'accumulate':
    case 'rank':
      return operator.windowTime !== null;
    case 'materialize':
    case 'settle':
    case 'upsert':
    case 'lookup':
      return false;
    case 'over':
    case 'accumulate_over':
    case 'sort':
      return operator.time !== null;
    case 'join':
      return operator.left !== null || operator.right !== null;
    default:
      return true;
  }
}

function placeKind<C>(operator: StreamOperator<string>, place: Place<C>): StreamOperatorKind<C> {
  const at = (column: string) => place(column, 0);
  const all = (columns: readonly string[], input = 0) => columns.map((column) => place(column, input));
  const call = <T extends { readonly arguments: readonly string[]; readonly filter: string | null }>(
    item: T,
  ) => ({ ...item, arguments: all(item.arguments), filter: item.filter === null ? null : at(item.filter) });
  switch (operator.kind) {
    case 'watermark':
      return {
        ...operator,
        rowtime: at(operator.rowtime),
        watermark: at(operator.watermark),
        split: operator.split === null ? null : at(operator.split),
      };
    case 'arrival':
      return operator;
    case 'calc':
      return {
        kind: 'calc',
        columns: operator.columns.map(({ id, column }) => ({ id, column: at(column) })),
        steps: operator.steps,
        results: operator.results,
      };
    case 'aggregate':
      return {
        ...operator,
        keys: all(operator.keys),
        calls: operator.calls.map(call),
        windowTime: operator.windowTime === null ? null : at(operator.windowTime),
      };
    case 'hop':
      return {
        ...operator,
        keys: all(operator.keys),
        calls: operator.calls.map(call),
        time: at(operator.time),
      };
    case 'accumulate':
      return {
        ...operator,
        keys: all(operator.keys),
        calls: operator.calls.map(call),
        python: operator.python.map((item) => ({ ...item, ...pythonOperands(item, at) })),
        windowTime: operator.windowTime === null ? null : at(operator.windowTime),
      };
    case 'process':
      return {
        ...operator,
        keys: all(operator.keys),
        tables: operator.tables.map(({ columns, time, window, isBroadcast }) => ({
          columns: columns.map(({ name, column }) => ({ name, column: at(column) })),
          time: time === null ? null : at(time),
          window: window === null ? null : { start: at(window.start), last: at(window.last) },
          isBroadcast,
        })),
        tag: operator.tag === null ? null : at(operator.tag),
      };
    case 'settle':
      return { kind: 'settle', keys: all(operator.keys), results: all(operator.results) };
    case 'session':
      return { kind: 'session', gap: operator.gap, keys: all(operator.keys), time: at(operator.time) };
    case 'over':
      return {
        kind: 'over',
        keys: all(operator.keys),
        time: operator.time === null ? null : at(operator.time),
        calls: operator.calls.map(call),
      };
    case 'sorted_over':
      return {
        ...operator,
        keys: all(operator.keys),
        order: operator.order.map((key) => ({ ...key, column: at(key.column) })),
        calls: operator.calls.map(call),
      };
    case 'accumulate_over':
      return {
        kind: 'accumulate_over',
        keys: all(operator.keys),
        time: operator.time === null ? null : at(operator.time),
        calls: operator.calls.map(call),
        python: operator.python.map((item) => ({ ...item, ...pythonOperands(item, at) })),
      };
    case 'rank':
      return {
        ...operator,
        keys: all(operator.keys),
        order: operator.order.map((key) => ({ ...key, column: at(key.column) })),
        windowTime: operator.windowTime === null ? null : at(operator.windowTime),
      };
    case 'first_row':
    case 'last_row':
      return { kind: operator.kind, keys: all(operator.keys), time: at(operator.time) };
    case 'normalize':
    case 'upsert':
      return { kind: operator.kind, keys: all(operator.keys) };
    case 'conflict':
      return { ...operator, keys: all(operator.keys) };
    case 'join': {
      const kept = (retention: typeof operator.left, input: number) =>
        retention === null ? null : { ...retention, time: place(retention.time, input) };
      const { condition, ...join } = operator;
      return {
        ...join,
        leftKeys: all(operator.leftKeys, 0),
        rightKeys: all(operator.rightKeys, 1),
        bounds: operator.bounds.map((bound) => ({
          ...bound,
          left: place(bound.left, 0),
          right: place(bound.right, 1),
        })),
        ...(condition === undefined
          ? {}
          : {
              condition: {
                ...condition,
                columns: condition.columns.map((item) => ({
                  ...item,
                  column: place(item.column, item.input),
                })),
              },
            }),
        left: kept(operator.left, 0),
        right: kept(operator.right, 1),
      };
    }
    case 'temporal_join':
      return {
        kind: 'temporal_join',
        type: operator.type,
        leftKeys: all(operator.leftKeys, 0),
        rightKeys: all(operator.rightKeys, 1),
        time: place(operator.time, 0),
        versionTime: place(operator.versionTime, 1),
        dropsOlder: operator.dropsOlder,
      };
    case 'lookup':
      return {
        ...operator,
        keys: operator.keys.map((key) => ({ ...key, column: at(key.column) })),
        condition: operator.condition && {
          ...operator.condition,
          columns: operator.condition.columns.map(({ id, column }) => ({ id, column: at(column) })),
        },
      };
    case 'union':
      return { kind: 'union', columns: operator.columns.map((columns, input) => all(columns, input)) };
    case 'sort':
      return {
        kind: 'sort',
        time: operator.time === null ? null : at(operator.time),
        order: operator.order.map((key) => ({ ...key, column: at(key.column) })),
      };
    case 'materialize':
      return {
        kind: 'materialize',
        order: operator.order.map((key) => ({ ...key, column: at(key.column) })),
      };
  }
}

function pythonOperands<C>(
  { arguments: args, filter }: StreamPythonCall<string>,
  at: (column: string) => C,
): Pick<StreamPythonCall<C>, 'arguments' | 'filter'> {
  return {
    arguments: args.map((argument) =>
      argument.kind === 'literal' ? argument : { ...argument, column: at(argument.column) },
    ),
    filter: filter === null ? null : at(filter),
  };
}
