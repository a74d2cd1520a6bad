/** What binding needs, and the errors it raises. */
import type { CatalogManager } from '../../catalog/catalog-manager.js';
import { SqlError } from '../../errors.js';
import type { ColumnIds } from '../../plan/column-ids.js';
import type { FunctionResolver } from '../../plan/function-resolver.js';
import type { LogicalPlan } from '../../plan/logical-plan.js';
import type { LookupRetry } from '../../plan/stream-operator.js';
import { nearNames } from '../../text/near-names.js';
import type { QueryNode } from '../ast.js';
import type { Span } from '../span.js';
import { locate } from './locate.js';

/** What the session hands to the binder. */
export interface BindEnvironment {
  readonly catalog: CatalogManager;
  readonly functions: FunctionResolver;
  readonly ids: ColumnIds;
  /** The text that the spans of the syntax tree refer to. */
  readonly sql: string;
  /** What INSERT does with NULL for a NOT NULL column; default: `error`, while the job runs. */
  readonly notNull?: 'error' | 'drop';
  /** True where streaming was asked for: what Flink refuses in a stream is refused, also where the input ends. */
  readonly streaming?: boolean;
}

/** A name of a WITH list. */
export interface CommonTableBinding {
  readonly query: QueryNode;
  readonly columns: readonly string[];
  /** Names its own query sees. */
  readonly context: BindContext;
  /** Set at its first use where its rows must be computed once: they need Python. */
  shared: { readonly id: string; readonly plan: LogicalPlan } | null;
}

/** The environment with what is known at this place of the statement. */
export interface BindContext extends BindEnvironment {
  readonly commonTables: ReadonlyMap<string, CommonTableBinding>;
  /** Where unqualified names are looked up; null: the current catalog and database. */
  readonly namespace: { readonly catalog: string; readonly database: string } | null;
  /** Views being expanded, outermost first: a view cannot contain itself. */
  readonly views: readonly string[];
  /** What STATE_TTL of the SELECT whose FROM is bound says of its inputs, in milliseconds by name. */
  readonly stateTtls?: ReadonlyMap<string, number>;
  /** What LOOKUP of that SELECT says of asking again, by the name of the input. */
  readonly lookupRetries?: ReadonlyMap<string, LookupRetry>;
}

/** The context at the beginning of a statement. */
export function rootContext(environment: BindEnvironment): BindContext {
  return { ...environment, commonTables: new Map(), namespace: null, views: [] };
}

/** Codes of errors in statements that parse. */
export type BindErrorCode =
  | 'SQL_UNKNOWN_COLUMN'
  | 'SQL_AMBIGUOUS_COLUMN'
  | 'SQL_UNKNOWN_TABLE'
  | 'SQL_UNKNOWN_DATABASE'
  | 'SQL_UNKNOWN_CATALOG'
  | 'SQL_UNKNOWN_FUNCTION'
  | 'SQL_ARGUMENTS'
  | 'UDTF_BAD_ARGS'
  | 'SQL_TYPE'
  | 'SQL_AGGREGATE'
  | 'SQL_LITERAL'
  | 'SQL_INVALID'
  | 'SQL_UNSUPPORTED';

/** An error about a place in the statement; to be thrown. */
export function bindError(
  environment: Pick<BindEnvironment, 'sql'>,
  code: BindErrorCode,
  message: string,
  span: Span | null,
  hint: string | null = null,
): SqlError {
  return new SqlError(code, message, { details: locate(environment.sql, span), hint });
}

/** `Did you mean …?`, or what there is; null where there is nothing. */
export function nearHint(name: string, candidates: readonly string[], what: string): string | null {
  const near = nearNames(name, candidates);
  if (near.length > 0) return `Did you mean ${near.join(' or ')}?`;
  return candidates.length === 0 ? null : `${what}: ${[...new Set(candidates)].slice(0, 20).join(', ')}.`;
}
