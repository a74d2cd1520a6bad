import { beforeEach, expect, it } from 'vitest';
import { CheckpointCollector } from '../../../core/runtime/checkpoint.js';

let discarded: string[];
beforeEach(() => {
  discarded = [];
});

function stateOf(stage: string) {
  return { since: null, pieces: ReadableStream.from<Uint8Array>([]), discard: () => discarded.push(stage) };
}

it('a stage that ends before its barrier counts as done', async () => {
  const collector = new CheckpointCollector(4);
  const { id, complete } = collector.begin(['a', 'b']);

  collector.acknowledge('a', id, null);
  collector.stageEnded('b');

  expect(await complete).toEqual({ id: 5, states: new Map([['a', null]]) });
});

it('what is said to a checkpoint that fails is given up, also what is said later or to none', async () => {
  const collector = new CheckpointCollector();
  const { id, complete } = collector.begin(['a', 'b']);

  collector.acknowledge('a', id, stateOf('a'));
  expect(discarded).toEqual([]);
  collector.fail(new Error('a worker died'));
  collector.acknowledge('b', id, stateOf('b'));
  collector.acknowledge('c', 99, stateOf('c'));

  await expect(complete).rejects.toThrow('a worker died');
  expect(discarded).toEqual(['a', 'b', 'c']);
});
