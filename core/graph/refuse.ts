/** Errors of the planner: valid statements that this engine cannot run, with the rewriting that works. */
import { PlanError } from '../errors.js';
import { locate } from '../sql/bind/locate.js';
import type { Span } from '../sql/span.js';

/** Codes of the planner's errors. */
export type RefusalCode =
  | 'PLAN_UNSUPPORTED'
  | 'PLAN_STREAMING'
  | 'PLAN_UNBOUNDED'
  | 'PLAN_CONNECTOR'
  | 'PLAN_CHANGELOG';

/** A `PlanError` at a place of the SQL text; `hint` says the rewriting that works. */
export function refusal(
  code: RefusalCode,
  message: string,
  place: { readonly sql: string | null; readonly span: Span | null },
  hint: string,
): PlanError {
  return new PlanError(code, message, { hint, details: locate(place.sql, place.span) });
}
