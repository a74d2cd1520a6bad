/** The rows of a SELECT as its reader takes them: the job runs while they are taken. */
import {
  type Batch,
  type Column,
  type DecodedColumn,
  decodeBatch,
  type Exchange,
  jsonWriter,
  mergeGroups,
  type SchemaRegistry,
  type SinkStage,
  toArrowSchema,
  writeSchema,
} from '../../core/index.js';
import { CHANGES, type Change } from '../streaming/row-function.js';
import { END_OF_STREAM } from './listing-result.js';
import type { JobSummary, ResultBatch, RowChange, RowsResult } from './session-types.js';

/** Where a result's batches come from. */
export interface ResultSource {
  readonly sink: SinkStage;
  readonly exchange: Exchange;
  readonly schemas: SchemaRegistry;
  readonly ordered: boolean;
  readonly bounded: boolean;
  /** Starts the job; its batches in order. */
  start(): AsyncIterableIterator<Batch>;
  summary(): JobSummary | null;
}

/** The result of the query behind `source`; nothing runs before rows are asked for. */
export function rowsResult(source: ResultSource): RowsResult {
  const columns: Column[] = source.sink.columns.map(({ name, column }) => ({
    name,
    type: source.exchange.columns[column]!.type,
  }));
  const { change } = source.sink;
  return {
    kind: 'rows',
    columns,
    ordered: source.ordered,
    bounded: source.bounded,
    async *batches() {
      for await (const batch of source.start()) yield jsonBatch(batch, source);
    },
    arrowStream: () => ipcStream(source, columns, null),
    changeStream: change === null ? null : () => ipcStream(source, columns, change),
    summary: source.summary,
  };
}

/** `change`: the position of a column to put behind the others. */
async function* ipcStream(
  { sink, exchange, schemas, start }: ResultSource,
  columns: readonly Column[],
  change: number | null,
): AsyncGenerator<Uint8Array, void, undefined> {
  const own = sink.columns.map(({ column }) => column);
  const all =
    change === null ? columns : [...columns, { name: 'change', type: exchange.columns[change]!.type }];
  yield writeSchema(toArrowSchema(all));
  const positions = change === null ? own : [...own, change];
  for await (const batch of start()) yield mergeGroups(batch, exchange, schemas, positions);
  yield END_OF_STREAM;
}

function changesOf(rows: number, { value }: DecodedColumn): readonly RowChange[] {
  return Array.from({ length: rows }, (_, row) => CHANGES[value(row) as Change]);
}

function jsonBatch(batch: Batch, { sink, exchange, schemas }: ResultSource): ResultBatch {
  const decoded = decodeBatch(batch, exchange, schemas);
  const columns = sink.columns.map(({ column }) => decoded[column]!);
  const writers = columns.map(({ type }) => jsonWriter(type));
  return {
    rows: batch.rows,
    changes: sink.change === null ? null : changesOf(batch.rows, decoded[sink.change]!),
    jsonText: (row, column) => writers[column]!(columns[column]!.value(row)),
  };
}
