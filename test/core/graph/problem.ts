import { MillstreamError } from '../../../core/errors.js';

/** The error as `CODE line:column+length message | hint`. */
export function problem(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (!(error instanceof MillstreamError)) throw error;
    const { line, column, length } = error.details;
    const hint = error.hint === null ? '' : ` | ${error.hint}`;
    return `${error.code} ${line}:${column}+${length} ${error.message}${hint}`;
  }
  return 'no error';
}
