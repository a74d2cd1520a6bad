/** The aggregate calls of a SELECT: each distinct one becomes a column of its GROUP BY. */
import { resolveAggregate } from '../../functions/builtins.js';
import type { AggregateCall, Expression } from '../../plan/expression.js';
import { columnOf } from '../../plan/expression-builders.js';
import { expressionKey } from '../../plan/expression-key.js';
import type { PlanColumn } from '../../plan/logical-plan.js';
import type { FunctionCallNode } from '../ast.js';
import { bindError } from './bind-context.js';
import { argumentOf, coerced, resolveOrThrow } from './builtin-call.js';
import { bindArguments, type FunctionCallee } from './call.js';
import { bindCondition } from './expression.js';
import type { ExpressionContext } from './expression-context.js';
import { bindSortKeys } from './order-by.js';
import { bindPythonArguments } from './python-arguments.js';
import { pythonResultType } from './python-types.js';

/** Binds aggregate calls over the rows before grouping. */
export class AggregateCollector {
  readonly #calls: AggregateCall[] = [];
  readonly #columns: PlanColumn[] = [];
  readonly #known = new Map<string, number>();

  /** The calls and the columns that hold their results. */
  get calls(): readonly AggregateCall[] {
    return this.#calls;
  }

  get columns(): readonly PlanColumn[] {
    return this.#columns;
  }

  /** A reference to the result of a call. Its operands may have no aggregates themselves. */
  bind(outer: ExpressionContext, node: FunctionCallNode, callee: FunctionCallee): Expression {
    const at: ExpressionContext = {
      ...outer,
      aggregates: null,
      windows: null,
      clause: 'an aggregate',
      selected: [],
    };
    const call = bindAggregateCall(at, node, callee);
    const key = JSON.stringify([
      call.function,
      call.distinct,
      call.argumentNames,
      call.arguments.map(expressionKey),
      call.filter === null ? null : expressionKey(call.filter),
      call.withinGroup.map((item) => [expressionKey(item.expression), item.descending, item.nullsFirst]),
    ]);
    let position = this.#known.get(key);
    if (position === undefined) {
      position = this.#calls.length;
      this.#known.set(key, position);
      this.#calls.push(call);
      this.#columns.push(at.context.ids.column(call.function.toLowerCase(), call.type));
    }
    return columnOf(this.#columns[position]!, node.span);
  }
}

/** An aggregate call over the rows of `at.scope`. */
export function bindAggregateCall(
  at: ExpressionContext,
  node: FunctionCallNode,
  callee: FunctionCallee,
): AggregateCall {
  if (node.nulls !== null) {
    const message = 'IGNORE NULLS and RESPECT NULLS are supported for window functions only.';
    throw bindError(at.context, 'SQL_UNSUPPORTED', message, node.span);
  }
  const rest = {
    distinct: node.distinct,
    filter: node.filter === null ? null : bindCondition({ ...at, clause: 'FILTER' }, node.filter),
    withinGroup: bindSortKeys(at, node.withinGroup),
    span: node.span,
  };
  if (callee.kind === 'python') {
    const { args, names } = bindPythonArguments(at, node, callee.declaration);
    return {
      kind: 'aggregate_call',
      function: callee.declaration.name,
      python: true,
      arguments: args,
      argumentNames: names,
      type: pythonResultType(at.context, callee.declaration, node.span),
      ...rest,
    };
  }
  const isStar = node.arguments.length === 1 && node.arguments[0]!.value.kind === 'star';
  if (isStar && callee.name !== 'COUNT') {
    throw bindError(
      at.context,
      'SQL_ARGUMENTS',
      `${callee.name}(*) does not exist; only COUNT(*) does.`,
      node.span,
    );
  }
  const args = isStar ? [] : bindArguments(at, node.arguments);
  const resolved = resolveOrThrow(at.context, node.span, () =>
    resolveAggregate(callee.name, args.map(argumentOf), node.distinct),
  );
  return {
    kind: 'aggregate_call',
    function: resolved.id,
    python: false,
    arguments: coerced(args, resolved),
    argumentNames: args.map(() => null),
    type: resolved.type,
    ...rest,
  };
}
