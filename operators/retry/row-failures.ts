/** What a stage does with rows that are found to end their worker: an error that names the row, or a failed row. */
import type { Bundle, FailedRow } from '../../bridge/index.js';
import { InternalError, type MillstreamError } from '../../core/index.js';
import type { OnError } from './retry-decision.js';

/** What is known of the rows of a stage. */
export interface RowFailuresOptions {
  /** The stage's functions in the order of their calls, and what each does with a row it fails on. */
  readonly onError: ReadonlyMap<string, OnError>;
  /** Reads rows; null where their columns are not known. */
  readonly columns: BundleRows | null;
}

/** Values as text, by name. */
export type NamedValues = Readonly<Record<string, string>>;

/** Reads rows of a bundle. */
export interface BundleRows {
  /** A row's columns; null where they cannot be read. */
  describe(bundle: Bundle, row: number): Promise<NamedValues | null>;
  /** The key of the row's group, its columns in their order; null as above. */
  describeKey(bundle: Bundle, row: number): Promise<readonly string[] | null>;
  /** True where the row is of another group than the one before it. @throws where it cannot be read */
  beginsGroup(bundle: Bundle, row: number): Promise<boolean>;
}

/** A row that ended its worker by itself, and what is done with it. */
export interface PoisonRow {
  readonly failed: FailedRow;
  readonly onError: Exclude<OnError, 'fail'>;
}

/** A row that ends its worker: when it is run by itself, or `isOfGroup`, when its group comes to it. */
export interface Finding {
  readonly verdict: MillstreamError;
  /** The function that does it; null: not known. */
  readonly culprit: string | null;
  readonly attempt: number;
  readonly isOfGroup?: boolean;
}

interface NamedRow {
  readonly row: number;
  readonly values: NamedValues | null;
  readonly name: string | null;
  /** How it was found. */
  readonly run: string;
}

export class RowFailures {
  constructor(private readonly options: RowFailuresOptions) {}

  /** The stage's functions in the order of their calls. */
  get functions(): readonly string[] {
    return [...this.options.onError.keys()];
  }

  /** @throws the verdict, with the row, where the function that did it gives no rows up, or is not known. */
  async judge(bundle: Bundle, row: number, finding: Finding): Promise<PoisonRow> {
    const { verdict, culprit: name, attempt } = finding;
    const { columns } = this.options;
    const values = (await columns?.describe(bundle, row)) ?? null;
    const onError = name === null ? 'fail' : (this.options.onError.get(name) ?? 'fail');
    if (name === null || onError === 'fail') {
      const run = finding.isOfGroup === true ? `in ${await this.#groupOf(bundle, row)}` : 'run by itself';
      throw named(verdict, bundle, { row, values, name, run });
    }
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

  /** True where the row is of another group than the one before it. */
  beginsGroup(bundle: Bundle, row: number): Promise<boolean> {
    const { columns } = this.options;
    if (columns === null) throw new InternalError('RETRY_GROUPS', 'The groups of a bundle cannot be read.');
    return columns.beginsGroup(bundle, row);
  }

  /** @throws the verdict on the value of the group that ends with `row`; -1: of no rows */
  async refuseGroup(bundle: Bundle, row: number, verdict: MillstreamError): Promise<never> {
    const group = row < 0 ? 'a group without further rows' : await this.#groupOf(bundle, row);
    const ends = row < 0 ? '' : `, which ends at row ${row} of the bundle`;
    const text = `${verdict.message} No row did it, but the value of ${group}${ends}.`;
    throw changed(verdict, text, { bundle: bundle.sequence });
  }

  async #groupOf(bundle: Bundle, row: number): Promise<string> {
    const key = (await this.options.columns?.describeKey(bundle, row)) ?? null;
    if (key === null) return 'its group';
    return key.length === 0 ? 'the group of all rows' : `group (${key.join(', ')})`;
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

function shown(values: NamedValues | null): string {
  return Object.entries(values ?? {})
    .map(([name, value]) => `${name}=${value}`)
    .join(', ');
}

function named(
  verdict: MillstreamError,
  bundle: Bundle,
  { row, values, name, run }: NamedRow,
): MillstreamError {
  const of = name === null || verdict.details.function !== null ? '' : `function ${name} on `;
  const text = `${verdict.message} It was ${of}row ${row} of the bundle, ${run}${shown(values) === '' ? '' : `: (${shown(values)})`}.`;
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
