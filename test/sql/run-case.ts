/** Reads `cases/*.slt`: SQL with what it must give, in the order of the file. README.md describes the form. */

/** One statement of a case file and what is expected of it. */
export interface SqlCase {
  /** The comment above it: a sentence of behaviour. */
  readonly title: string;
  /** 1-based line of its directive. */
  readonly line: number;
  /** 1-based line of `----`, or of where it would come. */
  readonly separatorLine: number;
  /** 1-based, the last line of the case. */
  readonly lastLine: number;
  readonly sql: string;
  /** False: nothing is written of what it gives. */
  readonly isComplete: boolean;
  readonly expected: Expectation;
}

export type Expectation =
  /** It succeeds. */
  | { readonly kind: 'statement' }
  /** Rows as JSON arrays, a line each. */
  | { readonly kind: 'query'; readonly ordered: boolean; readonly rows: readonly string[] }
  /** Lines that EXPLAIN's text contains. */
  | { readonly kind: 'explain'; readonly lines: readonly string[] }
  /** The code of the error. */
  | { readonly kind: 'error'; readonly code: string; readonly message: string };

/** @throws {Error} for a directive that does not exist. */
export function parseCases(text: string): SqlCase[] {
  const cases: SqlCase[] = [];
  let title = '';
  for (const { lines, line } of paragraphs(text)) {
    const comments = lines.filter((each) => each.startsWith('#'));
    if (comments.length > 0) title = comments.map((each) => each.slice(1).trim()).join(' ');
    const body = lines.slice(comments.length);
    const [directive, ...rest] = body;
    if (directive !== undefined) {
      const cut = lines.indexOf(SEPARATOR);
      cases.push({
        title,
        line: line + comments.length,
        separatorLine: line + (cut === -1 ? lines.length : cut),
        lastLine: line + lines.length - 1,
        isComplete: cut !== -1,
        ...readCase(directive, rest),
      });
    }
  }
  return cases;
}

const SEPARATOR = '----';

function readCase(directive: string, body: readonly string[]): Pick<SqlCase, 'sql' | 'expected'> {
  const cut = body.indexOf(SEPARATOR);
  const sql = body.slice(0, cut === -1 ? body.length : cut).join('\n');
  const after = cut === -1 ? [] : body.slice(cut + 1);
  const [kind, argument = ''] = directive.split(' ');
  switch (kind) {
    case 'statement':
      return { sql, expected: { kind } };
    case 'query':
      return { sql, expected: { kind, ordered: argument === 'ordered', rows: after.map(withoutSpaces) } };
    case 'explain':
      return { sql, expected: { kind, lines: after } };
    case 'error':
      return { sql, expected: { kind, code: argument, message: after.join('\n') } };
    default:
      throw new Error(`There is no directive '${directive}'.`);
  }
}

/** The text of a case file with these rows below the `----` of a case. */
export function withRows(
  text: string,
  { separatorLine, lastLine }: SqlCase,
  rows: readonly string[],
): string {
  const lines = text.split('\n');
  lines.splice(separatorLine - 1, lastLine - separatorLine + 1, SEPARATOR, ...rows);
  return lines.join('\n');
}

/** JSON without the spaces outside of strings. It is not parsed: integers are exact. */
export function withoutSpaces(row: string): string {
  return row.replace(/("(?:[^"\\]|\\.)*")|\s+/g, (_, text: string | undefined) => text ?? '');
}

function paragraphs(text: string): { lines: string[]; line: number }[] {
  const found: { lines: string[]; line: number }[] = [];
  let current: string[] = [];
  const all = [...text.split('\n'), ''];
  all.forEach((line, index) => {
    if (line.trim() !== '') {
      current.push(line);
      return;
    }
    if (current.length > 0) found.push({ lines: current, line: index - current.length + 1 });
    current = [];
  });
  return found;
}
