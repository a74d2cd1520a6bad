/**
 * The input of a key group that goes on over several bundles, in a spill file: what a fresh worker must see again before
 * it can take the next of them. It ends with the group.
 */
import {
  type Bundle,
  type BundleResult,
  type FunctionStageHandle,
  releaseParts,
} from '../../bridge/index.js';
import {
  decodeSpillFrame,
  encodeSpillFrame,
  SPILL_PREFIX_BYTES,
  type SpillFiles,
  type SpillReaderFactory,
  spillFrameBytes,
  WorkerError,
} from '../../core/index.js';
import { Turns } from '../turns.js';
import { type GroupPart, processParts } from './grouped-bundle.js';

export class UnfinishedGroup {
  /** Files of bundles in order: one that has been read takes no more. */
  #segments: Segment[] = [];
  readonly #turns = new Turns();

  constructor(
    private readonly stage: string,
    private readonly files: SpillFiles,
  ) {}

  /**
   * To be called for each bundle in order, while its columns are held. `parts`: how it was given to the stage; null: as it
   * is.
   */
  processed(bundle: Bundle, result: BundleResult, parts: readonly GroupPart[] | null = null): Promise<void> {
    return this.#turns.alone(async () => {
      if (!bundle.continued) return this.#forget();
      let segment = this.#segments.at(-1);
      if (segment === undefined || segment.file !== null) {
        segment = { writer: await this.files.create(this.stage), file: null, answered: [] };
        this.#segments.push(segment);
      }
      const { rows, groups, continued } = bundle;
      await segment.writer.append(encodeSpillFrame({ kind: 'batch', rows, groups, continued }));
      segment.answered.push({ rows: rowsOf(result), parts });
    });
  }

  /**
   * Gives the group so far to a fresh worker, whose answers are dropped: the first ones were passed on.
   * @throws {WorkerError} REPLAY_DIFFERS where they have other numbers of rows
   */
  replay(handle: FunctionStageHandle): Promise<void> {
    return this.#turns.alone(async () => {
      let sequence = FIRST_REPLAYED;
      for (const segment of this.#segments) {
        segment.file ??= await segment.writer.finish();
        let position = 0;
        for (const { rows: answered, parts } of segment.answered) {
          const prefix = await segment.file.read(position, SPILL_PREFIX_BYTES);
          const body = await segment.file.read(position + SPILL_PREFIX_BYTES, spillFrameBytes(prefix));
          position += prefix.byteLength + body.byteLength;
          const batch = decodeSpillFrame(prefix, body);
          if (batch.kind !== 'batch') continue;
          const bundle = { ...batch, sequence: sequence++ };
          const result = await (parts === null
            ? handle.process(bundle)
            : processParts(handle, bundle, parts));
          releaseParts(result.batches);
          if (rowsOf(result) !== answered) throw this.#differs(answered, rowsOf(result));
        }
      }
    });
  }

  /** Removes what is kept. */
  discard(): Promise<void> {
    return this.#turns.alone(() => this.#forget());
  }

  async #forget(): Promise<void> {
    for (const { file, writer } of this.#segments.splice(0)) await (file ?? writer).discard();
  }

  #differs(before: number, now: number): WorkerError {
    return new WorkerError(
      'REPLAY_DIFFERS',
      `A worker of stage ${this.stage} died inside a group; given the group again, its function answered with ` +
        `${now} rows where it had answered with ${before}, which have been passed on.`,
      {
        hint: 'Run the job again. Rows of a group can only be replayed where the function gives the same each time.',
        details: { stage: this.stage },
      },
    );
  }
}

/** Beyond the numbers of ordinary bundles. */
const FIRST_REPLAYED = 2 ** 40;

interface Segment {
  readonly writer: Awaited<ReturnType<SpillFiles['create']>>;
  file: SpillReaderFactory | null;
  /** Rows of the answer to each bundle, and how that was given. */
  readonly answered: { readonly rows: number; readonly parts: readonly GroupPart[] | null }[];
}

function rowsOf(result: BundleResult): number {
  return result.batches.reduce((sum, batch) => sum + batch.rows, 0);
}
