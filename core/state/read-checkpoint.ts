/** Finds a checkpoint and reads it, held to the sums that were written with it. */
import { crc32 } from 'node:zlib';
import { SourceError } from '../errors.js';
import type { CheckpointFiles } from '../ports/ports.js';
import { reasonOf } from '../text/reason-of.js';
import {
  joined,
  MANIFEST_FORMAT,
  type Manifest,
  METADATA,
  type StageIdentity,
  type StoredFile,
} from './checkpoint-manifest.js';
import { concatenated } from './snapshot-file.js';

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
    throw new SourceError('CHECKPOINT_NOT_FOUND', `There is no complete checkpoint in ${files.place}.`, {
      hint: "Name a folder 'chk-…' or 'savepoint-…' with a file _metadata, or one that holds such folders.",
    });
  }
  const { folder, manifest } = newest;
  const stages: StoredStage[] = [];
  for (const { state, ...stage } of manifest.stages) {
    if (typeof state === 'string') stages.push({ ...stage, state: state === 'ended' ? 'ended' : null });
    else stages.push({ ...stage, state: await stateIn(files, folder, state.files) });
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
    return [{ folder, manifest: parsed(text, joined(files.place, joined(folder, METADATA))) }];
  }
  if (depth === 0) return [];
  const below = names.filter((name) => !name.startsWith('.'));
  return (await Promise.all(below.map((name) => manifestsIn(files, joined(folder, name), depth - 1)))).flat();
}

function parsed(text: string, path: string): Manifest {
  let manifest: { readonly format?: unknown };
  try {
    manifest = JSON.parse(text);
  } catch (cause) {
    throw damaged(path, cause);
  }
  if (manifest.format === MANIFEST_FORMAT) return manifest as Manifest;
  if (typeof manifest.format !== 'number') throw damaged(path, null);
  throw new SourceError(
    'CHECKPOINT_DAMAGED',
    `File ${path} of the checkpoint has format ${manifest.format}, and this version of Millstream reads ${MANIFEST_FORMAT}.`,
    { hint: 'Go on from it with the version that wrote it, or begin without it.' },
  );
}

async function stateIn(
  files: CheckpointFiles,
  folder: string,
  stored: readonly StoredFile[],
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (const file of stored) parts.push(await fileIn(files, folder, file));
  return parts.length === 1 ? parts[0]! : concatenated(parts);
}

async function fileIn(files: CheckpointFiles, folder: string, stored: StoredFile): Promise<Uint8Array> {
  const name = joined(folder, stored.file);
  const path = joined(files.place, name);
  let bytes: Uint8Array;
  try {
    bytes = await files.read(name);
  } catch (cause) {
    throw damaged(path, cause, `cannot be read: ${reasonOf(cause)}`);
  }
  if (bytes.length === stored.bytes && crc32(bytes) === stored.crc32) return bytes;
  throw damaged(path, null);
}

function damaged(path: string, cause: unknown, what = 'is not as it was written'): SourceError {
  return new SourceError('CHECKPOINT_DAMAGED', `File ${path} of the checkpoint ${what}.`, {
    hint: 'Go on from another checkpoint, or without one.',
    cause,
  });
}
