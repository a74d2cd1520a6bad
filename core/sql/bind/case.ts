/** CASE. */
import type { Expression } from '../../plan/expression.js';
import { withNullable } from '../../types/types.js';
import type { ExpressionNode } from '../ast.js';
import { callBuiltin } from './builtin-call.js';
import { coerceAll } from './coerce.js';
import { bindCondition, bindExpression } from './expression.js';
import type { ExpressionContext } from './expression-context.js';

type CaseNode = Extract<ExpressionNode, { kind: 'case' }>;

/** `CASE x WHEN a, b THEN …` compares x with each; all results take one type; without ELSE it may be NULL. */
export function bindCase(at: ExpressionContext, node: CaseNode): Expression {
  const operand = node.operand === null ? null : bindExpression(at, node.operand);
  const conditions = node.branches.map((branch) => {
    if (operand === null) return bindCondition({ ...at, clause: 'WHEN' }, branch.when[0]!);
    return branch.when
      .map((value) => callBuiltin(at.context, '=', [operand, bindExpression(at, value)], value.span))
      .reduce((all, next) => callBuiltin(at.context, 'OR', [all, next], branch.span));
  });
  const results = node.branches.map((branch) => bindExpression(at, branch.then));
  const otherwise = node.otherwise === null ? null : bindExpression(at, node.otherwise);
  const all = otherwise === null ? results : [...results, otherwise];
  const { expressions, type } = coerceAll(at.context, all, 'The results of CASE');
  const nullable = otherwise === null || all.some((result) => result.type.nullable);
  return {
    kind: 'case',
    // biome-ignore lint/suspicious/noThenProperty: a branch of CASE, never awaited
    branches: conditions.map((when, i) => ({ when, then: expressions[i]! })),
    otherwise: otherwise === null ? null : expressions.at(-1)!,
    type: withNullable(type, nullable),
    span: node.span,
  };
}
