/** Lines that come over time, as rows: what the sources of sockets and of standard input share. */
import type { Barrier, OperatorContext, SourceOperator, SourceStage } from '../../core/index.js';
import type { Format } from '../formats/make-format.js';
import type { ConnectorHost } from './connector.js';
import { fieldsOf } from './fields-of.js';
import { LineSplitter } from './line-splitter.js';
import { RecordReader } from './record-reader.js';
import { RejectedRecords } from './rejected-records.js';
import { MOST_ROWS, SourceRows } from './source-rows.js';

/** Opens the bytes, which end when they are over. Called once for each run of the source. */
export type OpenBytes = (context: OperatorContext) => AsyncIterable<Uint8Array>;

/**
 * Emits the rows of what has come as soon as it has: no row waits for others. Lines cannot be read again, so a job that begins
 * again goes on with those that come then.
 */
export class LineSource implements SourceOperator {
  #context!: OperatorContext;
  #rows!: SourceRows;
  #count = 0;
  readonly #reader: RecordReader<number>;
  readonly #rejected: RejectedRecords | null;

  constructor(
    private readonly stage: SourceStage,
    private readonly host: ConnectorHost,
    format: Format,
    private readonly delimiter: number,
    private readonly openBytes: OpenBytes,
  ) {
    this.#rejected = format.onParseError === 'dead_letter' ? new RejectedRecords(stage, host) : null;
    const rejected = this.#rejected;
    const names = stage.declared.filter((field) => field.metadata === undefined).map(({ name }) => name);
    this.#reader = new RecordReader(
      stage.declared,
      format.decoder(fieldsOf(stage.declared)),
      names,
      () => null,
      (line) => `line ${line}`,
      stage.table,
      rejected && ((error, line, bytes) => rejected.reject(error, { line: String(line) }, bytes)),
    );
  }

  async open(context: OperatorContext): Promise<void> {
    this.#context = context;
    this.#rows = new SourceRows(this.stage, this.host.job, context);
  }

  async run(): Promise<void> {
    const splitter = new LineSplitter(this.delimiter);
    for await (const chunk of this.openBytes(this.#context)) {
      if (this.#context.signal.aborted) return;
      await this.#lines(splitter.take(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)));
    }
    if (!this.#context.signal.aborted) for (const line of splitter.rest()) this.#line(line);
    await this.#send();
  }

  snapshot(barrier: Barrier): Promise<void> {
    return this.#rows.snapshot(barrier, () => null);
  }

  async close(): Promise<void> {}

  whyNotAgain(): string | null {
    return this.#count === 0 ? null : `lines of table ${this.stage.table} come only once`;
  }

  async #lines(lines: readonly Buffer[]): Promise<void> {
    for (const line of lines) {
      this.#line(line);
      if (this.#rows.pending >= MOST_ROWS) await this.#send();
    }
    await this.#send();
  }

  async #send(): Promise<void> {
    await this.#rejected?.write();
    if (this.#rows.pending > 0) await this.#rows.send();
  }

  #line(line: Buffer): void {
    this.#count += 1;
    this.#reader.read(line, this.#count, (row) => this.#rows.add(row));
  }
}
