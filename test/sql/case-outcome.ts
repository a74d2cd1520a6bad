/** Runs one case of a session, and says where what it gave is not what the case expects. */
import { MillstreamError } from '../../core/index.js';
import type { Session } from '../../operators/index.js';
import { type Expectation, type SqlCase, withoutSpaces } from './run-case.js';
import { lastOf } from './sql-session.js';

/** What a statement gave. */
export type Outcome =
  /** Rows as JSON arrays without spaces; none for statements without a result. */
  | { readonly kind: 'rows'; readonly rows: readonly string[] }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'error'; readonly error: MillstreamError };

/** What stands for the places of a statement: `$FOLDER` for `FOLDER`. */
export type Places = Readonly<Record<string, string>>;

/** Runs the statements of a case. @throws what is no error of Millstream */
export async function outcomeOf(
  session: Session,
  { sql, expected }: SqlCase,
  places: Places,
): Promise<Outcome> {
  const text = Object.entries(places).reduce((sql, [name, value]) => sql.replaceAll(`$${name}`, value), sql);
  try {
    if (expected.kind !== 'explain') return { kind: 'rows', rows: await rowsOf(session, text) };
    const result = await lastOf(session.explain(text));
    return { kind: 'text', text: result?.kind === 'explain' ? result.text : '' };
  } catch (error) {
    if (!(error instanceof MillstreamError)) throw error;
    return { kind: 'error', error };
  }
}

/** Null where the outcome is as expected, else lines that tell the difference. */
export function mismatch(expected: Expectation, outcome: Outcome): string | null {
  if (expected.kind === 'error') return errorMismatch(expected, outcome);
  if (outcome.kind === 'error') return `${outcome.error.code}: ${outcome.error.message}`;
  if (expected.kind === 'statement') return null;
  if (expected.kind === 'explain') {
    const text = outcome.kind === 'text' ? outcome.text : '';
    const missing = expected.lines.filter((line) => !text.includes(line));
    return missing.length === 0 ? null : `There is no line\n${missing.join('\n')}\nin\n${text}`;
  }
  const rows = outcome.kind === 'rows' ? outcome.rows : [];
  const [given, wanted] = expected.ordered
    ? [rows, expected.rows]
    : [[...rows].sort(), [...expected.rows].sort()];
  const isSame = given.length === wanted.length && given.every((row, i) => row === wanted[i]);
  return isSame ? null : ['expected:', ...wanted, 'given:', ...given].join('\n');
}

function errorMismatch(
  { code, message }: Extract<Expectation, { kind: 'error' }>,
  outcome: Outcome,
): string | null {
  if (outcome.kind !== 'error') return `There is no error, but ${JSON.stringify(outcome)}`;
  const { error } = outcome;
  if (error.code !== code) return `${error.code} instead of ${code}: ${error.message}`;
  return error.message.includes(message) ? null : `Not '${message}', but: ${error.message}`;
}

/** Runs the statements; the rows of all that have some, as JSON arrays without spaces. */
export async function rowsOf(session: Session, sql: string): Promise<string[]> {
  const rows: string[] = [];
  for await (const result of session.execute(sql)) {
    if (result.kind !== 'rows') continue;
    for await (const batch of result.batches()) {
      for (let row = 0; row < batch.rows; row++) {
        const values = result.columns.map((_, column) => batch.jsonText(row, column));
        rows.push(withoutSpaces(`[${values.join(',')}]`));
      }
    }
  }
  return rows;
}
