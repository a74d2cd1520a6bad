/** What a session makes outside of itself, noted before it is made, so that a later start removes it for the dead. */
import { randomBytes } from 'node:crypto';
import type { LeftoverNotes, OwnedPaths, UnfinishedPaths } from '../../bridge/index.js';
import { LifeSocket } from '../ledger/life-socket.js';
import { makeRuntimeFolder } from '../ledger/runtime-folder.js';
import { lifePath, removeManifest, writeManifest } from './manifest.js';

export class Estate implements LeftoverNotes {
  readonly #id = randomBytes(4).toString('hex');
  readonly #cgroups = new Set<string>();
  readonly #folders = new Set<string>();
  readonly #unfinished = new Map<string, UnfinishedPaths>();
  readonly #folder: string;
  readonly #name: string;
  #life: LifeSocket | null = null;
  readonly #onExit = () => removeManifest(this.#folder, this.#id);

  private constructor(folder: string, name: string) {
    this.#folder = folder;
    this.#name = name;
  }

  /**
   * Opens one in the folder of running jobs. `name`: what others call the session.
   * @throws {EnvironmentError} RUNTIME_FOLDER
   */
  static async open(folder: string, name: string): Promise<Estate> {
    makeRuntimeFolder(folder);
    const estate = new Estate(folder, name);
    // Before the file: one without a socket is of the dead.
    estate.#life = await LifeSocket.listen(lifePath(folder, estate.#id));
    process.once('exit', estate.#onExit);
    return estate;
  }

  own({ cgroups, folders }: OwnedPaths): void {
    for (const path of cgroups) this.#cgroups.add(path);
    for (const path of folders) this.#folders.add(path);
    this.#write();
  }

  disown({ cgroups, folders }: OwnedPaths): void {
    for (const path of cgroups) this.#cgroups.delete(path);
    for (const path of folders) this.#folders.delete(path);
    this.#write();
  }

  guard(name: string, paths: UnfinishedPaths): void {
    this.#unfinished.set(name, paths);
    this.#write();
  }

  release(name: string): void {
    this.#unfinished.delete(name);
    this.#write();
  }

  /** Nothing is left: everything that was noted is gone. */
  close(): void {
    process.off('exit', this.#onExit);
    removeManifest(this.#folder, this.#id);
    this.#life?.close();
    this.#life = null;
  }

  #write(): void {
    // Notes of what is already gone may come after the end.
    if (this.#life === null) return;
    writeManifest(this.#folder, this.#id, {
      name: this.#name,
      pid: process.pid,
      cgroups: [...this.#cgroups],
      folders: [...this.#folders],
      unfinished: [...this.#unfinished.values()],
    });
  }
}
