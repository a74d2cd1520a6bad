/** LOOKUP hints behind SELECT: how a table outside is asked. */
import type { LookupRetry } from '../../plan/stream-operator.js';
import type { HintNode } from '../ast.js';
import { type BindContext, bindError, nearHint } from './bind-context.js';
import { durationOf } from './query-hints.js';

type Option = HintNode['options'][number];

/** How tables are asked again for what they do not have, by the name of the input. */
export type LookupRetries = ReadonlyMap<string, LookupRetry>;

/** What the hints say of each table; of several for one the first counts, as in Flink. @throws {SqlError} for what they cannot say */
export function lookupRetries(context: BindContext, hints: readonly HintNode[]): LookupRetries {
  const found = new Map<string, LookupRetry>();
  for (const hint of hints) {
    if (hint.name.name.toUpperCase() !== 'LOOKUP') continue;
    const options = new Map(hint.options.map((option) => [option.key.value, option]));
    for (const option of hint.options) checkOption(context, option);
    const table = options.get('table');
    if (table === undefined) {
      throw bindError(
        context,
        'SQL_INVALID',
        'The hint LOOKUP does not say of which table.',
        hint.span,
        "Give it: LOOKUP('table' = 'name or alias', …).",
      );
    }
    const retry = retryOf(context, hint, options);
    if (retry !== null && !found.has(table.value.value)) found.set(table.value.value, retry);
  }
  return found;
}

/** What options may be; those without a list are read elsewhere, or say how fast and not what. */
const VALUES: Readonly<Record<string, readonly string[] | null>> = {
  table: null,
  async: ['true', 'false'],
  'output-mode': ['ordered', 'allow_unordered'],
  capacity: null,
  timeout: null,
  shuffle: ['true', 'false'],
  'retry-predicate': ['lookup_miss'],
  'retry-strategy': ['fixed_delay'],
  'fixed-delay': null,
  'max-attempts': null,
};
const RETRY = ['retry-predicate', 'retry-strategy', 'fixed-delay', 'max-attempts'] as const;

function checkOption(context: BindContext, { key, value, span }: Option): void {
  const values = VALUES[key.value];
  if (values === undefined) {
    const hint = nearHint(key.value, Object.keys(VALUES), 'Options');
    throw bindError(context, 'SQL_UNSUPPORTED', `The hint LOOKUP has no option '${key.value}'.`, span, hint);
  }
  if (values === null || values.includes(value.value.toLowerCase())) return;
  const message = `The hint LOOKUP has '${key.value}' = '${value.value}'.`;
  throw bindError(context, 'SQL_INVALID', message, value.span, `Write '${values.join("' or '")}'.`);
}

function retryOf(
  context: BindContext,
  hint: HintNode,
  options: ReadonlyMap<string, Option>,
): LookupRetry | null {
  const missing = RETRY.filter((key) => !options.has(key));
  if (missing.length === RETRY.length) return null;
  if (missing.length > 0) {
    throw bindError(
      context,
      'SQL_INVALID',
      `The hint LOOKUP says in part how to ask again, without '${missing.join("', '")}'.`,
      hint.span,
      "Give all: 'retry-predicate' = 'lookup_miss', 'retry-strategy' = 'fixed_delay', 'fixed-delay' = '10 s', 'max-attempts' = '3'.",
    );
  }
  return {
    fixedDelayMs: durationOf(context, options.get('fixed-delay')!.value),
    maxAttempts: attemptsOf(context, options.get('max-attempts')!),
  };
}

function attemptsOf(context: BindContext, { value: { value, span } }: Option): number {
  const attempts = Number(value);
  if (Number.isInteger(attempts) && attempts > 0) return attempts;
  const message = `The hint LOOKUP has 'max-attempts' = '${value}'.`;
  throw bindError(context, 'SQL_INVALID', message, span, 'Write a whole number above 0.');
}
