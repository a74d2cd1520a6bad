/** INSERT statements of the fluent API. */
import { type InsertStatement, PlanError } from '../../core/index.js';
import type { Relation } from './relation.js';
import * as syntax from './syntax.js';

/**
 * The rows of `from` into a table of the catalog: by name, columns by position; or given as a relation, columns by name.
 * @throws {PlanError} API_TARGET for a relation without a name of its own
 */
export function insertInto(target: string | Relation, from: Relation): InsertStatement {
  const path = typeof target === 'string' ? target.split('.') : target.target;
  if (path === null) {
    throw new PlanError('API_TARGET', 'The target of an insert is a query, not a table of the catalog.', {
      hint: 'Give the name of a table, or what createTemporaryTable returned.',
    });
  }
  return {
    kind: 'insert',
    span: from.query.span,
    overwrite: false,
    table: syntax.objectName(...path),
    hints: [],
    partition: null,
    columns: typeof target === 'string' ? null : (from.columns?.map(syntax.identifier) ?? null),
    query: from.query,
    onConflict: null,
  };
}
