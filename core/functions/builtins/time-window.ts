/** Bounds of windows of time: plans call them, no name of SQL does. */
import type { Expression } from '../../plan/expression.js';
import { literalOf } from '../../plan/expression-builders.js';
import { castTo } from '../../render/sql-text.js';
import { toDuckDbType } from '../../types/arrow-type.js';
import { types } from '../../types/types.js';
import { internal } from '../define.js';
import type { ScalarFunction } from '../scalar-function.js';

/** Bounds of windows are TIMESTAMP(3) NOT NULL, in local time. */
export const WINDOW_BOUND = types.notNull(types.timestamp(3));

const FLOOR = 'WINDOW_FLOOR';
const SERIES = 'WINDOW_SERIES';
const EPOCH = "TIMESTAMP '1970-01-01'";

/** The last time at or before `time` that is `offset` after a whole number of `step`s since 1970, all in milliseconds. */
export function windowFloor(time: Expression, step: number, offset: number): Expression {
  const args = [time, milliseconds(step), milliseconds(offset)];
  return { kind: 'call', function: FLOOR, arguments: args, type: WINDOW_BOUND, span: time.span };
}

/** `from`, `from + step`, … up to `to`; empty where `from` is after it. */
export function windowSeries(from: Expression, to: Expression, step: number): Expression {
  const type = types.notNull(types.array(WINDOW_BOUND));
  return {
    kind: 'call',
    function: SERIES,
    arguments: [from, to, milliseconds(step)],
    type,
    span: from.span,
  };
}

function milliseconds(value: number): Expression {
  return literalOf(String(value), types.notNull(types.bigint()));
}

/** Entries of this topic. */
export const timeWindowFunctions: readonly ScalarFunction[] = [
  internal(FLOOR, ([time], { literals: [, step, offset], resultType }) =>
    castTo(
      `time_bucket(to_milliseconds(${step}), ${time}, ${EPOCH} + to_milliseconds(${offset}))`,
      toDuckDbType(resultType),
    ),
  ),
  internal(
    SERIES,
    ([from, to], { literals: [, , step] }) => `generate_series(${from}, ${to}, to_milliseconds(${step}))`,
  ),
];
