/** What a table needs of its environment: statements as text, and nothing of how they run. */
import type { RowsResult, StatementResult } from '../session/session-types.js';

export interface TableHost {
  /** Plans a query; nothing runs before its rows are taken. */
  query(sql: string): Promise<RowsResult>;
  /** Runs an INSERT to its end. */
  insert(sql: string): Promise<Extract<StatementResult, { kind: 'inserted' }>>;
  /** The stages of a query. */
  explain(sql: string): Promise<string>;
}
