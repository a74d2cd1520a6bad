import { InternalError } from '../errors.js';

/** The error for Arrow bytes that break the format: code `BATCH_MALFORMED`, with what was found. */
export function malformedBatch(found: string, cause?: unknown): InternalError {
  return new InternalError('BATCH_MALFORMED', `An Arrow message is malformed: ${found}.`, {
    hint: 'A worker sent bytes that do not follow protocol 1; please report it with the job that shows it.',
    cause,
  });
}
