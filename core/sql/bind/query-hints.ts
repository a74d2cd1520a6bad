/** Hints behind SELECT that say something of its inputs. */
import { parseDuration } from '../../config/parse-duration.js';
import { ConfigurationError } from '../../errors.js';
import type { HintNode } from '../ast.js';
import { type BindContext, bindError, nearHint } from './bind-context.js';
import type { Relation } from './scope.js';

/** How long the state of an input is kept, in milliseconds (0: for ever), by the name of the input. */
export type StateTtls = ReadonlyMap<string, number>;

/** What STATE_TTL says. @throws {SqlError} for what is no duration */
export function stateTtls(context: BindContext, hints: readonly HintNode[]): StateTtls {
  const found = new Map<string, number>();
  for (const { key, value } of optionsOf(hints, 'STATE_TTL')) {
    // Of a name that is said twice the first counts, as in Flink.
    if (!found.has(key.value)) found.set(key.value, durationOf(context, value));
  }
  return found;
}

/** Of the groups of a SELECT with one input: what the hint says of that. */
export function groupTtl(ttls: StateTtls, relations: readonly Relation[]): { readonly stateTtlMs?: number } {
  const ms = inputTtl(ttls, relations);
  return ms === undefined ? {} : { stateTtlMs: ms };
}

/** Of the sides of a join, where they are inputs themselves. */
export function joinTtl(
  { stateTtls: ttls }: BindContext,
  left: readonly Relation[],
  right: readonly Relation[],
): { readonly stateTtlMs?: { readonly left: number | null; readonly right: number | null } } {
  if (ttls === undefined || ttls.size === 0) return {};
  const ms = { left: inputTtl(ttls, left) ?? null, right: inputTtl(ttls, right) ?? null };
  return ms.left === null && ms.right === null ? {} : { stateTtlMs: ms };
}

function inputTtl(ttls: StateTtls, relations: readonly Relation[]): number | undefined {
  const [input, ...others] = relations;
  return others.length > 0 || input?.name == null ? undefined : ttls.get(input.name);
}

/** @throws {SqlError} for a hint of an input that is none */
export function checkHints(
  context: BindContext,
  hints: readonly HintNode[],
  relations: readonly Relation[],
): void {
  for (const { key } of optionsOf(hints, 'STATE_TTL')) checkName(context, key, relations);
  for (const { key, value } of optionsOf(hints, 'LOOKUP')) {
    if (key.value === 'table') checkName(context, value, relations);
  }
}

function optionsOf(hints: readonly HintNode[], name: string) {
  return hints.filter((hint) => hint.name.name.toUpperCase() === name).flatMap(({ options }) => options);
}

function checkName(
  context: BindContext,
  { value: name, span }: { readonly value: string; readonly span: HintNode['span'] },
  relations: readonly Relation[],
): void {
  const names = relations.flatMap((relation) => (relation.name === null ? [] : [relation.name]));
  if (names.includes(name)) return;
  const message = `The hint is for '${name}', which no input of this SELECT is called.`;
  throw bindError(context, 'SQL_INVALID', message, span, nearHint(name, names, 'Inputs'));
}

/** @throws {SqlError} for what is no duration */
export function durationOf(
  context: BindContext,
  { value, span }: { readonly value: string; readonly span: HintNode['span'] },
): number {
  try {
    return parseDuration(value);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    throw bindError(context, 'SQL_INVALID', error.message, span, error.hint);
  }
}
