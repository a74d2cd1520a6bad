/** The things of one state in a database, those at work in memory as objects. */
import { createHash } from 'node:crypto';
import {
  InternalError,
  readStateValue,
  type SavableState,
  type SaveThing,
  type SqlValue,
  type StateCodec,
  StateWriter,
} from '../../core/index.js';
import type { LmdbDatabase, LmdbTransaction } from './lmdb-package.js';

/** LMDB takes keys of 1978 bytes; longer ones are found by their hash. */
const MOST_KEY_BYTES = 1_900;
const LONG_KEY = 0x01;
const SHORT_KEY = 0x00;

/** Expired entries that are removed together. */
const MOST_REMOVED = 256;

/** The epoch in which an entry was written, little-endian, before its key and its thing; without a thing it is gone. */
const EPOCH_BYTES = 4;

interface Entry {
  readonly key: string;
  readonly bytes: Uint8Array;
}

const encoder = new TextEncoder();

/** Each entry holds its key and its thing; what operators have asked for is written when it is put away. */
export class LmdbMap<T> implements SavableState<T> {
  readonly #atWork = new Map<string, T>();
  /** In the database, and no longer there. */
  readonly #deleted = new Set<string>();
  #isCut = false;
  #epoch = 0;
  /** Entries written since the epoch began; one may be among them more than once. */
  #written = 0;
  /** What was written before the last epoch is not saved. */
  #savesChanges = false;
  #save: SaveThing<T> = () => true;
  #walk: {
    readonly transaction: LmdbTransaction;
    readonly entries: Iterator<{ readonly value: Uint8Array }>;
  } | null = null;

  /** @param told runs what touches the file */
  constructor(
    private readonly database: LmdbDatabase,
    private readonly codec: StateCodec<T>,
    private readonly told: <Result>(work: () => Result) => Result,
    private readonly tracksChanges = false,
  ) {}

  get size(): { readonly all: number; readonly changed: number } {
    const { entryCount } = this.told(() => this.database.getStats());
    return { all: entryCount + this.#atWork.size, changed: this.#written + this.inMemory };
  }

  /** Things that lie in memory. */
  get inMemory(): number {
    return this.#atWork.size + this.#deleted.size;
  }

  get(key: string): T | undefined {
    const known = this.#atWork.get(key);
    if (known !== undefined || this.#deleted.has(key)) return known;
    const bytes = this.told(() => this.database.get(databaseKey(key)));
    if (bytes === undefined) return undefined;
    const { thing } = this.#loaded(bytes);
    if (thing !== undefined) this.#atWork.set(key, thing);
    return thing;
  }

  set(key: string, thing: T): void {
    this.#deleted.delete(key);
    this.#atWork.set(key, thing);
  }

  delete(key: string): void {
    this.#atWork.delete(key);
    this.#deleted.add(key);
  }

  *values(): Generator<T> {
    this.putAway();
    for (const { value } of this.database.getRange({})) {
      const { thing } = this.#loaded(value);
      if (thing !== undefined) yield thing;
    }
  }

  begin(save: SaveThing<T>, onlyChanges: boolean): void {
    this.#endWalk();
    this.putAway();
    this.#save = save;
    this.#savesChanges = onlyChanges;
    this.#epoch += 1;
    this.#written = 0;
    this.told(() => {
      const transaction = this.database.useReadTransaction();
      this.#walk = { transaction, entries: this.database.getRange({ transaction })[Symbol.iterator]() };
    });
  }

  /** @throws {InternalError} CHECKPOINT_REFUSED once it was closed before all was saved */
  step(most: number): boolean {
    if (this.#isCut) {
      throw new InternalError(
        'CHECKPOINT_REFUSED',
        'An operator has ended while its state was being written.',
      );
    }
    const expired: Entry[] = [];
    for (let left = most; left > 0 && this.#walk !== null; left--) {
      const next = this.#walk.entries.next();
      if (next.done === true) {
        this.#endWalk();
        break;
      }
      const { value } = next.value;
      if (this.#savesChanges && epochOf(value) < this.#epoch - 1) continue;
      const { key, thing } = this.#loaded(value);
      // Who goes on from all of it, or from changes that say so, does not meet a thing that is gone.
      const isThere = thing !== undefined || this.#savesChanges ? this.#save(key, thing) : false;
      if (thing === undefined || !isThere) expired.push({ key, bytes: Uint8Array.from(value) });
      if (expired.length === MOST_REMOVED) this.#remove(expired.splice(0));
    }
    this.#remove(expired);
    return this.#walk !== null;
  }

  end(): void {
    this.#save = () => true;
    this.#endWalk();
  }

  oldest(): Iterable<readonly [string, T]> {
    return [];
  }

  /** Writes what lies in memory to the file: nobody holds a thing. Whatever was asked for may have changed. */
  putAway(): void {
    if (this.inMemory === 0) return;
    this.told(() =>
      this.database.transactionSync(() => {
        for (const key of this.#deleted) {
          const inFile = databaseKey(key);
          if (!this.tracksChanges) this.database.removeSync(inFile);
          else if (this.database.get(inFile) !== undefined) this.database.putSync(inFile, this.#entry([key]));
        }
        for (const [key, thing] of this.#atWork)
          this.database.putSync(databaseKey(key), this.#entry([key, this.codec.save(thing)]));
      }),
    );
    this.#written += this.inMemory;
    this.#deleted.clear();
    this.#atWork.clear();
  }

  /** What has not been saved by then is lost: whoever saves it is told. */
  close(): void {
    this.#isCut = this.#walk !== null;
    this.#endWalk();
  }

  /** Those that are as they were when the walk began. */
  #remove(entries: readonly Entry[]): void {
    const unasked = entries.filter(({ key }) => !this.#atWork.has(key));
    if (unasked.length === 0) return;
    this.told(() =>
      this.database.transactionSync(() => {
        for (const { key, bytes } of unasked) {
          const now = this.database.get(databaseKey(key));
          if (now !== undefined && Buffer.compare(now, bytes) === 0)
            this.database.removeSync(databaseKey(key));
        }
      }),
    );
  }

  #endWalk(): void {
    this.#walk?.transaction.done();
    this.#walk = null;
  }

  #entry(content: readonly SqlValue[]): Uint8Array {
    const writer = new StateWriter();
    writer.write(content);
    const bytes = new Uint8Array(EPOCH_BYTES + writer.length);
    new DataView(bytes.buffer).setUint32(0, this.#epoch, true);
    bytes.set(writer.bytes, EPOCH_BYTES);
    return bytes;
  }

  #loaded(bytes: Uint8Array): { readonly key: string; readonly thing: T | undefined } {
    const content = readStateValue(bytes.subarray(EPOCH_BYTES)) as readonly SqlValue[];
    const thing = content.length === 1 ? undefined : this.codec.load(content[1]!);
    return { key: content[0] as string, thing };
  }
}

function epochOf(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
}

function databaseKey(key: string): Uint8Array {
  const bytes = encoder.encode(key);
  if (bytes.length <= MOST_KEY_BYTES) return Buffer.concat([Uint8Array.of(SHORT_KEY), bytes]);
  return Buffer.concat([Uint8Array.of(LONG_KEY), createHash('sha256').update(bytes).digest()]);
}
