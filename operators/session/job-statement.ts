/** Which statements start a job. */
import type { InsertStatement, QueryStatement, Statement, StatementSetStatement } from '../../core/index.js';
import { isTableAsQuery } from './table-as-query.js';

export type JobStatement = QueryStatement | InsertStatement | StatementSetStatement;

/** Also those that make a table first. */
export function startsJob(statement: Statement): boolean {
  return isJob(statement) || isTableAsQuery(statement);
}

export function isJob(statement: Statement): statement is JobStatement {
  return (
    statement.kind === 'query_statement' || statement.kind === 'insert' || statement.kind === 'statement_set'
  );
}
