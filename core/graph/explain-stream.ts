/** Streaming operators as text for EXPLAIN: columns are `c0`, `c1`, … of the input, `r0`, … of a join's right side. */
import { explainExpression } from '../plan/explain-expression.js';
import type {
  CalcStep,
  StreamCall,
  StreamFrame,
  StreamJoin,
  StreamOperator,
  StreamPythonCall,
  StreamSortKey,
} from '../plan/stream-operator.js';
import { typeToText } from '../types/type-text.js';

/** What the operator does, in one line. */
export function explainStream(operator: StreamOperator<number>): string {
  switch (operator.kind) {
    case 'watermark':
      return `time ${column(operator.rowtime)}, watermark ${column(operator.watermark)}`;
    case 'arrival':
      return 'time is when each row came';
    case 'calc':
      return [
        operator.columns.map(({ id, column: at }) => `${id} = ${column(at)}`).join(', '),
        ...operator.steps.map(calcStep),
        `give ${operator.results.map(explainExpression).join(', ')}`,
      ].join('; ');
    case 'aggregate': {
      const calls = operator.calls.map(call).join(', ');
      const until = operator.windowTime === null ? '' : `, once ${column(operator.windowTime)} has passed`;
      return `${calls === '' ? 'distinct' : calls}${by(operator.keys)}${until}${keptFor(operator)}`;
    }
    case 'hop':
      return `${operator.calls.map(call).join(', ') || 'distinct'}${by(operator.keys)} in windows of ${operator.size} ms every ${operator.slide} ms of ${column(operator.time)}`;
    case 'accumulate': {
      const python = operator.python.map(pythonCall);
      const until = operator.windowTime === null ? '' : `, once ${column(operator.windowTime)} has passed`;
      return `${[...operator.calls.map(call), ...python].join(', ')}${by(operator.keys)}${until}${keptFor(operator)}`;
    }
    case 'process': {
      const tables = operator.tables.map((table) => {
        const names = table.columns.map(({ name, column: place }) => `${name} = ${column(place)}`);
        const time = table.time === null ? '' : `, time ${column(table.time)}`;
        const window = table.window === null ? '' : `, window until ${column(table.window.last)}`;
        return `${table.isBroadcast ? 'broadcast ' : ''}${names.join(', ')}${time}${window}`;
      });
      const until = operator.perWindow ? ', until the window has passed' : '';
      return `${operator.function}(${tables.join('; ')})${by(operator.keys)}${until}`;
    }
    case 'settle':
      return `keeps ${operator.results.map(column).join(', ')} until the row goes`;
    case 'session':
      return `of ${column(operator.time)}, gap ${operator.gap} ms${by(operator.keys)}`;
    case 'over':
    case 'accumulate_over': {
      const python = operator.kind === 'over' ? [] : operator.python;
      const calls = [
        ...operator.calls.map((item) => `${call(item)} ${frameText(item.frame)}`),
        ...python.map((item) => `${pythonCall(item)} ${frameText(item.frame)}`),
      ];
      return `${calls.join(', ')}${by(operator.keys)} in the order of ${operator.time === null ? 'arrival' : column(operator.time)}`;
    }
    case 'sorted_over': {
      const calls = operator.calls.map((item) => `${call(item)} ${frameText(item.frame)}`);
      const order = operator.order.length === 0 ? '' : ` in the order of ${sortKeys(operator.order)}`;
      return `${calls.join(', ')}${by(operator.keys)}${order}`;
    }
    case 'rank': {
      const until = operator.windowTime === null ? '' : `, once ${column(operator.windowTime)} has passed`;
      const latest = operator.isLatestFirst === true ? ', the last that came first' : '';
      const order = operator.order.length === 0 ? latest : ` in the order of ${sortKeys(operator.order)}`;
      return `rows ${operator.from} to ${operator.to}${by(operator.keys)}${order}${until}`;
    }
    case 'first_row':
    case 'last_row':
      return `of ${column(operator.time)}${by(operator.keys)}`;
    case 'normalize':
      return `changes${by(operator.keys)}`;
    case 'upsert':
      return `the last row that is left${by(operator.keys)}`;
    case 'conflict':
      return `${operator.fails ? 'one row alone' : 'the first row'}${by(operator.keys)}, with each watermark`;
    case 'join':
      return explainJoin(operator);
    case 'temporal_join': {
      const { leftKeys, rightKeys } = operator;
      const keys = leftKeys.map((left, i) => `${column(left)} = r${rightKeys[i]!}`).join(' AND ');
      return `${operator.type} on ${keys}, versions since r${operator.versionTime} as of ${column(operator.time)}`;
    }
    case 'lookup': {
      const { table, keys, condition } = operator;
      const equal = keys.map((key) => `${table.fields[key.field]!.name} = ${column(key.column)}`);
      const all = condition === null ? equal : [...equal, explainExpression(condition.predicate)];
      const { retry } = operator;
      const again =
        retry === null
          ? ''
          : `, asked again ${retry.maxAttempts} times at most, each ${retry.fixedDelayMs} ms later`;
      return `${operator.type} in ${table.name} (${table.connector}) on ${all.join(' AND ')}${again}`;
    }
    case 'union':
      return `of ${operator.columns.length} inputs`;
    case 'sort':
      return operator.time === null
        ? `${sortKeys(operator.order)} within each millisecond of arrival`
        : `${sortKeys(operator.order)}, once ${column(operator.time)} has passed`;
    case 'materialize': {
      const order = operator.order.length === 0 ? '' : ` in the order of ${sortKeys(operator.order)}`;
      return `what is left at the end${order}`;
    }
  }
}

function explainJoin(join: StreamJoin<number>): string {
  const keys = join.leftKeys.map((left, i) => {
    const equals = join.nullSafe[i] === true ? 'IS NOT DISTINCT FROM' : '=';
    return `${column(left)} ${equals} r${join.rightKeys[i]!}`;
  });
  const bounds = join.bounds.map(({ operator, left, right }) => `${column(left)} ${operator} r${right}`);
  const kept = (side: string, retention: StreamJoin<number>['left']) =>
    retention === null ? [] : [`${side} rows are kept for ${retention.keep} ms`];
  const hinted = (side: 'left' | 'right') => {
    const ms = join.stateTtlMs?.[side] ?? null;
    return ms === null || join[side] !== null ? [] : [`${side} rows are kept for ${idleTime(ms)}`];
  };
  const conditions = [...keys, ...bounds, ...conditionOf(join)].join(' AND ') || 'all rows';
  const all = [
    ...kept('left', join.left),
    ...kept('right', join.right),
    ...hinted('left'),
    ...hinted('right'),
  ];
  return [`${join.type} on ${conditions}`, ...all].join(', ');
}

function conditionOf({ condition }: StreamJoin<number>): string[] {
  if (condition === undefined) return [];
  const values = condition.columns.map(({ id, input, column: at }) => `${id} = ${'cr'[input]}${at}`);
  return [`${explainExpression(condition.predicate)} with ${values.join(', ')}`];
}

function keptFor({ stateTtlMs }: { readonly stateTtlMs?: number }): string {
  return stateTtlMs === undefined ? '' : `, groups are kept for ${idleTime(stateTtlMs)}`;
}

function idleTime(ms: number): string {
  return ms === 0 ? 'good' : `${ms} ms without a row`;
}

function calcStep(step: CalcStep): string {
  switch (step.kind) {
    case 'filter':
      return `where ${explainExpression(step.predicate)}`;
    case 'compute':
      return `${step.id} = ${explainExpression(step.expression)}`;
    case 'unnest':
      return `${step.id} of ${explainExpression(step.collection)}`;
  }
}

function call({ function: name, arguments: args, distinct, filter, type }: StreamCall<number>): string {
  const where = filter === null ? '' : ` FILTER ${column(filter)}`;
  return `${name}(${distinct ? 'DISTINCT ' : ''}${args.map(column).join(', ')})${where} -> ${typeToText(type)}`;
}

function frameText({ unit, preceding }: StreamFrame): string {
  const milliseconds = unit === 'RANGE' ? ' ms' : '';
  return `${unit} ${preceding === null ? 'UNBOUNDED' : `${preceding}${milliseconds}`} PRECEDING`;
}

function pythonCall(item: StreamPythonCall<number>): string {
  const args = item.arguments.map((given) =>
    given.kind === 'column' ? column(given.column) : String(given.value),
  );
  const where = item.filter === null ? '' : ` FILTER ${column(item.filter)}`;
  const distinct = item.distinct ? 'DISTINCT ' : '';
  return `${item.function}(${distinct}${args.join(', ')})${where} -> ${typeToText(item.type)}`;
}

function sortKeys(keys: readonly StreamSortKey<number>[]): string {
  return keys.map((key) => `${column(key.column)}${key.descending ? ' DESC' : ''}`).join(', ');
}

function by(keys: readonly number[]): string {
  return keys.length === 0 ? '' : ` by ${keys.map(column).join(', ')}`;
}

function column(position: number): string {
  return `c${position}`;
}
