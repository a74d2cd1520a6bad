/** What stands in the file `_metadata` of a checkpoint. */

/** What a stage is, for who goes on from its state. */
export interface StageIdentity {
  readonly id: string;
  /** Equal where the state of one has the form of the other's. */
  readonly uid: string;
  /** What EXPLAIN calls it. */
  readonly description: string;
  /** `position`: how far a source is; `nothing` that the next rows would not say again. */
  readonly keeps: 'position' | 'state' | 'nothing';
  /** The columns that its state is made of; those of stages with equal uids stand for each other. */
  readonly columns: readonly { readonly name: string; readonly text: string; readonly hash: string }[];
  /** Equal where rows come to it by the same conditions. */
  readonly rows: string;
}

/** Another one is of another version. */
export const MANIFEST_FORMAT = 4;

export interface Manifest {
  readonly format: typeof MANIFEST_FORMAT;
  readonly job: string;
  /** As `CheckpointedJob`. */
  readonly origin: string;
  readonly id: number;
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly stages: readonly (StageIdentity & { readonly state: ManifestState })[];
}

/** `ended`: the stage had no more rows to come. Of several files the newest is the first: each holds the changes since the next. */
export type ManifestState = 'ended' | 'none' | { readonly files: readonly StoredFile[] };

export interface StoredFile {
  /** Beside the manifest, or `../shared/…`: of other checkpoints too. */
  readonly file: string;
  readonly bytes: number;
  readonly crc32: number;
}

export const METADATA = '_metadata';

/** A name below a folder, or above it where it begins with `../`. */
export function joined(folder: string, name: string): string {
  if (folder === '') return name;
  if (!name.startsWith('../')) return `${folder}/${name}`;
  return folder.includes('/') ? folder.replace(/[^/]*$/, name.slice(3)) : name.slice(3);
}
