/** Under which condition each part of an expression is evaluated: CASE, COALESCE, AND, OR and their like. */
import { conjunction } from '../../plan/conjuncts.js';
import type { Expression } from '../../plan/expression.js';
import { predicate } from '../../plan/expression-builders.js';
import { operandsOf } from '../../plan/visit-expression.js';

/** An operand with the condition under which it is evaluated; null: always (where the whole is). */
export interface GuardedOperand {
  readonly operand: Expression;
  readonly condition: Expression | null;
}

/** The direct operands of an expression, each with its condition (BOOLEAN NOT NULL). */
export function guardedOperands(expression: Expression): readonly GuardedOperand[] {
  if (expression.kind === 'case') return guardedBranches(expression);
  if (expression.kind === 'call') {
    const operands = expression.arguments;
    switch (expression.function) {
      case 'AND':
        return chained(operands, (earlier) => predicate('IS NOT FALSE', [earlier]));
      case 'OR':
        return chained(operands, (earlier) => predicate('IS NOT TRUE', [earlier]));
      case 'COALESCE':
      case 'IFNULL':
        return chained(operands, (earlier) => predicate('IS NULL', [earlier]));
      case 'IF':
        return guardedIf(operands);
    }
  }
  return operandsOf(expression).map((operand) => ({ operand, condition: null }));
}

/** Each operand is evaluated while `goesOn` holds for all before it. */
function chained(
  operands: readonly Expression[],
  goesOn: (earlier: Expression) => Expression,
): GuardedOperand[] {
  return operands.map((operand, i) => ({
    operand,
    condition: conjunction(operands.slice(0, i).map(goesOn)),
  }));
}

function guardedIf(operands: readonly Expression[]): GuardedOperand[] {
  const [condition, then, otherwise] = operands;
  const result: GuardedOperand[] = [{ operand: condition!, condition: null }];
  if (then !== undefined) result.push({ operand: then, condition: predicate('IS TRUE', [condition!]) });
  if (otherwise !== undefined) {
    result.push({ operand: otherwise, condition: predicate('IS NOT TRUE', [condition!]) });
  }
  return result;
}

function guardedBranches(expression: Extract<Expression, { kind: 'case' }>): GuardedOperand[] {
  const result: GuardedOperand[] = [];
  const passed: Expression[] = [];
  for (const { when, then } of expression.branches) {
    result.push({ operand: when, condition: conjunction(passed) });
    result.push({ operand: then, condition: conjunction([...passed, predicate('IS TRUE', [when])]) });
    passed.push(predicate('IS NOT TRUE', [when]));
  }
  if (expression.otherwise !== null) {
    result.push({ operand: expression.otherwise, condition: conjunction(passed) });
  }
  return result;
}
