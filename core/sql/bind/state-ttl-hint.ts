import type { HintNode } from '../ast.js';
import { type BindContext, bindError } from './bind-context.js';

/**
 * Refuses STATE_TTL in a stream, where it would change results; batches have no state.
 * @throws {SqlError} SQL_UNSUPPORTED
 */
export function refuseStateTtl(context: BindContext, hints: readonly HintNode[]): void {
  const hint = hints.find(({ name }) => name.name.toUpperCase() === 'STATE_TTL');
  if (hint === undefined || context.streaming !== true) return;
  throw bindError(
    context,
    'SQL_UNSUPPORTED',
    'STATE_TTL for single inputs is not taken.',
    hint.span,
    "SET 'table.exec.state.ttl' holds for all states of the job.",
  );
}
