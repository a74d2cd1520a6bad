/** Means and deviations with OVER: sums in the arithmetic of their type, as Flink computes them there. */
import { resolveWindow } from '../../functions/builtins.js';
import type { Expression } from '../../plan/expression.js';
import { literalOf, type WindowCall } from '../../plan/expression-builders.js';
import { isInteger } from '../../types/type-family.js';
import { types } from '../../types/types.js';
import type { BindEnvironment } from './bind-context.js';
import { argumentOf, callBuiltin, coerced } from './builtin-call.js';
import { coerce } from './coerce.js';

const BIGINT = types.notNull(types.bigint());

/** True for calls that `momentOver` takes: AVG of integers, deviations of integers and decimals. */
export function isMoment({ function: name, arguments: [value], python }: WindowCall): boolean {
  if (python !== null || value === undefined) return false;
  if (isInteger(value.type)) return /^(AVG|(STDDEV|VAR)_(POP|SAMP))$/.test(name);
  return value.type.kind === 'DECIMAL' && /^(STDDEV|VAR)_(POP|SAMP)$/.test(name);
}

/**
 * `SUM(x) / COUNT(x)`, or `(SUM(x * x) - SUM(x) * SUM(x) / COUNT(x)) / n`, each step cut to the type of the result;
 * the root of the latter for STDDEV.
 */
export function momentOver(environment: BindEnvironment, call: WindowCall): Expression {
  const [x] = call.arguments;
  const { span, type } = call;
  const apply = (name: string, ...args: Expression[]) => callBuiltin(environment, name, args, span);
  const cut = (value: Expression) => coerce(value, type);
  const over = (name: string, argument: Expression): WindowCall => {
    const resolved = resolveWindow(name, [argumentOf(argument)]);
    return { ...call, function: resolved.id, arguments: coerced([argument], resolved), type: resolved.type };
  };
  const count = over('COUNT', x!);
  const total = cut(over('SUM', x!));
  if (call.function === 'AVG') return cut(apply('/', total, some(count)));
  const squares = cut(over('SUM', apply('*', x!, x!)));
  const spread = cut(apply('-', squares, cut(apply('/', cut(apply('*', total, total)), some(count)))));
  const variance = cut(apply('/', spread, some(divisor())));
  return call.function.startsWith('VAR') ? variance : cut(apply('SQRT', coerce(variance, types.double())));

  function divisor(): Expression {
    return call.function.endsWith('POP') ? count : apply('-', count, literalOf(1, BIGINT));
  }

  /** NULL where there are no rows. */
  function some(number: Expression): Expression {
    return apply('NULLIF', number, literalOf(0, BIGINT));
  }
}
