/** Statements that start a job. */
import type { InsertStatement, QueryStatement, Statement, StatementSetStatement } from '../../core/index.js';

export type JobStatement = QueryStatement | InsertStatement | StatementSetStatement;

export function isJob(statement: Statement): statement is JobStatement {
  return (
    statement.kind === 'query_statement' || statement.kind === 'insert' || statement.kind === 'statement_set'
  );
}
