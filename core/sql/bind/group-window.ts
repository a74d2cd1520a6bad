/** Windows in GROUP BY, as SQL had them before window table functions: `GROUP BY TUMBLE(ts, INTERVAL '1' HOUR)`. */
import type { Expression } from '../../plan/expression.js';
import { columnOf } from '../../plan/expression-builders.js';
import { expressionKey } from '../../plan/expression-key.js';
import type { LogicalPlan } from '../../plan/logical-plan.js';
import { windowed } from '../../plan/time-window.js';
import type { ExpressionNode, FunctionCallNode, GroupBy } from '../ast.js';
import { type BindContext, bindError } from './bind-context.js';
import { bindArguments } from './call.js';
import { bindExpression } from './expression.js';
import { type ExpressionContext, plainContext } from './expression-context.js';
import type { GroupWindow, Scope } from './scope.js';
import { timedRows, type WindowLengths, type WindowName, windowName, windowOf } from './time-window.js';

/** `TUMBLE_START(…)` and its like: what is asked of which window. */
const PROPERTY = /^(TUMBLE|HOP|SESSION)_(START|END|ROWTIME|PROCTIME)$/;

/** True for the windows of GROUP BY and the functions that ask about them. */
export function isAboutWindow(call: FunctionCallNode): boolean {
  return windowName(call) !== null || PROPERTY.test(call.name.parts[0]!.name.toUpperCase());
}

/** The rows in their windows and a scope that knows of them; both as they are where GROUP BY has no window. */
export function bindGroupWindow(
  context: BindContext,
  groupBy: GroupBy | null,
  scope: Scope,
  rows: LogicalPlan,
): { readonly scope: Scope; readonly rows: LogicalPlan } {
  const items = groupBy?.items.flatMap((item) =>
    item.kind === 'grouping_expression' ? [item.expression] : [],
  );
  const [call, second] = (items ?? []).filter(isGroupWindow);
  if (call === undefined) return { scope, rows };
  if (second !== undefined) {
    throw bindError(context, 'SQL_INVALID', 'GROUP BY takes one window of time.', second.span);
  }
  const at = plainContext(context, scope, 'GROUP BY');
  const name = windowName(call)!;
  const args = bindArguments(at, call.arguments);
  const timed = timedRows(context, name, rows, argument(context, call, args, 0));
  const others = items!.filter((item) => item !== call).map((item) => bindExpression(at, item));
  const window = windowOf(context, name, lengthsOf(context, call, name, args), others);
  const { plan, bounds } = windowed(timed.rows, timed.time, window, context.ids);
  return { scope: { ...scope, groupWindow: { name, key: keyOf(args), bounds } }, rows: plan };
}

/** True for a call in GROUP BY that is a window of time. */
export function isGroupWindow(expression: ExpressionNode): expression is FunctionCallNode {
  const name = expression.kind === 'function_call' ? windowName(expression) : null;
  return name !== null && name !== 'CUMULATE';
}

/** The columns that stand for the window in GROUP BY. */
export function groupWindowKeys({ bounds }: GroupWindow): Expression[] {
  return [columnOf(bounds.start), columnOf(bounds.end), columnOf(bounds.time)];
}

/** `TUMBLE_START(…)` and its like. @throws {SqlError} where the SELECT does not group by that window. */
export function bindWindowProperty(at: ExpressionContext, node: FunctionCallNode): Expression {
  const { context, scope } = at;
  const written = node.name.parts[0]!.name.toUpperCase();
  const [, name, property] = PROPERTY.exec(written) ?? [];
  if (name === undefined) {
    throw bindError(
      context,
      'SQL_INVALID',
      `${written} stands in GROUP BY, or in FROM.`,
      node.span,
      `Write FROM TABLE(${written}(TABLE t, DESCRIPTOR(ts), …)) and use window_start and window_end.`,
    );
  }
  if (property === 'PROCTIME') {
    const message = `${written} is not supported.`;
    throw bindError(context, 'SQL_UNSUPPORTED', message, node.span, `Use ${name}_END.`);
  }
  const window = scope.groupWindow;
  const plain: ExpressionContext = { ...at, aggregates: null, windows: null };
  if (window?.name !== name || window.key !== keyOf(bindArguments(plain, node.arguments))) {
    throw bindError(
      context,
      'SQL_INVALID',
      `${written} needs GROUP BY ${name}(…) with the same arguments.`,
      node.span,
    );
  }
  const { start, end, time } = window.bounds;
  return columnOf(property === 'START' ? start : property === 'END' ? end : time, node.span);
}

/** HOP has its slide before its size. */
function lengthsOf(
  context: BindContext,
  call: FunctionCallNode,
  name: WindowName,
  args: readonly Expression[],
): WindowLengths {
  const isHop = name === 'HOP';
  const most = isHop ? 4 : name === 'TUMBLE' ? 3 : 2;
  const size = argument(context, call, args, isHop ? 2 : 1);
  if (args.length > most) throw wrongCount(context, call);
  return { step: isHop ? args[1]! : null, size, offset: args[isHop ? 3 : 2] ?? null };
}

function argument(
  context: BindContext,
  call: FunctionCallNode,
  args: readonly Expression[],
  i: number,
): Expression {
  const found = args[i];
  if (found === undefined) throw wrongCount(context, call);
  return found;
}

function wrongCount(context: BindContext, call: FunctionCallNode) {
  const name = windowName(call)!;
  const lengths = { TUMBLE: 'size', HOP: 'slide, size', SESSION: 'gap', CUMULATE: '' }[name];
  const hint = `Write ${name}(ts, ${lengths}); lengths are constants such as INTERVAL '10' MINUTE.`;
  return bindError(context, 'SQL_ARGUMENTS', `These are not the arguments of ${name}.`, call.span, hint);
}

function keyOf(args: readonly Expression[]): string {
  return JSON.stringify(args.map(expressionKey));
}
