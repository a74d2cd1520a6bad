/** What window table functions and windows in GROUP BY share: names, lengths, and the column of event time. */
import type { Expression } from '../../plan/expression.js';
import type { ColumnReference } from '../../plan/expression-builders.js';
import type { LogicalPlan } from '../../plan/logical-plan.js';
import { isProcessingTime } from '../../plan/processing-time.js';
import { isTimeAttribute } from '../../plan/time-attribute.js';
import type { TimeWindow } from '../../plan/time-window.js';
import { typeToText } from '../../types/type-text.js';
import type { FunctionCallNode } from '../ast.js';
import { type BindContext, bindError } from './bind-context.js';

export type WindowName = 'TUMBLE' | 'HOP' | 'CUMULATE' | 'SESSION';

/** The windows of time that a name stands for, in FROM or GROUP BY; null for other names. */
export function windowName(call: FunctionCallNode): WindowName | null {
  const name = call.name.parts.length === 1 ? call.name.parts[0]!.name.toUpperCase() : '';
  return /^(TUMBLE|HOP|CUMULATE|SESSION)$/.test(name) ? (name as WindowName) : null;
}

/** Lengths as they are written, in the order of the signature. */
export interface WindowLengths {
  /** Slide of HOP, step of CUMULATE. */
  readonly step: Expression | null;
  /** Size, or the gap of SESSION. */
  readonly size: Expression;
  readonly offset: Expression | null;
}

/** @throws {SqlError} for a length that is no constant interval, or lengths that do not fit together. */
export function windowOf(
  context: BindContext,
  name: WindowName,
  lengths: WindowLengths,
  partitionBy: readonly Expression[],
): TimeWindow {
  const size = lengthOf(context, lengths.size);
  if (name === 'SESSION') return { kind: 'session', gap: size, partitionBy };
  const offset = lengths.offset === null ? 0 : intervalOf(context, lengths.offset);
  const step = lengths.step === null ? size : lengthOf(context, lengths.step);
  if (Math.abs(offset) >= step) {
    const message = `The offset of ${name} is shorter than its ${name === 'TUMBLE' ? 'size' : 'step'}.`;
    throw bindError(context, 'SQL_ARGUMENTS', message, lengths.offset!.span);
  }
  switch (name) {
    case 'TUMBLE':
      return { kind: 'tumble', size, offset };
    case 'HOP':
      return { kind: 'hop', slide: step, size, offset };
    case 'CUMULATE':
      return { kind: 'cumulate', step, size, offset };
  }
}

/** HOP and CUMULATE in FROM. @throws {SqlError} where the size is not a multiple of the step, as in Flink. */
export function checkMultiple(context: BindContext, name: WindowName, lengths: WindowLengths): void {
  if (lengths.step === null) return;
  const size = lengthOf(context, lengths.size);
  const step = lengthOf(context, lengths.step);
  if (size % step === 0) return;
  const message = `The size of ${name} must be a multiple of its ${name === 'HOP' ? 'slide' : 'step'}: ${size} ms is none of ${step} ms.`;
  throw bindError(context, 'SQL_ARGUMENTS', message, lengths.size.span);
}

/** Rows with the column that is the time of their windows. */
export interface TimedRows {
  readonly rows: LogicalPlan;
  readonly time: ColumnReference;
}

/**
 * The rows with the column as the time of a window: event time, or when they come.
 * @throws {SqlError} where it is no timestamp, or, in streaming mode, no time attribute of `input`
 */
export function timedRows(
  context: BindContext,
  name: string,
  input: LogicalPlan,
  expression: Expression,
): TimedRows {
  const isArrival = expression.kind === 'column' && isProcessingTime(input, expression);
  if (!isArrival) return { rows: input, time: eventTime(context, name, input, expression) };
  const { columns, span } = input;
  const rows: LogicalPlan = {
    kind: 'watermark',
    input,
    rowtime: expression.id,
    expression,
    primaryKey: null,
    byClock: true,
    columns,
    span,
  };
  return { rows, time: expression };
}

function eventTime(
  context: BindContext,
  name: string,
  input: LogicalPlan,
  time: Expression,
): ColumnReference {
  const { type, span } = time;
  if (time.kind !== 'column' || (type.kind !== 'TIMESTAMP' && type.kind !== 'TIMESTAMP_LTZ')) {
    const what = time.kind === 'column' ? `this is ${typeToText(type)}` : 'this is computed';
    throw bindError(
      context,
      'SQL_TYPE',
      `${name} needs a column of TIMESTAMP or TIMESTAMP_LTZ as its time attribute, but ${what}.`,
      span,
      'Compute it as a column of the table, with a WATERMARK on it.',
    );
  }
  if (context.streaming && !isTimeAttribute(input, time.id)) {
    throw bindError(
      context,
      'SQL_TYPE',
      `${name} requires a time attribute in streaming mode, but this is only ${typeToText(type)}.`,
      span,
      'Declare WATERMARK FOR it, or take a column AS PROCTIME(); joins without a bound in time, and computing with it, make it a plain column. Batch mode takes any timestamp.',
    );
  }
  return time;
}

function lengthOf(context: BindContext, expression: Expression): number {
  const length = intervalOf(context, expression);
  if (length > 0) return length;
  throw bindError(context, 'SQL_ARGUMENTS', 'The length of a window is more than nothing.', expression.span);
}

/** Milliseconds. */
function intervalOf(context: BindContext, expression: Expression): number {
  if (expression.kind === 'literal' && expression.type.kind === 'INTERVAL_DAY_TIME') {
    return Number(expression.value);
  }
  throw bindError(
    context,
    'SQL_ARGUMENTS',
    'The length of a window is a constant of days or less.',
    expression.span,
    "Write INTERVAL '10' MINUTE, or INTERVAL '1' DAY.",
  );
}
