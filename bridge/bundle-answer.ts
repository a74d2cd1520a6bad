/** What a worker has answered to one bundle so far: in memory, and beyond a limit in a file. */
import {
  batchBytes,
  type ColumnGroup,
  decodeSpillFrame,
  encodeSpillFrame,
  InternalError,
  releaseGroups,
  SPILL_PREFIX_BYTES,
  type SpillFiles,
  type SpillReaderFactory,
  type SpillWriter,
} from '../core/index.js';
import type { AnswerPart, BundleBatch, SpilledBatch } from './api.js';

/** Where answers wait for their last part. */
export interface AnswerSpill {
  readonly files: SpillFiles;
  /** What messages call the file. */
  readonly name: string;
  /** Bytes of one answer that stay in memory. */
  readonly memoryBytes: number;
}

export class BundleAnswer {
  readonly #parts: AnswerPart[] = [];
  #heldBytes = 0;
  #rows = 0;
  #file: AnswerFile | null = null;

  /** @param spill Null: all of it stays in memory. */
  constructor(private readonly spill: AnswerSpill | null) {}

  /** In the order in which they came. */
  get parts(): readonly AnswerPart[] {
    return this.#parts;
  }

  get rows(): number {
    return this.#rows;
  }

  /**
   * Takes a part; where it goes to the file, resolves when it is there, and nothing is to be added before.
   * @throws {ResourceError} SPILL_FULL, SPILL_FAILED
   */
  add(part: BundleBatch): Promise<void> | undefined {
    this.#rows += part.rows;
    const bytes = bytesOf(part);
    const fits = this.#file === null && this.#heldBytes + bytes <= (this.spill?.memoryBytes ?? Infinity);
    if (groupsOf(part).length === 0 || this.spill === null || fits) {
      this.#heldBytes += bytes;
      this.#parts.push(part);
      return undefined;
    }
    this.#file ??= new AnswerFile(this.spill);
    const { spilled, written } = this.#file.append(part);
    this.#parts.push(spilled);
    return written;
  }

  /** Nobody needs it. */
  release(): void {
    releaseParts(this.#parts);
  }
}

/** Lets go of parts that are not passed on. */
export function releaseParts(parts: readonly AnswerPart[]): void {
  for (const part of parts) {
    if ('load' in part) part.release();
    else releaseGroups(groupsOf(part));
  }
}

/** All groups of a part of an answer: those that were kept of a split, then the results. */
export function groupsOf({ kept = [], group }: BundleBatch): readonly ColumnGroup[] {
  return group === null ? kept : [...kept, group];
}

/** Parts one after the other; removed when the last has been read or released. */
class AnswerFile {
  #writer: Promise<SpillWriter>;
  #finished: Promise<SpillReaderFactory> | null = null;
  #turn: Promise<void> = Promise.resolve();
  #position = 0;
  #unread = 0;

  constructor({ files, name }: AnswerSpill) {
    this.#writer = files.create(name);
    this.#writer.catch(() => undefined);
  }

  append(part: BundleBatch): {
    readonly spilled: SpilledBatch;
    readonly written: Promise<void>;
  } {
    const { rows, kept = [], group, rowSelection } = part;
    // A result has no selection of its own: its place in the frame is taken by the parents of its rows.
    const results = group === null ? [] : [{ ...group, selection: rowSelection }];
    const chunks = encodeSpillFrame({ kind: 'batch', rows, groups: [...kept, ...results], continued: false });
    // Encoded from a copy, where it lay in shared memory.
    releaseGroups(groupsOf(part));
    const length = chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);
    const spilled = this.#place({ rows, position: this.#position, length, kept: kept.length });
    this.#position += length;
    return { spilled, written: this.#write(chunks) };
  }

  #write(chunks: readonly Uint8Array[]): Promise<void> {
    const written = this.#turn.then(async () => (await this.#writer).append(chunks));
    this.#turn = written.catch(() => undefined);
    return written;
  }

  /** Its closures live as long as the answer: none of what was written is in their scope. */
  #place(place: Place): SpilledBatch {
    let isUnread = true;
    this.#unread += 1;
    const release = () => {
      if (!isUnread) return;
      isUnread = false;
      this.#unread -= 1;
      if (this.#unread === 0) this.#discard();
    };
    const load = async (): Promise<BundleBatch> => {
      const part = await this.#read(place);
      release();
      return part;
    };
    return { rows: place.rows, bytes: place.length, load, release };
  }

  async #read({ rows, position, length, kept }: Place): Promise<BundleBatch> {
    await this.#turn;
    this.#finished ??= this.#writer.then((writer) => writer.finish());
    const bytes = await (await this.#finished).read(position, length);
    const prefix = bytes.subarray(0, SPILL_PREFIX_BYTES);
    const element = decodeSpillFrame(prefix, bytes.subarray(SPILL_PREFIX_BYTES));
    if (element.kind !== 'batch' || element.rows !== rows || element.groups.length < kept)
      throw new InternalError('SPILL_CORRUPT', 'A spilled answer is no batch.');
    const group = element.groups[kept];
    const result = group === undefined ? null : { ...group, selection: null };
    const answer = { rows, group: result, rowSelection: group?.selection ?? null };
    return kept === 0 ? answer : { ...answer, kept: element.groups.slice(0, kept) };
  }

  #discard(): void {
    this.#turn = this.#turn
      .then(async () => (await (this.#finished ?? this.#writer)).discard())
      .catch(() => undefined);
  }
}

/** Where a part is in the file, and how many of its groups were kept of a split. */
interface Place {
  readonly rows: number;
  readonly position: number;
  readonly length: number;
  readonly kept: number;
}

function bytesOf(part: BundleBatch): number {
  const { rows, rowSelection } = part;
  const batch = { kind: 'batch', rows, groups: groupsOf(part), continued: false } as const;
  return batchBytes(batch) + (rowSelection?.byteLength ?? 0);
}
