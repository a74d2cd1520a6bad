/** A folder for the temporary files of one session, gone however the process ends (short of a kill). */
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ResourceError, reasonOf } from '../../core/index.js';

/** A new folder that only this user can enter. Named first and made later, so that a zygote can know of it before. */
export class TemporaryFolder {
  readonly path: string;
  /** Below it, for what function workers share. */
  readonly shared: string;
  readonly #onExit = () => rmSync(this.path, { recursive: true, force: true });
  #made: Promise<void> | null = null;

  /** It will be below `parent`, or the system's folder for temporary files. */
  constructor(private readonly parent: string | null) {
    this.path = join(parent ?? tmpdir(), `millstream-${randomBytes(6).toString('hex')}`);
    this.shared = join(this.path, 'functions');
  }

  /**
   * Makes the folders; a second call does nothing.
   * @throws {ResourceError} TEMPORARY_FOLDER where nothing can be written there.
   */
  make(): Promise<void> {
    this.#made ??= this.#make();
    return this.#made;
  }

  /** Removes the folder with everything in it. */
  async remove(): Promise<void> {
    if (this.#made === null) return;
    process.off('exit', this.#onExit);
    await rm(this.path, { recursive: true, force: true });
  }

  async #make(): Promise<void> {
    process.once('exit', this.#onExit);
    try {
      await mkdir(this.path, { mode: 0o700 });
      await mkdir(this.shared, { mode: 0o700 });
    } catch (cause) {
      process.off('exit', this.#onExit);
      const reason = reasonOf(cause);
      throw new ResourceError(
        'TEMPORARY_FOLDER',
        `No temporary folder can be made in ${this.parent ?? tmpdir()}: ${reason}.`,
        { hint: "Set 'io.tmp.dirs' to a folder that exists and can be written to.", cause },
      );
    }
  }
}
