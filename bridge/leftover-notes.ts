/** Where a bridge notes what it makes outside of itself, so that others can remove it once everybody here is dead. */
import type { UnfinishedPaths } from './protocol/zygote.js';

/** Cgroups, removed with what runs in them, and private folders, removed with all in them. Absolute paths. */
export interface OwnedPaths {
  readonly cgroups: readonly string[];
  readonly folders: readonly string[];
}

/** All of it is noted when a call returns: only then may it be made. */
export interface LeftoverNotes {
  own(paths: OwnedPaths): void;
  /** They are gone. */
  disown(paths: OwnedPaths): void;
  /** Unfinished output, until it is released by its name. */
  guard(name: string, paths: UnfinishedPaths): void;
  release(name: string): void;
}
