/** What a stage does with rows that are found to end their worker: an error that names the row, or a failed row. */
import type { Bundle, FailedRow } from '../../bridge/index.js';
import type { MillstreamError } from '../../core/index.js';
import type { OnError } from './retry-decision.js';

/** What is known of the rows of a stage. */
export interface RowFailuresOptions {
  /** The stage's functions, and what each does with a row it fails on. */
  readonly onError: ReadonlyMap<string, OnError>;
  /** A row's columns as text, by name; null where they cannot be read. */
  readonly describe: (bundle: Bundle, row: number) => Readonly<Record<string, string>> | null;
}

/** A row that ended its worker by itself, and what is done with it. */
export interface PoisonRow {
  readonly failed: FailedRow;
  readonly onError: Exclude<OnError, 'fail'>;
}

export class RowFailures {
  constructor(private readonly options: RowFailuresOptions) {}

  /** @throws the verdict, with the row, where the function that ran gives no rows up, or is not known. */
  judge(bundle: Bundle, row: number, verdict: MillstreamError, attempt: number): PoisonRow {
    const values = this.options.describe(bundle, row);
    const name = this.#functionOf(verdict);
    const onError = name === null ? 'fail' : this.options.onError.get(name)!;
    if (name === null || onError === 'fail') throw named(verdict, bundle, row, values);
    const { code, message, details } = verdict;
    const failed = {
      row,
      count: 1,
      function: name,
      code,
      message,
      traceback: details.traceback,
      values,
      attempt,
    };
    return { failed, onError };
  }

  /** The function that a verdict is about; one of several that do the same serves as well. */
  #functionOf({ details }: MillstreamError): string | null {
    const { onError } = this.options;
    if (details.function !== null && onError.has(details.function)) return details.function;
    const policies = new Set(onError.values());
    return policies.size === 1 ? [...onError.keys()][0]! : null;
  }
}

/** The verdict of a bundle that is not tried again. */
export function afterAttempts(verdict: MillstreamError, bundle: Bundle, attempts: number): MillstreamError {
  if (attempts === 1) return verdict;
  const text = `${verdict.message} It was attempt ${attempts} of this bundle.`;
  return changed(verdict, text, { bundle: bundle.sequence });
}

/** The error of a search that found no end. */
export function gaveUp(verdict: MillstreamError, bundle: Bundle, deaths: number): MillstreamError {
  const text = `${verdict.message} ${deaths} parts of the bundle ended their worker, so no more of it were tried.`;
  return changed(verdict, text, { bundle: bundle.sequence });
}

function named(
  verdict: MillstreamError,
  bundle: Bundle,
  row: number,
  values: Readonly<Record<string, string>> | null,
): MillstreamError {
  const shown = Object.entries(values ?? {}).map(([name, value]) => `${name}=${value}`);
  const text = `${verdict.message} It was row ${row} of the bundle, run by itself${shown.length > 0 ? `: (${shown.join(', ')})` : ''}.`;
  return changed(verdict, text, { bundle: bundle.sequence, row, values });
}

function changed(
  verdict: MillstreamError,
  message: string,
  details: Partial<MillstreamError['details']>,
): MillstreamError {
  const Kind = verdict.constructor as typeof MillstreamError;
  return new Kind(verdict.code, message, {
    details: { ...verdict.details, ...details },
    hint: verdict.hint,
    cause: verdict.cause,
  });
}
