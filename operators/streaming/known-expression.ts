/** Expressions that the planner has compiled once before. */
import { type Evaluate, InternalError } from '../../core/index.js';

/** What `compile` gave. */
export function known(evaluate: Evaluate | null): Evaluate {
  if (evaluate === null)
    throw new InternalError('INTERNAL', 'The planner gave the core an expression of DuckDB.');
  return evaluate;
}
