import { describe, expect, it } from 'vitest';
import { BundleAnswer } from '../../bridge/bundle-answer.js';
import type { AnswerPart, BundleBatch } from '../../bridge/index.js';
import { ResourceError, type SharedMessage } from '../../core/index.js';
import { SpillScope } from '../../operators/ports/spill-scope.js';
import { MemorySpillFiles } from '../support/memory-spill-files.js';

describe('an answer that is larger than memory should hold', () => {
  it('comes back part by part as it was, and its file goes with the last of them', async () => {
    const files = new MemorySpillFiles();
    const answer = new BundleAnswer({ files, name: 'f', memoryBytes: 100 });
    const parts = [partOf(1, 40), partOf(2, 40), partOf(3, 80), partOf(4, 8)];

    for (const part of parts) await answer.add(part);

    expect(answer.rows).toBe(10);
    expect(answer.parts.map((part) => 'load' in part)).toEqual([false, false, true, true]);
    expect(files.open).toBe(1);
    expect(await all(answer.parts)).toEqual(parts);
    await settled();
    expect(files.open).toBe(0);
  });

  it('lets shared memory go as it is written', async () => {
    const held: string[] = [];
    const answer = new BundleAnswer({ files: new MemorySpillFiles(), name: 'f', memoryBytes: 0 });
    const { group } = partOf(1, 8);
    const shared = sharedMessage(group!.message, held);

    await answer.add({ rows: 1, group: { ...group!, shared }, rowSelection: null });

    expect(held).toEqual(['read', 'released']);
    expect(await all(answer.parts)).toEqual([{ rows: 1, group, rowSelection: null }]);
  });

  it('keeps what has no columns in memory', async () => {
    const answer = new BundleAnswer({ files: new MemorySpillFiles(), name: 'f', memoryBytes: 0 });

    await answer.add({ rows: 2, group: null, rowSelection: Int32Array.of(0, 3) });

    expect(answer.parts).toEqual([{ rows: 2, group: null, rowSelection: Int32Array.of(0, 3) }]);
  });

  it('leaves no file where nobody needs it', async () => {
    const files = new MemorySpillFiles();
    const answer = new BundleAnswer({ files, name: 'f', memoryBytes: 0 });
    for (const rows of [1, 2]) await answer.add(partOf(rows, 8));

    answer.release();

    await settled();
    expect(files.open).toBe(0);
  });

  it('leaves no file when its owner ends before it was read', async () => {
    const files = new MemorySpillFiles();
    const scope = new SpillScope(files);
    const answer = new BundleAnswer({ files: scope, name: 'f', memoryBytes: 0 });
    await answer.add(partOf(1, 8));

    await scope.close();

    expect(files.open).toBe(0);
  });

  it('tells where it cannot be written', async () => {
    const files = { create: () => Promise.reject(new ResourceError('SPILL_FULL', 'No room.')) };
    const answer = new BundleAnswer({ files, name: 'f', memoryBytes: 0 });

    await expect(answer.add(partOf(1, 8))).rejects.toMatchObject({ code: 'SPILL_FULL' });
  });
});

function partOf(rows: number, bytes: number): BundleBatch {
  const message = Uint8Array.from({ length: bytes }, (_, i) => rows + i);
  const group = { schema: 3, message, shared: null, messageRows: rows, selection: null };
  return { rows, group, rowSelection: rows === 2 ? Int32Array.of(4, 4) : null };
}

function sharedMessage(message: Uint8Array, seen: string[]): SharedMessage {
  return {
    byteLength: message.byteLength,
    read: () => {
      seen.push('read');
      return message;
    },
    hold: () => {},
    release: () => seen.push('released'),
  };
}

function all(parts: readonly AnswerPart[]): Promise<BundleBatch[]> {
  return Promise.all(parts.map((part) => ('load' in part ? part.load() : part)));
}

function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
