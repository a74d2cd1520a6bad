/**
 * The Python calls of some expressions: each distinct call once, with the condition under which it is needed.
 */
import { conjunction } from '../../plan/conjuncts.js';
import type { Expression } from '../../plan/expression.js';
import type { PythonCallExpression } from '../../plan/expression-builders.js';
import { callsPython, isNondeterministic } from '../../plan/expression-facts.js';
import { expressionKey } from '../../plan/expression-key.js';
import { mapOperands, operandsOf } from '../../plan/visit-expression.js';
import { guardedOperands } from './guards.js';

/** A call to be made. */
export interface NeededCall {
  readonly key: string;
  readonly call: PythonCallExpression;
  /** The call is needed where one of them (BOOLEAN) is TRUE; null: for every row. */
  readonly guards: readonly Expression[] | null;
}

/** Collects calls; equal deterministic calls are one, whose guard is the OR of theirs. */
export class CallSet {
  readonly #calls = new Map<string, { call: PythonCallExpression; guards: Expression[] | null }>();
  readonly #identities = new Map<Expression, string>();

  /** Adds every call inside the expression that is not `known`. */
  add(expression: Expression, known: ReadonlyMap<string, Expression>, guard: Expression | null = null): void {
    if (expression.kind === 'python_call' && known.has(this.keyOf(expression))) return;
    for (const { operand, condition } of guardedOperands(expression)) {
      const both = [guard, condition].filter((part) => part !== null);
      this.add(operand, known, conjunction(both));
    }
    if (expression.kind === 'python_call') this.#need(expression, guard);
  }

  /** The calls, those in the arguments of others first. */
  needed(): NeededCall[] {
    return [...this.#calls].map(([key, { call, guards }]) => ({ key, call, guards }));
  }

  /** Equal for calls that may share one evaluation: same function and arguments, all of it deterministic. */
  keyOf(call: PythonCallExpression): string {
    if (!isNondeterministic(call)) return expressionKey(call);
    let identity = this.#identities.get(call);
    if (identity === undefined) {
      identity = `call ${this.#identities.size}`;
      this.#identities.set(call, identity);
    }
    return identity;
  }

  /** The expression with every call that has a result replaced by it, outermost calls first. */
  replace(expression: Expression, results: ReadonlyMap<string, Expression>): Expression {
    if (expression.kind === 'python_call') {
      const result = results.get(this.keyOf(expression));
      if (result !== undefined) return result;
    }
    return mapOperands(expression, (operand) => this.replace(operand, results));
  }

  #need(call: PythonCallExpression, guard: Expression | null): void {
    const key = this.keyOf(call);
    const earlier = this.#calls.get(key);
    if (earlier === undefined) {
      this.#calls.set(key, { call, guards: guard === null ? null : [guard] });
    } else if (guard === null) {
      earlier.guards = null;
    } else if (
      earlier.guards !== null &&
      !earlier.guards.some((g) => expressionKey(g) === expressionKey(guard))
    ) {
      earlier.guards.push(guard);
    }
  }
}

/** The Python calls inside the expression, those in the arguments of others first. */
export function callsIn(expression: Expression): PythonCallExpression[] {
  if (!callsPython(expression)) return [];
  const inside = operandsOf(expression).flatMap(callsIn);
  return expression.kind === 'python_call' ? [...inside, expression] : inside;
}
