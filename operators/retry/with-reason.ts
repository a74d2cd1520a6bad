import type { MillstreamError } from '../../core/index.js';

/** The same error with a sentence more, which says why nothing was done about it. */
export function withReason(error: MillstreamError, sentence: string): MillstreamError {
  const Kind = error.constructor as typeof MillstreamError;
  const message = /[.!?]$/.test(error.message) ? error.message : `${error.message}.`;
  return new Kind(error.code, `${message} ${sentence}`, {
    details: error.details,
    hint: error.hint,
    cause: error,
  });
}
