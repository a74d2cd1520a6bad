/** A filesystem sink of a job with checkpoints: a part for each of them, shown when the checkpoint is complete. */
import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Barrier,
  type Batch,
  jsonBytes,
  type Operator,
  type OperatorContext,
  type Watermark,
} from '../../core/index.js';
import { derivedContext } from '../derived-context.js';
import { type FileOutput, type KeptPart, showPart } from '../file-output.js';
import { disk } from '../ports/disk.js';

/** The parts of one sink that are written and not yet shown. */
export class KeptParts {
  #parts: { readonly checkpointId: number; readonly part: KeptPart; readonly release: () => void }[] = [];

  /**
   * @param origin in the names of its parts
   * @param onNote is told of parts that are not there any more
   * @param parts of the checkpoint that the job goes on from
   */
  constructor(
    private readonly sink: Parameters<typeof showPart>[0],
    readonly origin: string,
    private readonly onNote: (text: string) => void,
    parts: readonly KeptPart[] = [],
  ) {
    for (const part of parts) this.add(0, part);
  }

  /** Parts of no checkpoint, written at the end of the rows, belong to this one. */
  claim(checkpointId: number): void {
    this.#parts = this.#parts.map((kept) =>
      kept.checkpointId === Number.POSITIVE_INFINITY ? { ...kept, checkpointId } : kept,
    );
  }

  /** @param release lets the part outlive this process */
  add(checkpointId: number, part: KeptPart, release: () => void = () => {}): void {
    this.#parts.push({ checkpointId, part, release });
  }

  /** The checkpoint is about to be complete: its parts outlive this process. */
  release(checkpointId: number): void {
    for (const kept of this.#parts) if (kept.checkpointId <= checkpointId) kept.release();
  }

  get all(): readonly KeptPart[] {
    return this.#parts.map(({ part }) => part);
  }

  /** Shows the parts of checkpoints up to this one; the next one leaves out what has been shown. */
  async show(checkpointId: number): Promise<void> {
    const changed = new Set<string>();
    await this.#end(
      (id) => id <= checkpointId,
      async (part) => {
        for (const folder of await this.#shown(part)) changed.add(folder);
      },
    );
    for (const folder of changed) await disk.flush(folder);
  }

  /** Removes hidden parts that are none of `parts`: of attempts that failed, and of jobs that were killed. */
  async removeOthers(parts: readonly KeptPart[]): Promise<void> {
    const own = new Set(parts.map(({ name }) => `.${name}.inprogress`));
    for (const name of await readdir(this.sink.path).catch(() => [])) {
      if (name.startsWith(`.part-${this.origin}-`) && !own.has(name))
        await rm(join(this.sink.path, name), { recursive: true, force: true });
    }
  }

  /** Removes the parts of checkpoints after this one. */
  async drop(checkpointId: number): Promise<void> {
    await this.#end(
      (id) => id > checkpointId,
      ({ temporaryPath }) => rm(temporaryPath, { recursive: true, force: true }),
    );
  }

  /** Gives the folders that have changed; none where the part was shown before. */
  async #shown(part: KeptPart): Promise<readonly string[]> {
    if (existsSync(part.temporaryPath)) return showPart(this.sink, part);
    const { table, path, partitions } = this.sink;
    if (partitions === null && !existsSync(join(path, part.name))) {
      this.onNote(
        `table ${table}: ${join(path, part.name)}, which belongs to the checkpoint, is not there any more: it was moved or removed since it was shown`,
      );
    }
    return [];
  }

  async #end(
    isMeant: (checkpointId: number) => boolean,
    end: (part: KeptPart) => Promise<void>,
  ): Promise<void> {
    for (const kept of this.#parts.filter(({ checkpointId }) => isMeant(checkpointId))) {
      await end(kept.part);
      kept.release();
      this.#parts = this.#parts.filter((other) => other !== kept);
    }
  }
}

/** Writes a part from one barrier to the next; without rows there is none. */
export class RollingFileSink implements Operator {
  #context!: OperatorContext;
  #part: { readonly output: FileOutput; readonly writer: Operator; readonly done: AbortController } | null =
    null;
  #hasKept = false;

  /**
   * @param openOutput a new part
   * @param writerOf what writes it
   */
  constructor(
    private readonly parts: KeptParts,
    private readonly openOutput: () => Promise<FileOutput>,
    private readonly writerOf: (output: FileOutput) => Operator,
  ) {}

  async open(context: OperatorContext): Promise<void> {
    this.#context = context;
    context.signal.addEventListener('abort', () => this.#part?.done.abort(context.signal.reason), {
      once: true,
    });
  }

  async processBatch(batch: Batch, input: number): Promise<void> {
    await (await this.#writer()).processBatch(batch, input);
  }

  async processWatermark(_watermark: Watermark): Promise<void> {}

  async snapshot({ checkpointId }: Barrier): Promise<void> {
    await this.#finish(checkpointId);
    this.parts.claim(checkpointId);
    const state = jsonBytes(this.parts.all);
    this.#context.acknowledge(checkpointId, state);
  }

  async endInput(): Promise<void> {
    await this.#finish(Number.POSITIVE_INFINITY);
  }

  whyNotAgain(): string | null {
    return this.#hasKept ? 'parts of its files belong to a checkpoint' : null;
  }

  async close(): Promise<void> {
    const part = this.#part;
    this.#part = null;
    if (part === null) return;
    part.done.abort(this.#context.signal.reason);
    await part.writer.close();
    await part.output.abort();
  }

  async #writer(): Promise<Operator> {
    if (this.#part === null) {
      const output = await this.openOutput();
      const done = new AbortController();
      const { signal } = this.#context;
      if (signal.aborted) done.abort(signal.reason);
      this.#part = { output, writer: this.writerOf(output), done };
      await this.#part.writer.open(this.#contextOf(done.signal));
    }
    return this.#part.writer;
  }

  /** A part that has all its rows stops no inputs. */
  #contextOf(done: AbortSignal): OperatorContext {
    return derivedContext(this.#context, { signal: done, acknowledge: () => {}, stopInputs: () => {} });
  }

  async #finish(checkpointId: number): Promise<void> {
    if (this.#part === null) return;
    const part = this.#part;
    const { output, writer } = part;
    await writer.endInput(0);
    await writer.close();
    // Closed meanwhile: the part is gone.
    if (this.#part !== part) return;
    const kept = await output.keep();
    if (this.#part !== part) return;
    this.#part = null;
    this.#hasKept = true;
    this.parts.add(checkpointId, kept, () => output.release());
  }
}
