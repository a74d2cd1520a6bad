/** A folder whose files are read as they come: the filesystem connector with `source.monitor-interval`, as Flink's. */
import {
  type Barrier,
  type FileScan,
  fromJsonBytes,
  jsonBytes,
  type OperatorContext,
  type SourceOperator,
} from '../../core/index.js';
import { derivedContext } from '../derived-context.js';
import { type OpenRelational, RelationalSource } from '../stages/relational-stage.js';
import { checkUnchanged, type FileIdentity, filesAt } from './file-position.js';
import { newFiles } from './new-files.js';
import { pause } from './pause.js';

/** A query over these files of the folder, without its first rows. */
export type OpenOver = (files: readonly string[], before: number) => OpenRelational;

/** What a checkpoint knows of the folder. */
interface Position {
  /** Files whose rows have all gone out. */
  readonly done: readonly string[];
  /** Those that are being read, in the order in which they are. */
  readonly files: readonly FileIdentity[];
  /** How many of their rows have gone out. */
  readonly rows: number;
}

/**
 * Reads each file once, the older first; those that come later are found when the interval has passed. A file is
 * read as it is when it is found, so it has to be moved there whole. Never ends by itself.
 */
export class MonitoredFiles implements SourceOperator {
  #context!: OperatorContext;
  readonly #done: Set<string>;
  #files: readonly FileIdentity[];
  #before: number;
  #reading: RelationalSource | null = null;

  /** @param state of the checkpoint that the job goes on from; null: it begins */
  constructor(
    private readonly scan: FileScan,
    private readonly openOver: OpenOver,
    state: Uint8Array | null,
  ) {
    const position: Position =
      state === null ? { done: [], files: [], rows: 0 } : fromJsonBytes<Position>(state);
    this.#done = new Set(position.done);
    this.#files = position.files;
    this.#before = position.rows;
  }

  async open(context: OperatorContext): Promise<void> {
    this.#context = context;
    checkUnchanged(
      this.#files,
      this.#files.flatMap(([path]) => filesAt(path)),
    );
  }

  async run(): Promise<void> {
    const { signal } = this.#context;
    while (!signal.aborted) {
      if (this.#files.length === 0) this.#files = newFiles(this.scan.table, this.scan.path, this.#done);
      if (this.#files.length === 0) await pause(this.#context, this.scan.monitorMs!);
      else await this.#read();
    }
  }

  snapshot(barrier: Barrier): Promise<void> {
    if (this.#reading !== null) return this.#reading.snapshot(barrier);
    this.#context.acknowledge(barrier.checkpointId, this.#position(this.#before));
    return this.#context.output.emit(barrier);
  }

  async close(): Promise<void> {
    await this.#reading?.close();
  }

  /** While it waits for files nobody works for it. */
  isWorking(): boolean {
    return this.#reading !== null;
  }

  async #read(): Promise<void> {
    const before = this.#before;
    const paths = this.#files.map(([path]) => path);
    const reading = new RelationalSource(
      withoutProgress(this.openOver(paths, before)),
      () => null,
      (rows) => this.#position(before + rows),
    );
    const stop = new AbortController();
    const { signal } = this.#context;
    const onAbort = () => stop.abort(signal.reason);
    signal.addEventListener('abort', onAbort);
    try {
      await reading.open(derivedContext(this.#context, { signal: stop.signal }));
      this.#reading = reading;
      await reading.run();
      // A barrier that waits for its turn is let through before the files count as read.
      await reading.settled();
      if (signal.aborted) return;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
    for (const path of paths) this.#done.add(path);
    this.#files = [];
    this.#before = 0;
    this.#reading = null;
    await reading.close();
  }

  #position(rows: number): Uint8Array {
    const position: Position = { done: [...this.#done], files: this.#files, rows };
    return jsonBytes(position);
  }
}

/** Nobody knows how much is to come. */
function withoutProgress(open: OpenRelational): OpenRelational {
  return async (metrics) => ({ ...(await open(metrics)), worker: { progress: () => null } });
}
