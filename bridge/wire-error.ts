/** The JSON form of errors ↔ the classes of core/errors.ts. */
import { ERROR_KINDS, type MillstreamError } from '../core/index.js';
import type { WireError } from './protocol/messages.js';

/** The error that a worker reported; `worker` and `stage` fill what the worker left open. */
export function fromWireError(
  wire: WireError,
  place: { readonly worker: string; readonly stage: string | null },
): MillstreamError {
  return new ERROR_KINDS[wire.kind](wire.code, wire.message, {
    hint: wire.hint,
    details: {
      ...wire.details,
      worker: wire.details.worker ?? place.worker,
      stage: place.stage ?? wire.details.stage,
    },
  });
}
