/** What is known of a table outside, from a plan or from a stage. */
import type { ScanTable, SinkStage, SourceStage, TableField } from '../../core/index.js';

export interface Declaration {
  /** Its name, for messages. */
  readonly table: string;
  readonly connector: string;
  readonly options: Readonly<Record<string, string>>;
  /** All of its columns. */
  readonly columns: readonly TableField[];
  readonly primaryKey: readonly string[];
}

export function declarationOf(from: ScanTable | SourceStage | SinkStage): Declaration {
  const { connector, options, primaryKey } = from;
  const [table, columns] =
    'path' in from
      ? [from.path.at(-1)!, from.columns]
      : [from.table, from.kind === 'source' ? from.declared : from.fields];
  return { table, connector, options, columns, primaryKey };
}
