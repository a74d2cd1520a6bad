/** Any error → the JSON form that errors have on the wire. */
import { ERROR_KINDS, MillstreamError, NO_DETAILS, renderSqlError } from '../../core/index.js';
import { JobError } from '../job/job-error.js';

/** Fields of the error, and the text to show below its message: the SQL line with a caret; null: none. */
export function wireError(error: unknown, sql: string | null): { error: object; excerpt: string | null } {
  if (!(error instanceof MillstreamError)) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const hint = 'This is a defect of Millstream: please report it with this message.';
    return {
      error: { kind: 'internal', code: 'INTERNAL', message: text, hint, details: NO_DETAILS },
      excerpt: null,
    };
  }
  const { code, message, hint, details } = error;
  return { error: { kind: kindOf(error), code, message, hint, details }, excerpt: excerptOf(error, sql) };
}

function kindOf(error: MillstreamError): string {
  return Object.entries(ERROR_KINDS).find(([, Kind]) => error instanceof Kind)?.[0] ?? 'internal';
}

function excerptOf(error: MillstreamError, sql: string | null): string | null {
  const { file, line, column } = error.details;
  if (error instanceof JobError)
    return error.source === null ? null : renderSqlError(error.source.text, error);
  if (sql === null || file !== null || line === null || column === null) return null;
  return renderSqlError(sql, new MillstreamError(error.code, error.message, { details: error.details }));
}
