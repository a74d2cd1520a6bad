/**
 * Which calls can be made together. A level is one visit to Python stages; relational work stands between
 * levels. A call whose argument is another call of the same workers, under the same guard, is a step after it
 * in the same stage.
 */

import type { Expression } from '../../plan/expression.js';
import { expressionKey } from '../../plan/expression-key.js';
import { type CallSet, callsIn, type NeededCall } from './call-set.js';
import { settleGuard } from './settle-guard.js';

/** A call with its place. */
export interface PlacedCall extends Omit<NeededCall, 'guards'> {
  /** BOOLEAN; the call is made where it is TRUE. Null: for every row. */
  readonly guard: Expression | null;
  readonly level: number;
  readonly resourceGroup: string;
}

/**
 * Places the calls, which come with those in the arguments of others first; `known` ones have results
 * already.
 */
export function placeCalls(
  calls: readonly NeededCall[],
  set: CallSet,
  known: ReadonlyMap<string, Expression>,
  resourceGroupOf: (functionName: string) => string,
): PlacedCall[] {
  const placed = new Map<string, PlacedCall>();
  const isMade = (key: string) => placed.has(key) || known.has(key);
  const above = (expression: Expression): number[] =>
    callsIn(expression).flatMap((inner) => {
      const place = placed.get(set.keyOf(inner));
      return place === undefined ? [] : [place.level + 1];
    });
  for (const { key, call, guards } of calls) {
    const resourceGroup = resourceGroupOf(call.function);
    const guard = guards === null ? null : settleGuard(key, guards, isMade, set);
    const levels = [0, ...(guard === null ? [] : above(guard))];
    for (const argument of call.arguments) {
      const direct = argument.kind === 'python_call' ? placed.get(set.keyOf(argument)) : undefined;
      if (direct !== undefined && canFollow(direct, { guard, resourceGroup })) levels.push(direct.level);
      else levels.push(...above(argument));
    }
    placed.set(key, { key, call, guard, level: Math.max(...levels), resourceGroup });
  }
  return [...placed.values()];
}

/** True where `next` may be a step after `earlier` in one stage, if they are of one level. */
export function canFollow(
  earlier: Pick<PlacedCall, 'resourceGroup' | 'guard'>,
  next: Pick<PlacedCall, 'resourceGroup' | 'guard'>,
): boolean {
  return earlier.resourceGroup === next.resourceGroup && guardKey(earlier.guard) === guardKey(next.guard);
}

function guardKey(guard: Expression | null): string {
  return guard === null ? '' : expressionKey(guard);
}
