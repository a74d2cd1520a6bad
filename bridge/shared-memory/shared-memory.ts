/** The arenas of one bridge: their folder, what they may take together, and who maps what. */
import { join } from 'node:path';
import { EndpointFolder } from '../endpoint-folder.js';
import type { Arena as ArenaMessage, Release } from '../protocol/messages.js';
import { Arena } from './arena.js';
import { memoryFileSystem } from './memory-file-system.js';
import { WorkerMemory } from './worker-memory.js';

/** Sends to a worker, in the order of its data connection. */
export type SendToWorker = (message: ArenaMessage | Release) => void;

const MIB = 1 << 20;
/** One worker may take a quarter: what scans and function workers have under way together fits. */
const SHARE_OF_WORKER = 4;
const LEAST_ARENA_BYTES = 4 * MIB;
/** Of a file system in memory, the part that a bridge takes at most. */
const SHARE_OF_FILE_SYSTEM = 0.5;
/** With less free space all batches are copied through sockets. */
export const LEAST_FREE_BYTES = (LEAST_ARENA_BYTES * SHARE_OF_WORKER) / SHARE_OF_FILE_SYSTEM;

export class SharedMemory {
  readonly #folder: EndpointFolder;
  readonly #limitBytes: number;
  readonly #arenas = new Map<number, Arena>();
  readonly #workers = new Set<WorkerMemory>();
  #leftBytes: number;

  private constructor(folder: EndpointFolder, bytes: number) {
    this.#folder = folder;
    this.#leftBytes = bytes;
    this.#limitBytes = Math.floor(bytes / SHARE_OF_WORKER / MIB) * MIB;
  }

  /**
   * Finds a file system in memory, and chooses a private folder in it, made with the first arena; null where there is
   * none with enough room.
   * @param bytes What all arenas together may take; at most half of what is free there is taken.
   * @param folders Where to look, first match wins.
   */
  static open(bytes: number, folders: readonly string[]): SharedMemory | null {
    for (const path of folders) {
      const freeBytes = memoryFileSystem(path);
      const most = Math.min(bytes, (freeBytes ?? 0) * SHARE_OF_FILE_SYSTEM);
      if (most < LEAST_ARENA_BYTES * SHARE_OF_WORKER) continue;
      try {
        return new SharedMemory(EndpointFolder.choose([path]), most);
      } catch {
        // No folder can be made there.
      }
    }
    return null;
  }

  /** The folder of the arenas' files, to be removed by whoever outlives this process. */
  get path(): string {
    return this.#folder.path;
  }

  /** Makes the folder now: who is to see it from a sandbox must find it. @throws {EnvironmentError} SOCKET_FOLDER */
  make(): void {
    this.#folder.make();
  }

  /** What one worker writes and reads. `worker` is its epoch. */
  join(worker: number, send: SendToWorker): WorkerMemory {
    const member: WorkerMemory = new WorkerMemory({
      worker,
      send,
      arena: () => this.#create(worker, member),
      arenas: () => this.#arenas.values(),
      find: (id) => this.#arenas.get(id) ?? null,
      onEnd: () => this.#workers.delete(member),
    });
    this.#workers.add(member);
    return member;
  }

  /** Removes everything; all workers have ended. */
  close(): void {
    for (const arena of [...this.#arenas.values()]) arena.remove();
    this.#folder.remove();
  }

  #create(worker: number, member: WorkerMemory): Arena | null {
    try {
      this.#folder.make();
      const arena = this.#arena(worker, member);
      this.#arenas.set(arena.id, arena);
      return arena;
    } catch {
      // No file can be made (descriptors, inodes): batches go inline.
      return null;
    }
  }

  #arena(worker: number, member: WorkerMemory): Arena {
    return new Arena({
      id: worker,
      path: join(this.#folder.path, `w${worker}`),
      limitBytes: this.#limitBytes,
      reserve: (bytes) => this.#reserve(bytes),
      onGrown: () => member.onGrown(),
      onFreed: (generations) => member.onFreed(generations),
      onEmpty: (gone, bytes) => this.#onEmpty(gone, bytes),
    });
  }

  #reserve(bytes: number): boolean {
    if (bytes > this.#leftBytes) return false;
    this.#leftBytes -= bytes;
    return true;
  }

  #onEmpty(arena: Arena, bytes: number): void {
    this.#arenas.delete(arena.id);
    this.#leftBytes += bytes;
    for (const worker of this.#workers) worker.forget(arena);
  }
}
