/**
 * Checkpoints in a folder, in the layout of Flink: `<job>/chk-<id>/_metadata`, and beside it a file for each stage that has
 * state, and the plan; state that later checkpoints lean on lies in `<job>/shared`. One is written under a hidden name and
 * renamed when all of it is there.
 */
import { crc32 } from 'node:zlib';
import { InternalError } from '../errors.js';
import type { CheckpointFiles } from '../ports/ports.js';
import { type Checkpoint, discardCheckpoint } from '../runtime/checkpoint.js';
import type { SnapshotBytes, SnapshotPieces } from '../runtime/operator.js';
import {
  joined,
  MANIFEST_FORMAT,
  type Manifest,
  METADATA,
  type StageIdentity,
  type StoredFile,
} from './checkpoint-manifest.js';

/** What is written of a job beside its state. */
export interface CheckpointedJob {
  readonly job: string;
  /** The job that began it all: all who go on from checkpoints of each other have the same. */
  readonly origin: string;
  readonly stages: readonly StageIdentity[];
  /** For people who go on from it with another query. */
  readonly plan: string;
}

/** Puts the state of a stage outside of the folder of its checkpoint. */
type Share = (stage: string, state: SnapshotPieces) => Promise<readonly StoredFile[]>;

const PLAN = 'plan.txt';
/** Complete or not. */
const CHECKPOINT = /\/\.?chk-\d+$/;

/**
 * Writes a checkpoint, or savepoint, as `folder`. When it resolves all of it is there; where it fails nothing is, and what
 * was not read of the states is discarded.
 * @param time milliseconds since the epoch
 * @param beforeComplete called when nothing is left to be done but to show it
 * @param share null: all state lies in the folder
 */
export async function writeCheckpoint(
  files: CheckpointFiles,
  folder: string,
  { id, states }: Checkpoint,
  { job, origin, stages, plan }: CheckpointedJob,
  time: number,
  beforeComplete: () => void = () => {},
  share: Share | null = null,
): Promise<void> {
  const hidden = folder.replace(/[^/]*$/, '.$&');
  const encoder = new TextEncoder();
  const filesOf = async (stage: string, state: SnapshotBytes): Promise<readonly StoredFile[]> => {
    if (share !== null && 'pieces' in state) return share(stage, state);
    return [await writeState(files, hidden, `${stage}.state`, piecesOf(state))];
  };
  try {
    const written: Manifest['stages'][number][] = [];
    for (const stage of stages) {
      const bytes = states.get(stage.id);
      const none = bytes === undefined ? 'ended' : 'none';
      written.push({ ...stage, state: bytes ? { files: await filesOf(stage.id, bytes) } : none });
    }
    const manifest: Manifest = { format: MANIFEST_FORMAT, job, origin, id, time, stages: written };
    await files.write(`${hidden}/${PLAN}`, only(encoder.encode(`${plan.trimEnd()}\n`)));
    await files.write(
      `${hidden}/${METADATA}`,
      only(encoder.encode(`${JSON.stringify(manifest, null, 2)}\n`)),
    );
    beforeComplete();
    await files.rename(hidden, folder);
  } catch (error) {
    discardCheckpoint({ states });
    // A rename may have failed when it was done.
    await removeCheckpoint(files, folder).catch(() => undefined);
    await files.remove(hidden).catch(() => undefined);
    throw error;
  }
}

/** Nobody sees a part of it, wherever a crash cuts the removal off. */
async function removeCheckpoint(files: CheckpointFiles, folder: string): Promise<void> {
  await files.remove(joined(folder, METADATA));
  await files.remove(folder);
}

/** @throws {InternalError} CHECKPOINT_REFUSED for changes, which need what they lean on */
function piecesOf(state: SnapshotBytes): AsyncIterable<Uint8Array> {
  if (!('pieces' in state)) return only(state);
  if (state.since === null) return state.pieces;
  throw new InternalError('CHECKPOINT_REFUSED', 'A checkpoint that stands alone was given changes only.');
}

async function* only(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function writeState(
  files: CheckpointFiles,
  folder: string,
  file: string,
  pieces: AsyncIterable<Uint8Array>,
): Promise<StoredFile> {
  let bytes = 0;
  let sum = 0;
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const piece of pieces) {
      bytes += piece.length;
      sum = crc32(piece, sum);
      yield piece;
    }
  }
  await files.write(joined(folder, file), counted());
  return { file, bytes, crc32: sum };
}

/** A checkpoint that is there. */
interface Kept {
  readonly id: number;
  readonly folder: string;
  /** The files of each stage that lie in `shared`, the newest first. */
  readonly shared: ReadonlyMap<string, readonly StoredFile[]>;
}

/** Writes the checkpoints of one job. */
export class CheckpointStore {
  readonly #kept: Kept[] = [];

  /**
   * @param retained how many of them are kept
   * @param isIncremental they may lean on state of each other
   */
  constructor(
    private readonly files: CheckpointFiles,
    private readonly job: CheckpointedJob,
    private readonly retained: number,
    private readonly isIncremental = false,
  ) {}

  /**
   * When it resolves the checkpoint is complete; where it fails those before it stay.
   * @param beforeComplete as of `writeCheckpoint`
   * @param isLast none is to lean on it: all state lies in its folder
   */
  async write(
    checkpoint: Checkpoint,
    time: number,
    beforeComplete?: () => void,
    isLast = false,
  ): Promise<void> {
    const { id } = checkpoint;
    const { job } = this.job;
    const folder = `${job}/chk-${id}`;
    const shared = new Map<string, readonly StoredFile[]>();
    const share: Share = async (stage, { since, pieces }) => {
      const before = since === null ? [] : this.#filesOf(stage, since);
      const name = `../shared/${stage}-${id}.state`;
      shared.set(stage, [{ file: name, bytes: 0, crc32: 0 }]);
      const own = await writeState(this.files, folder, name, pieces);
      shared.set(stage, [own, ...before]);
      return [own, ...before];
    };
    // One that failed may have been left there: nothing that it names is written over while it can be read.
    await removeCheckpoint(this.files, folder);
    try {
      const shares = this.isIncremental && !isLast ? share : null;
      await writeCheckpoint(this.files, folder, checkpoint, this.job, time, beforeComplete, shares);
    } catch (error) {
      if (!(await this.#isShown(folder)))
        for (const [own] of shared.values())
          await this.files.remove(joined(folder, own!.file)).catch(() => {});
      throw error;
    }
    this.#kept.push({ id, folder, shared });
  }

  /** Removes what none of those that are kept needs, what writes that failed have left too. What fails is done by the next call. */
  async retire(): Promise<void> {
    const kept = this.#kept.slice(-this.retained);
    const folders = new Set(kept.map(({ folder }) => folder));
    const shared = new Set(kept.flatMap(sharedFiles));
    for (const folder of await this.#namesIn('')) {
      if (CHECKPOINT.test(folder) && !folders.has(folder)) await removeCheckpoint(this.files, folder);
    }
    for (const file of await this.#namesIn('/shared')) {
      if (!shared.has(file)) await this.files.remove(file);
    }
    this.#kept.splice(0, this.#kept.length - kept.length);
  }

  /** The job is done: nobody goes on from here. */
  async removeAll(): Promise<void> {
    this.#kept.length = 0;
    await this.files.remove(this.job.job);
  }

  async #namesIn(below: string): Promise<readonly string[]> {
    const folder = this.job.job + below;
    return (await this.files.list(folder)).map((name) => `${folder}/${name}`);
  }

  /** True also where nobody can say: what it names stays then. */
  async #isShown(folder: string): Promise<boolean> {
    const names = await this.files.list(folder).catch(() => [METADATA]);
    return names.includes(METADATA);
  }

  /** @throws {InternalError} CHECKPOINT_REFUSED where the last checkpoint is another one */
  #filesOf(stage: string, since: number): readonly StoredFile[] {
    const last = this.#kept.at(-1);
    const files = last?.id === since ? last.shared.get(stage) : undefined;
    if (files !== undefined) return files;
    const what = `Stage ${stage} has changes since checkpoint ${since}, which is not the last one.`;
    throw new InternalError('CHECKPOINT_REFUSED', what);
  }
}

function sharedFiles({ folder, shared }: Kept): readonly string[] {
  return [...shared.values()].flat().map(({ file }) => joined(folder, file));
}
