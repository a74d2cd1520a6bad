/** What a stage does with rows that are found to end their worker: an error that names the row, or a failed row. */
import type { Bundle, FailedRow } from '../../bridge/index.js';
import type { MillstreamError } from '../../core/index.js';
import type { OnError } from './retry-decision.js';

/** What is known of the rows of a stage. */
export interface RowFailuresOptions {
  /** The stage's functions in the order of their calls, and what each does with a row it fails on. */
  readonly onError: ReadonlyMap<string, OnError>;
  /** A row's columns as text, by name; null where they cannot be read. */
  readonly describe: (bundle: Bundle, row: number) => Promise<Readonly<Record<string, string>> | null> | null;
}

/** A row that ended its worker by itself, and what is done with it. */
export interface PoisonRow {
  readonly failed: FailedRow;
  readonly onError: Exclude<OnError, 'fail'>;
}

/** A row that ends its worker when it is run by itself. */
export interface Finding {
  readonly verdict: MillstreamError;
  /** The function that does it; null: not known. */
  readonly culprit: string | null;
  readonly attempt: number;
}

interface NamedRow {
  readonly row: number;
  readonly values: Readonly<Record<string, string>> | null;
  readonly name: string | null;
}

export class RowFailures {
  constructor(private readonly options: RowFailuresOptions) {}

  /** The stage's functions in the order of their calls. */
  get functions(): readonly string[] {
    return [...this.options.onError.keys()];
  }

  /** @throws the verdict, with the row, where the function that did it gives no rows up, or is not known. */
  async judge(bundle: Bundle, row: number, { verdict, culprit: name, attempt }: Finding): Promise<PoisonRow> {
    const values = await this.options.describe(bundle, row);
    const onError = name === null ? 'fail' : (this.options.onError.get(name) ?? 'fail');
    if (name === null || onError === 'fail') throw named(verdict, bundle, { row, values, name });
    const { code, message, details } = verdict;
    const failed = {
      row,
      count: 1,
      function: name,
      code,
      exception: null,
      message,
      traceback: details.traceback,
      values,
      attempt,
    };
    return { failed, onError };
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

function named(verdict: MillstreamError, bundle: Bundle, { row, values, name }: NamedRow): MillstreamError {
  const shown = Object.entries(values ?? {}).map(([name, value]) => `${name}=${value}`);
  const of = name === null || verdict.details.function !== null ? '' : `function ${name} on `;
  const text = `${verdict.message} It was ${of}row ${row} of the bundle, run by itself${shown.length > 0 ? `: (${shown.join(', ')})` : ''}.`;
  return changed(verdict, text, {
    bundle: bundle.sequence,
    row,
    values,
    function: name ?? verdict.details.function,
  });
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
