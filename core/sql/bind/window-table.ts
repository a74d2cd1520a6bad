/** Window table functions in FROM: `TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' HOUR)`. */
import { columnOf } from '../../plan/expression-builders.js';
import type { PlanColumn } from '../../plan/logical-plan.js';
import { windowed } from '../../plan/time-window.js';
import type { ArgumentNode, FunctionCallNode } from '../ast.js';
import { aliased } from './alias.js';
import { type BindContext, bindError } from './bind-context.js';
import { bindArguments } from './call.js';
import { plainContext } from './expression-context.js';
import type { BoundFrom } from './from.js';
import { EMPTY_SCOPE, relationOf, resolveName, type Scope } from './scope.js';
import { bindTableArgument } from './table-argument.js';
import type { TableFunctionNode } from './table-function.js';
import { checkMultiple, timedRows, type WindowName, windowName, windowOf } from './time-window.js';

type Part = 'table' | 'time' | 'step' | 'size' | 'offset';

/** What each place of a call is, with the name that Flink gives it. */
const PARAMETERS: Readonly<Record<WindowName, readonly (readonly [name: string, part: Part])[]>> = {
  TUMBLE: [
    ['DATA', 'table'],
    ['TIMECOL', 'time'],
    ['SIZE', 'size'],
    ['OFFSET', 'offset'],
  ],
  HOP: [
    ['DATA', 'table'],
    ['TIMECOL', 'time'],
    ['SLIDE', 'step'],
    ['SIZE', 'size'],
    ['OFFSET', 'offset'],
  ],
  CUMULATE: [
    ['DATA', 'table'],
    ['TIMECOL', 'time'],
    ['STEP', 'step'],
    ['SIZE', 'size'],
    ['OFFSET', 'offset'],
  ],
  SESSION: [
    ['DATA', 'table'],
    ['TIMECOL', 'time'],
    ['GAP', 'size'],
  ],
};

/** True where a call in FROM is a window table function. */
export function isWindowTable(node: TableFunctionNode): boolean {
  return windowName(node.call) !== null;
}

/** The rows of the table with `window_start`, `window_end` and `window_time`. */
export function bindWindowTable(
  context: BindContext,
  node: TableFunctionNode,
  parent: Scope | null,
): BoundFrom {
  const { call } = node;
  const name = windowName(call)!;
  const given = partsOf(context, call, name);
  const { plan, partitionBy, span } = bindTableArgument(context, given.get('table')!, parent);
  if (name !== 'SESSION' && partitionBy.length > 0) {
    const hint = 'Group by the column together with window_start and window_end.';
    throw bindError(context, 'SQL_ARGUMENTS', `${name} takes no PARTITION BY.`, span, hint);
  }
  const columns = relationOf(null, plan.columns);
  const { rows: timed, time } = timedRows(
    context,
    name,
    plan,
    resolveName(context, { relations: [columns], parent: null }, timeName(context, given.get('time')!)),
  );
  const length = (part: Part) => {
    const argument = given.get(part);
    const at = plainContext(context, EMPTY_SCOPE, 'the length of a window');
    return argument === undefined ? null : bindArguments(at, [{ ...argument, name: null }])[0]!;
  };
  const lengths = { step: length('step'), size: length('size')!, offset: length('offset') };
  checkMultiple(context, name, lengths);
  const keys = partitionBy.map((column) => columnOf(column));
  const { plan: rows, bounds } = windowed(timed, time, windowOf(context, name, lengths, keys), context.ids);
  const named = [...plan.columns, ...withFreeNames(plan.columns, [bounds.start, bounds.end, bounds.time])];
  return {
    plan: { ...rows, columns: named, span: node.span },
    relations: [aliased(context, named, node.alias, name)],
  };
}

/** The arguments by what they are. @throws {SqlError} where one is unknown, missing or given twice. */
function partsOf(
  context: BindContext,
  call: FunctionCallNode,
  name: WindowName,
): ReadonlyMap<Part, ArgumentNode> {
  const parameters = PARAMETERS[name];
  const given = new Map<Part, ArgumentNode>();
  for (const [i, argument] of call.arguments.entries()) {
    const word = argument.name?.name.toUpperCase();
    const part = word === undefined ? parameters[i] : parameters.find(([known]) => known === word);
    if (part === undefined || given.has(part[1])) throw wrongArguments(context, call, name);
    given.set(part[1], argument);
  }
  const isComplete = parameters.every(([, part]) => part === 'offset' || given.has(part));
  if (!isComplete) throw wrongArguments(context, call, name);
  return given;
}

function wrongArguments(context: BindContext, call: FunctionCallNode, name: WindowName) {
  const words: Readonly<Partial<Record<Part, string>>> = { table: 'TABLE t', time: 'DESCRIPTOR(ts)' };
  const needed = PARAMETERS[name].filter(([, part]) => part !== 'offset');
  const optional = PARAMETERS[name].length > needed.length ? ' [, offset]' : '';
  const signature = needed.map(([word, part]) => words[part] ?? word.toLowerCase()).join(', ');
  return bindError(
    context,
    'SQL_ARGUMENTS',
    `These are not the arguments of ${name}.`,
    call.span,
    `Write ${name}(${signature}${optional}); lengths are constants such as INTERVAL '10' MINUTE.`,
  );
}

function timeName(context: BindContext, { value, span }: ArgumentNode) {
  if (value.kind === 'descriptor' && value.columns.length === 1) {
    return { span: value.columns[0]!.span, parts: value.columns };
  }
  throw bindError(context, 'SQL_ARGUMENTS', 'The time column is given as DESCRIPTOR(column).', span);
}

/** A name that the table has already gets the next free number. */
function withFreeNames(taken: readonly PlanColumn[], own: readonly PlanColumn[]): PlanColumn[] {
  const names = new Set(taken.map((column) => column.name));
  return own.map((column) => {
    let { name } = column;
    for (let i = 0; names.has(name); i++) name = `${column.name}${i}`;
    return { ...column, name };
  });
}
