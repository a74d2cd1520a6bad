/** Places for errors that know none. */
import { locate, MillstreamError, type Span, type Statement } from '../../core/index.js';

/** Errors of the catalog and the configuration know no place; the statement's is added where they have none. */
export function withPlace<T>(sql: string, span: Span, run: () => T): T {
  return placed(sql, span, () => null, run);
}

/** As `withPlace`; what is wrong with the name of a statement, or the key of a setting, is told there. */
export function withStatementPlace<T>(sql: string, statement: Statement, run: () => T): T {
  return placed(sql, statement.span, (code) => (ABOUT_NAMES.test(code) ? nameSpan(statement) : null), run);
}

const ABOUT_NAMES = /^(SQL_UNKNOWN_|SQL_EXISTS$|SQL_IN_USE$|FUNCTION_NOT_FOUND$|OPTION_)/;

function nameSpan(statement: Statement): Span | null {
  if (statement.kind === 'set' || statement.kind === 'reset') return statement.key?.span ?? null;
  return 'name' in statement && statement.name !== null ? statement.name.span : null;
}

/** A whole statement is marked at its first character. */
function placed<T>(sql: string, whole: Span, partOf: (code: string) => Span | null, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof MillstreamError) || error.details.line !== null) throw error;
    const Kind = error.constructor as typeof MillstreamError;
    const part = partOf(error.code);
    const place = part === null ? { ...locate(sql, whole), length: 1 } : locate(sql, part);
    const details = { ...error.details, ...place };
    throw new Kind(error.code, error.message, { details, hint: error.hint, cause: error.cause });
  }
}
