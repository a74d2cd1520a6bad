import { expect, test } from 'vitest';
import { tellOfBatch } from '../../../operators/session/checkpoint-support.js';

function told(recovery: string | null, notStreaming: string | null): string[] {
  const notes: string[] = [];
  tellOfBatch({ recovery }, notStreaming, (text) => notes.push(text));
  return notes;
}

test('a batch for which checkpoints were asked says that it takes none, and why', () => {
  expect(told(null, null)).toEqual([
    'no checkpoints are taken, the job is a batch: every source ends, and streaming was not asked for. Run it with --mode streaming.',
  ]);
  expect(told(null, 'A stream cannot be sorted.')).toEqual([
    'no checkpoints are taken, the job is a batch: A stream cannot be sorted. Its rows are the same; another query may be a stream.',
  ]);
});

test('a batch that was to go on from a checkpoint is refused', () => {
  expect(() => told('checkpoints', 'A stream cannot be sorted.')).toThrow(
    'A batch cannot go on from a checkpoint: A stream cannot be sorted.',
  );
});
