/** Results made of JSON texts, and an output that keeps what is written. */
import type { ResultOutput } from '../../../cli/output.js';
import type { Column, SimpleKind } from '../../../core/index.js';
import type { ResultBatch, RowChange, RowsResult } from '../../../operators/index.js';

export function columns(types: Readonly<Record<string, SimpleKind>>): Column[] {
  return Object.entries(types).map(([name, kind]) => ({ name, type: { kind, nullable: true } }));
}

/** A batch of rows; values are given as they stand in JSON lines. */
export function batch(
  rows: readonly (readonly string[])[],
  changes: readonly RowChange[] | null = null,
): ResultBatch {
  return { rows: rows.length, changes, jsonText: (row, column) => rows[row]?.[column] ?? 'missing' };
}

export interface RowsFixture {
  readonly columns: readonly Column[];
  readonly batches: readonly ResultBatch[];
  /** Called when the consumer leaves the iteration, early or at its end. */
  readonly onLeave?: () => void;
}

export function rowsResult({ columns, batches, onLeave }: RowsFixture): RowsResult {
  return {
    kind: 'rows',
    columns,
    ordered: true,
    bounded: true,
    async *batches() {
      try {
        yield* batches;
      } finally {
        onLeave?.();
      }
    },
    async *arrowStream() {
      yield new Uint8Array([1, 2]);
      yield new Uint8Array([3]);
    },
    changeStream: null,
    summary: () => null,
  };
}

/** Keeps text; closes itself after `closeAfter` writes. */
export class MemoryOutput implements ResultOutput {
  isClosed = false;
  text = '';
  writes = 0;

  constructor(private readonly closeAfter = Number.POSITIVE_INFINITY) {}

  async write(chunk: string | Uint8Array): Promise<void> {
    this.text += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('hex');
    this.writes += 1;
    this.isClosed = this.writes >= this.closeAfter;
  }
}
