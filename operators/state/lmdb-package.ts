/** The package `lmdb`, loaded when a job asks for it: what is used of it. All of it waits for the file. */
import { createRequire } from 'node:module';

export interface LmdbDatabase {
  get(key: Uint8Array): Uint8Array | undefined;
  putSync(key: Uint8Array, value: Uint8Array): unknown;
  removeSync(key: Uint8Array): unknown;
  /** In the order of keys; with a transaction as it was when that began. */
  getRange(options: { readonly transaction?: LmdbTransaction }): Iterable<{ readonly value: Uint8Array }>;
  /** What it shows stays as it is until it is done. */
  useReadTransaction(): LmdbTransaction;
  getStats(): { readonly entryCount: number };
  transactionSync(work: () => void): unknown;
}

export interface LmdbTransaction {
  done(): void;
}

export interface LmdbRoot {
  openDB(options: {
    readonly name: string;
    readonly encoding: 'binary';
    readonly keyEncoding: 'binary';
  }): LmdbDatabase;
  close(): Promise<void>;
}

export interface LmdbPackage {
  open(options: {
    readonly path: string;
    readonly noSync: boolean;
    readonly noSubdir: boolean;
    readonly maxDbs: number;
    readonly compression: boolean;
  }): LmdbRoot;
}

export function loadLmdb(): LmdbPackage {
  return createRequire(import.meta.url)('lmdb') as LmdbPackage;
}
