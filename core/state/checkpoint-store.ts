/**
 * Checkpoints in a folder, in the layout of Flink: `<job>/chk-<id>/_metadata`, and beside it a file for each stage that has
 * state, and the plan. One is written under a hidden name and renamed when all of it is there.
 */
import { crc32 } from 'node:zlib';
import { SourceError } from '../errors.js';
import type { CheckpointFiles } from '../ports/ports.js';
import type { Checkpoint } from '../runtime/checkpoint.js';
import type { SnapshotBytes } from '../runtime/operator.js';

/** What a stage is, for who goes on from its state. */
export interface StageIdentity {
  readonly id: string;
  /** Equal where the state of one fits the other; no two stages of a job have the same. */
  readonly uid: string;
  /** What EXPLAIN calls it. */
  readonly description: string;
  /** `position`: how far a source is; `nothing` that the next rows would not say again. */
  readonly keeps: 'position' | 'state' | 'nothing';
}

/** A stage in a checkpoint. `ended`: it had no more rows to come; null: it had nothing to remember. */
export interface StoredStage extends StageIdentity {
  readonly state: Uint8Array | 'ended' | null;
}

/** A checkpoint as it was stored. */
export interface StoredCheckpoint {
  readonly id: number;
  readonly job: string;
  /** As `CheckpointedJob`. */
  readonly origin: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly stages: readonly StoredStage[];
}

/** What is written of a job beside its state. */
export interface CheckpointedJob {
  readonly job: string;
  /** The job that began it all: all who go on from checkpoints of each other have the same. */
  readonly origin: string;
  readonly stages: readonly StageIdentity[];
  /** For people who go on from it with another query. */
  readonly plan: string;
}

interface Manifest {
  readonly format: 2;
  readonly job: string;
  readonly origin: string;
  readonly id: number;
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly stages: readonly (StageIdentity & { readonly state: ManifestState })[];
}

/** `ended`: the stage had no more rows to come. */
type ManifestState =
  | 'ended'
  | 'none'
  | { readonly file: string; readonly bytes: number; readonly crc32: number };

const METADATA = '_metadata';
const PLAN = 'plan.txt';

/**
 * Writes a checkpoint, or savepoint, as `folder`. When it resolves all of it is there; where it fails nothing is.
 * @param time milliseconds since the epoch
 * @param beforeComplete called when nothing is left to be done but to show it
 */
export async function writeCheckpoint(
  files: CheckpointFiles,
  folder: string,
  { id, states }: Checkpoint,
  { job, origin, stages, plan }: CheckpointedJob,
  time: number,
  beforeComplete: () => void = () => {},
): Promise<void> {
  const hidden = folder.replace(/[^/]*$/, '.$&');
  const encoder = new TextEncoder();
  try {
    const written: Manifest['stages'][number][] = [];
    for (const stage of stages) {
      const bytes = states.get(stage.id);
      const none = bytes === undefined ? 'ended' : 'none';
      const state = bytes ? await writeState(files, hidden, `${stage.id}.state`, bytes) : none;
      written.push({ ...stage, state });
    }
    const manifest: Manifest = { format: 2, job, origin, id, time, stages: written };
    await files.write(`${hidden}/${PLAN}`, [encoder.encode(`${plan.trimEnd()}\n`)]);
    await files.write(`${hidden}/${METADATA}`, [encoder.encode(`${JSON.stringify(manifest, null, 2)}\n`)]);
    beforeComplete();
    await files.rename(hidden, folder);
  } catch (error) {
    await files.remove(hidden).catch(() => undefined);
    throw error;
  }
}

async function writeState(
  files: CheckpointFiles,
  folder: string,
  file: string,
  state: SnapshotBytes,
): Promise<ManifestState> {
  let bytes = 0;
  let sum = 0;
  function* counted(): Generator<Uint8Array> {
    for (const piece of state instanceof Uint8Array ? [state] : state) {
      bytes += piece.length;
      sum = crc32(piece, sum);
      yield piece;
    }
  }
  await files.write(`${folder}/${file}`, counted());
  return { file, bytes, crc32: sum };
}

/** Writes the checkpoints of one job. */
export class CheckpointStore {
  readonly #kept: string[] = [];

  /** @param retained how many of them are kept */
  constructor(
    private readonly files: CheckpointFiles,
    private readonly job: CheckpointedJob,
    private readonly retained: number,
  ) {}

  /** When it resolves the checkpoint is complete; where it fails those before it stay. `beforeComplete` as of `writeCheckpoint`. */
  async write(checkpoint: Checkpoint, time: number, beforeComplete?: () => void): Promise<void> {
    const folder = `${this.job.job}/chk-${checkpoint.id}`;
    await writeCheckpoint(this.files, folder, checkpoint, this.job, time, beforeComplete);
    this.#kept.push(folder);
  }

  /** Removes what is older than those that are kept. */
  async retire(): Promise<void> {
    while (this.#kept.length > this.retained) await this.files.remove(this.#kept.shift()!);
  }

  /** The job is done: nobody goes on from here. */
  async removeAll(): Promise<void> {
    await this.files.remove(this.job.job);
  }
}

/**
 * The checkpoint in a folder, or the newest in the folders up to two below it.
 * @throws {SourceError} CHECKPOINT_NOT_FOUND; CHECKPOINT_DAMAGED where a file of it is not as it was written
 */
export async function readCheckpoint(files: CheckpointFiles): Promise<StoredCheckpoint> {
  const found = await manifestsIn(files, '', 2);
  const newest = found
    .sort((a, b) => a.manifest.time - b.manifest.time || a.manifest.id - b.manifest.id)
    .at(-1);
  if (newest === undefined) {
    throw new SourceError('CHECKPOINT_NOT_FOUND', 'There is no complete checkpoint to go on from.', {
      hint: "execution.state-recovery.path names a folder 'chk-…' or 'savepoint-…', or one that holds such folders.",
    });
  }
  const { folder, manifest } = newest;
  const stages: StoredStage[] = [];
  for (const stage of manifest.stages) {
    const state = typeof stage.state === 'object' ? await stateIn(files, folder, stage.state) : null;
    stages.push({ ...stage, state: stage.state === 'ended' ? 'ended' : state });
  }
  const { id, job, origin, time } = manifest;
  return { id, job, origin, time, stages };
}

interface FoundManifest {
  readonly folder: string;
  readonly manifest: Manifest;
}

async function manifestsIn(files: CheckpointFiles, folder: string, depth: number): Promise<FoundManifest[]> {
  const names = await files.list(folder);
  if (names.includes(METADATA)) {
    const text = new TextDecoder().decode(await files.read(joined(folder, METADATA)));
    return [{ folder, manifest: parsed(text, folder) }];
  }
  if (depth === 0) return [];
  const below = names.filter((name) => !name.startsWith('.'));
  return (await Promise.all(below.map((name) => manifestsIn(files, joined(folder, name), depth - 1)))).flat();
}

function parsed(text: string, folder: string): Manifest {
  try {
    const manifest = JSON.parse(text) as Manifest;
    if (manifest.format === 2) return manifest;
  } catch (cause) {
    throw damaged(joined(folder, METADATA), cause);
  }
  throw damaged(joined(folder, METADATA), null);
}

async function stateIn(
  files: CheckpointFiles,
  folder: string,
  state: Exclude<ManifestState, string>,
): Promise<Uint8Array> {
  const name = joined(folder, state.file);
  let bytes: Uint8Array;
  try {
    bytes = await files.read(name);
  } catch (cause) {
    throw damaged(name, cause);
  }
  if (bytes.length === state.bytes && crc32(bytes) === state.crc32) return bytes;
  throw damaged(name, null);
}

function joined(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

function damaged(name: string, cause: unknown): SourceError {
  return new SourceError('CHECKPOINT_DAMAGED', `File ${name} of the checkpoint is not as it was written.`, {
    hint: 'Go on from another checkpoint, or without one.',
    cause,
  });
}
