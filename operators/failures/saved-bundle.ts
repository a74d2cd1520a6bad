/**
 * The bundle that a function failed on, in a file that `millstream replay` runs it on again. The file:
 * the 8 bytes of `MAGIC`, the length of the header (uint32, little endian), the header (JSON), then for each column
 * group its schema message, its selection if it has one (int32), and its record batch message.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bundle, OpenFunctionStage } from '../../bridge/index.js';
import { loadGroup, type MillstreamError, type SchemaRegistry } from '../../core/index.js';
import { removeOldBundles } from './bundle-folder.js';

export const MAGIC = 'MSBUNDLE';
/** Larger bundles are not saved. */
export const MOST_BYTES = 64 << 20;

/** What a bundle is replayed with, beside its columns. */
export interface BundleFacts {
  readonly stage: Omit<OpenFunctionStage, 'kind'>;
  readonly functions: readonly { readonly name: string; readonly target: string }[];
  /** Where modules are looked for, absolute. */
  readonly paths: readonly string[];
  readonly timeZone: string;
  readonly python: string;
  readonly workingDirectory: string;
}

/** The header of the file. */
export interface SavedBundle extends BundleFacts {
  readonly id: string;
  /** ISO 8601. */
  readonly savedAt: string;
  readonly error: { readonly code: string; readonly message: string };
  readonly rows: number;
  readonly continued: boolean;
  readonly groups: readonly { readonly rows: number; readonly hasSelection: boolean }[];
  /** Bytes of what follows the header, in order. */
  readonly frames: readonly number[];
}

/**
 * Writes the file, readable by its owner only, and removes old ones. Gives its id; null where the bundle is too large or
 * the file cannot be written: what failed is told all the same.
 */
export function saveBundle(
  folder: string,
  facts: BundleFacts,
  bundle: Bundle,
  error: MillstreamError,
  schemas: SchemaRegistry,
): string | null {
  try {
    const frames = bundle.groups
      .map(loadGroup)
      .flatMap(({ schema, selection, message }) => [
        schemas.message(schema),
        ...(selection === null
          ? []
          : [new Uint8Array(selection.buffer, selection.byteOffset, selection.byteLength)]),
        message,
      ]);
    if (frames.reduce((sum, frame) => sum + frame.byteLength, 0) > MOST_BYTES) return null;
    const id = randomBytes(4).toString('hex');
    const saved: SavedBundle = {
      ...facts,
      id,
      savedAt: new Date().toISOString(),
      error: { code: error.code, message: error.message },
      rows: bundle.rows,
      continued: bundle.continued,
      groups: bundle.groups.map((group) => ({
        rows: group.messageRows,
        hasSelection: group.selection !== null,
      })),
      frames: frames.map((frame) => frame.byteLength),
    };
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    removeOldBundles(folder);
    const header = Buffer.from(JSON.stringify(saved));
    const length = Buffer.alloc(4);
    length.writeUInt32LE(header.byteLength);
    writeFileSync(
      join(folder, `${id}.bundle`),
      Buffer.concat([Buffer.from(MAGIC), length, header, ...frames]),
      {
        mode: 0o600,
        flag: 'wx',
      },
    );
    return id;
  } catch {
    return null;
  }
}
