/** What a command runs: a script of SQL, or a program that makes its own table environment. */
import type { ErrorSource } from '../errors/render-error.js';

export type Job = ScriptJob | ProgramJob;

/** Statements, whatever they were written in. */
export interface ScriptJob {
  readonly kind: 'script';
  /** The SQL, and what errors call it. */
  readonly source: ErrorSource;
  /** Folder where modules of functions are also found; null for `-` and `-e`. */
  readonly folder: string | null;
  readonly mode: 'batch' | 'streaming' | null;
}

/** A JavaScript or TypeScript file. */
export interface ProgramJob {
  readonly kind: 'program';
  /** Absolute path. */
  readonly file: string;
  readonly typescript: boolean;
}
