/**
 * Which calls can be made together. A level is one visit to Python stages; relational work stands between levels. A call
 * whose argument is another call of the same workers, under the same guard, is a step after it in the same stage.
 */
import { callsPython } from '../../plan/expression-facts.js';
import { expressionKey } from '../../plan/expression-key.js';
import type { Expression } from '../../plan/expression.js';
import { operandsOf } from '../../plan/visit-expression.js';
import type { CallSet, NeededCall } from './call-set.js';

/** A call with its place. */
export interface PlacedCall extends NeededCall {
  readonly level: number;
  readonly resourceGroup: string;
}

/** Places the calls, which come with those in the arguments of others first. */
export function placeCalls(
  calls: readonly NeededCall[],
  set: CallSet,
  resourceGroupOf: (functionName: string) => string,
): PlacedCall[] {
  const placed = new Map<string, PlacedCall>();
  for (const call of calls) {
    const resourceGroup = resourceGroupOf(call.call.function);
    const below = (expression: Expression): number[] =>
      innermostFirst(expression).flatMap((inner) => {
        const place = placed.get(set.keyOf(inner));
        return place === undefined ? [] : [place.level + 1];
      });
    const levels = [0, ...(call.guard === null ? [] : below(call.guard))];
    for (const argument of call.call.arguments) {
      const direct = argument.kind === 'python_call' ? placed.get(set.keyOf(argument)) : undefined;
      if (direct !== undefined && canFollow(direct, { ...call, resourceGroup })) levels.push(direct.level);
      else levels.push(...below(argument));
    }
    placed.set(call.key, { ...call, level: Math.max(...levels), resourceGroup });
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

function innermostFirst(expression: Expression): Extract<Expression, { kind: 'python_call' }>[] {
  if (!callsPython(expression)) return [];
  const inside = operandsOf(expression).flatMap(innermostFirst);
  return expression.kind === 'python_call' ? [...inside, expression] : inside;
}
