/** Short forms for the aggregates that rules and the planner make. */
import type { DataType } from '../types/data-type.js';
import { types } from '../types/types.js';
import type { AggregateCall, Expression } from './expression.js';

/** A call of a built-in. */
export function aggregateOf(
  name: string,
  args: readonly Expression[],
  type: DataType,
  more: Partial<Pick<AggregateCall, 'filter' | 'span'>> = {},
): AggregateCall {
  return {
    kind: 'aggregate_call',
    function: name,
    python: false,
    arguments: args,
    argumentNames: args.map(() => null),
    distinct: false,
    filter: null,
    withinGroup: [],
    type,
    span: null,
    ...more,
  };
}

/** How many rows meet a condition. */
export function countWhere(filter: Expression): AggregateCall {
  return aggregateOf('COUNT', [], types.notNull(types.bigint()), { filter });
}
