/** The text of an error for people: what happened, where, what to do. */
import {
  CancelledError,
  type ErrorDetails,
  InternalError,
  MillstreamError,
  renderSqlError,
} from '../../core/index.js';

/** The text that positions in an error refer to. */
export interface ErrorSource {
  /** What the user calls it: a file, `standard input`, `-e`. */
  readonly name: string;
  readonly text: string;
}

/**
 * Several lines without a final line break. SQL errors show the line with a caret, Python errors their traceback.
 * JavaScript stacks show only where `withStack` is set, and for errors that are not Millstream's own.
 */
export function renderError(error: unknown, source: ErrorSource | null, withStack: boolean): string {
  if (!(error instanceof MillstreamError)) return renderForeign(error);
  if (error instanceof CancelledError) return error.message;
  const text = pointsInto(error, source) ? renderAtPlace(error, source) : renderWithFacts(error);
  return withStack && error.stack !== undefined ? `${text}\n\n${error.stack}` : text;
}

const REPORT = 'This is a defect of Millstream: please report it with this message.';

/** An error that names a file of its own (a Python file, a data file) does not point into the script. */
function pointsInto(error: MillstreamError, source: ErrorSource | null): source is ErrorSource {
  const { line, column, file } = error.details;
  const ownFile = file === null || file === source?.name;
  return source !== null && line !== null && column !== null && ownFile;
}

function renderAtPlace(error: MillstreamError, source: ErrorSource): string {
  return `Error ${error.code} in ${source.name}, ${renderSqlError(source.text, error)}`;
}

function renderWithFacts(error: MillstreamError): string {
  const lines = [`Error ${error.code}: ${error.message}`];
  const place = placeOf(error.details);
  if (place !== '') lines.push(`  at ${place}`);
  const { values, traceback } = error.details;
  if (values !== null) lines.push(`  with ${assignments(values)}`);
  if (traceback !== null) lines.push(indented(traceback));
  if (error.hint !== null) lines.push(error.hint);
  if (error instanceof InternalError && !error.hint?.includes('please report')) lines.push(REPORT);
  return lines.join('\n');
}

function placeOf(details: ErrorDetails): string {
  const file =
    details.file === null ? null : [details.file, details.line].filter((part) => part !== null).join(':');
  const facts: (string | null)[] = [
    file,
    details.function && `function ${details.function}`,
    details.stage && `stage ${details.stage}`,
    details.worker && `worker ${details.worker}`,
    details.bundle === null ? null : `bundle ${details.bundle}`,
    details.row === null ? null : `row ${details.row}`,
  ];
  return facts.filter((fact) => fact !== null && fact !== '').join(', ');
}

function assignments(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${value}`)
    .join(', ');
}

function indented(text: string): string {
  return text.trimEnd().replaceAll(/^/gm, '  ');
}

function renderForeign(error: unknown): string {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `Error INTERNAL: ${text}\n${REPORT}`;
}
