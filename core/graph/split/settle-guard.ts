/**
 * Makes the guard of a call computable before the call: conditions may name the call itself, or calls made
 * later.
 */
import { conjunction, conjunctsOf, disjunction } from '../../plan/conjuncts.js';
import type { Expression } from '../../plan/expression.js';
import { literalOf } from '../../plan/expression-builders.js';
import { type CallSet, callsIn } from './call-set.js';

/**
 * The OR of `guards`, each the condition of one place where the call stands.
 *
 * A condition that names the call itself comes from a later place, as in `(p AND f) OR (q AND f)`: where the
 * first place did not need f, the condition does not depend on it, so NULL may stand for it. A condition that
 * names another call which is not made yet is left out: two calls guard each other, and one has to come
 * first.
 *
 * @returns null where the call is made for every row
 */
export function settleGuard(
  key: string,
  guards: readonly Expression[],
  isMade: (key: string) => boolean,
  set: CallSet,
): Expression | null {
  const settled: Expression[] = [];
  for (const guard of guards) {
    const conditions = conjunctsOf(guard)
      .map((condition) => set.replace(condition, new Map([[key, nullFor(key, condition, set)]])))
      .filter((condition) => callsIn(condition).every((call) => isMade(set.keyOf(call))));
    const both = conjunction(conditions);
    if (both === null) return null;
    settled.push(both);
  }
  return disjunction(settled);
}

function nullFor(key: string, condition: Expression, set: CallSet): Expression {
  const self = callsIn(condition).find((call) => set.keyOf(call) === key);
  return literalOf(null, self?.type ?? condition.type);
}
