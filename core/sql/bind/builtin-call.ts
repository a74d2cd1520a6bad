/** Calls of built-in functions and operators. */

import {
  type FunctionArgument,
  FunctionResolutionError,
  type ResolvedFunction,
  resolveScalar,
} from '../../functions/builtins.js';
import type { Expression } from '../../plan/expression.js';
import type { Span } from '../span.js';
import { type BindEnvironment, bindError } from './bind-context.js';
import { coerce } from './coerce.js';

/** A call of a scalar built-in, its arguments converted as its signature asks. */
export function callBuiltin(
  environment: BindEnvironment,
  name: string,
  args: readonly Expression[],
  span: Span | null,
): Expression {
  const resolved = resolveOrThrow(environment, span, () => resolveScalar(name, args.map(argumentOf)));
  return {
    kind: 'call',
    function: resolved.id,
    arguments: coerced(args, resolved),
    type: resolved.type,
    span,
  };
}

/** The arguments with the conversions of a resolved call. */
export function coerced(args: readonly Expression[], resolved: ResolvedFunction): Expression[] {
  return args.map((argument, i) => {
    const target = resolved.coercions[i] ?? null;
    return target === null ? argument : coerce(argument, target);
  });
}

/** An argument as type inference sees it. */
export function argumentOf(argument: Expression): FunctionArgument {
  return argument.kind === 'literal'
    ? { type: argument.type, literal: argument.value }
    : { type: argument.type };
}

/** Gives an unresolved call its place. */
export function resolveOrThrow(
  environment: BindEnvironment,
  span: Span | null,
  resolve: () => ResolvedFunction,
): ResolvedFunction {
  try {
    return resolve();
  } catch (error) {
    if (!(error instanceof FunctionResolutionError)) throw error;
    const code = error.reason === 'unknown' ? 'SQL_UNKNOWN_FUNCTION' : 'SQL_ARGUMENTS';
    const words = error.candidates.join(error.reason === 'unknown' ? ' or ' : '; ');
    const hint =
      words === '' ? null : error.reason === 'unknown' ? `Did you mean ${words}?` : `It takes: ${words}.`;
    throw bindError(environment, code, error.message, span, hint);
  }
}
