/** Places for errors that know none. */
import { locate, MillstreamError, type Span } from '../../core/index.js';

/** Errors of the catalog and the configuration know no place; the statement's is added where they have none. */
export function withPlace<T>(sql: string, span: Span, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof MillstreamError) || error.details.line !== null) throw error;
    const Kind = error.constructor as typeof MillstreamError;
    const details = { ...error.details, ...locate(sql, span), length: 1 };
    throw new Kind(error.code, error.message, { details, hint: error.hint, cause: error.cause });
  }
}
