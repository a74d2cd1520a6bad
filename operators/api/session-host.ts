/** Statements of the fluent API through a session: the same parser, binder and planner as for any other text. */
import { InternalError } from '../../core/index.js';
import type { JobSession, RowsResult, StatementResult } from '../session/session-types.js';
import type { TableHost } from './table-host.js';

type Inserted = Extract<StatementResult, { kind: 'inserted' }>;
type Explained = Extract<StatementResult, { kind: 'explain' }>;

/** A host over `session`; `checkOpen` throws once the environment is closed. */
export function sessionHost(session: JobSession, checkOpen: () => void): TableHost {
  async function only<K extends StatementResult['kind']>(
    kind: K,
    results: AsyncIterable<StatementResult>,
  ): Promise<Extract<StatementResult, { kind: K }>> {
    checkOpen();
    for await (const result of results) {
      if (result.kind === kind) return result as Extract<StatementResult, { kind: K }>;
    }
    throw new InternalError(
      'API_STATEMENT',
      `A statement of the TypeScript API gave no result of kind ${kind}.`,
    );
  }
  return {
    query: (sql): Promise<RowsResult> => only('rows', session.execute(sql)),
    insert: (sql): Promise<Inserted> => only('inserted', session.execute(sql)),
    explain: async (sql) => ((await only('explain', session.explain(sql))) as Explained).text,
  };
}
