/** Failures of a running job that know no place: the statement may have only one expression that they can be of. */
import {
  type Expression,
  expressionsOf,
  locate,
  type QueryPlan,
  type Span,
  SqlError,
  someExpression,
  somePlan,
} from '../../core/index.js';

/** The error with the place of the one expression that fails so; as it is where there are several, or it has a place. */
export function placedFailure(error: unknown, queries: readonly QueryPlan[], sql: string): unknown {
  if (!(error instanceof SqlError) || error.code !== 'SQL_EXECUTION' || error.details.line !== null)
    return error;
  const isSuspect = suspectOf(error.message);
  if (isSuspect === null) return error;
  const spans = spansOf(queries, isSuspect);
  if (spans.length !== 1) return error;
  const details = { ...error.details, ...locate(sql, spans[0]!) };
  return new SqlError(error.code, error.message, { details, hint: error.hint, cause: error.cause });
}

function suspectOf(message: string): ((expression: Expression) => boolean) | null {
  if (/^A subquery used as a value/.test(message)) return (e) => e.kind === 'subquery' && e.form === 'scalar';
  const name = /^[A-Z][A-Z0-9_]+\b/.exec(message)?.[0];
  return name === undefined ? null : (e) => e.kind === 'call' && e.function === name;
}

function spansOf(queries: readonly QueryPlan[], isSuspect: (expression: Expression) => boolean): Span[] {
  const found = new Map<string, Span>();
  for (const { root } of queries) {
    somePlan(root, (node) => {
      for (const expression of expressionsOf(node)) {
        someExpression(expression, (e) => {
          if (isSuspect(e) && e.span !== null) found.set(`${e.span.start}-${e.span.end}`, e.span);
          return false;
        });
      }
      return false;
    });
  }
  return [...found.values()];
}
