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
  ) {}

  /** Things that lie in memory. */
  get inMemory(): number {
    return this.#atWork.size + this.#deleted.size;
  }

  get(key: string): T | undefined {
    const known = this.#atWork.get(key);
    if (known !== undefined || this.#deleted.has(key)) return known;
    const bytes = this.told(() => this.database.get(databaseKey(key)));
    if (bytes === undefined) return undefined;
    const thing = this.#loaded(bytes)[1];
    this.#atWork.set(key, thing);
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
    for (const { value } of this.database.getRange({})) yield this.#loaded(value)[1];
  }

  begin(save: SaveThing<T>): void {
    this.step(Number.POSITIVE_INFINITY);
    this.putAway();
    this.#save = save;
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
      const [key, thing] = this.#loaded(value);
      if (!this.#save(key, thing)) expired.push({ key, bytes: Uint8Array.from(value) });
      if (expired.length === MOST_REMOVED) this.#remove(expired.splice(0));
    }
    this.#remove(expired);
    return this.#walk !== null;
  }

  oldest(): Iterable<readonly [string, T]> {
    return [];
  }

  /** Writes what lies in memory to the file: nobody holds a thing. Whatever was asked for may have changed. */
  putAway(): void {
    if (this.inMemory === 0) return;
    this.told(() =>
      this.database.transactionSync(() => {
        for (const key of this.#deleted) this.database.removeSync(databaseKey(key));
        for (const [key, thing] of this.#atWork) {
          const writer = new StateWriter();
          writer.write([key, this.codec.save(thing)]);
          this.database.putSync(databaseKey(key), writer.bytes);
        }
      }),
    );
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

  #loaded(bytes: Uint8Array): [key: string, thing: T] {
    const [key, saved] = readStateValue(bytes) as readonly [string, SqlValue];
    return [key, this.codec.load(saved)];
  }
}

function databaseKey(key: string): Uint8Array {
  const bytes = encoder.encode(key);
  if (bytes.length <= MOST_KEY_BYTES) return Buffer.concat([Uint8Array.of(SHORT_KEY), bytes]);
  return Buffer.concat([Uint8Array.of(LONG_KEY), createHash('sha256').update(bytes).digest()]);
}
