/** Failures of expressions, with the place in the SQL text and the values that made them. */
import type { RenderFailure } from '../functions/scalar-function.js';
import type { Expression } from '../plan/expression.js';
import { operandsOf } from '../plan/visit-expression.js';
import type { Span } from '../sql/span.js';
import { isName } from './names.js';
import { quoteString } from './sql-text.js';

/** What a failure needs of the place where its expression is rendered. */
export interface FailureScope {
  /** SQL of a column by its id; columns of the enclosing queries too. */
  readonly column: (id: string) => string;
  /** Line, column and length of a span, `3:8+11`, and its text; null where the text is not known. */
  readonly place: (span: Span) => { readonly at: string; readonly text: string } | null;
}

/** As many columns are named with their values. */
const MOST_VALUES = 4;
const MOST_CHARACTERS = 100;

/**
 * Failures of one expression. The relational worker takes the place, `@3:8+11`, off the text and tells it as line, column
 * and length.
 */
export function failureOf(expression: Expression, scope: FailureScope): RenderFailure {
  const fails = failureAt(expression.span, scope);
  return (message) => fails(`${message}${valuesText(expression, scope)}`);
}

/** Failures of what has no values of its own, such as an aggregate. */
export function failureAt(span: Span | null, scope: Pick<FailureScope, 'place'>): RenderFailure {
  return (message) => {
    const place = span === null ? null : scope.place(span);
    const before = place === null ? '' : `${quoteString(`@${place.at} `)} || `;
    return `error(${before}${message})`;
  };
}

/** ` || ', where a is ' || …` for the columns that the expression reads and that have names; a value alone says itself. */
function valuesText(expression: Expression, scope: FailureScope): string {
  if (expression.kind === 'cast' && expression.argument.kind === 'column') return '';
  const named = [...columnsOf(expression)]
    .map(([id, span]) => ({ name: nameOf(id, span, expression.span, scope), sql: scope.column(id) }))
    .filter(({ sql }) => isName(sql))
    .slice(0, MOST_VALUES);
  const texts = named.map(({ name, sql }, i) => {
    const words = quoteString(`${i === 0 ? ', where ' : ' and '}${name} is `);
    return ` || ${words} || coalesce(left(CAST(${sql} AS VARCHAR), ${MOST_CHARACTERS}), 'NULL')`;
  });
  return texts.join('');
}

/** As it is written, unless it stands in a view: there all places are that of the view's name. */
function nameOf(id: string, span: Span | null, whole: Span | null, scope: FailureScope): string {
  const written =
    span === null || (span.start === whole?.start && span.end === whole.end) ? null : scope.place(span);
  return written !== null && /^[\w.`]+$/.test(written.text) ? written.text : id.replace(/_\d+$/, '');
}

/** Columns of the expression's own row; those that subqueries read are not among them. */
function columnsOf(
  expression: Expression,
  into: Map<string, Span | null> = new Map(),
): Map<string, Span | null> {
  if (expression.kind === 'column') into.set(expression.id, expression.span);
  for (const operand of operandsOf(expression)) columnsOf(operand, into);
  return into;
}
