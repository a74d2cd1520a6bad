import { expect, it } from 'vitest';
import { type Batch, runJob } from '../../../core/index.js';
import { systemClock, systemTimers } from '../../../operators/ports/node-ports.js';
import { MemorySpillFiles } from '../../support/memory-spill-files.js';
import { graphOf } from '../../support/stage-graph.js';
import { numbersBatch } from '../../support/test-batch.js';
import { PassOperator, TestSource } from '../../support/test-operators.js';

it('a job whose every step finds its next batch ready lets timers and signals through', async () => {
  let hasFired = false;
  const timer = setTimeout(() => {
    hasFired = true;
  });
  const operators = { a: new TestSource(untilFired()), b: new PassOperator(), c: new PassOperator() };
  const registry = { create: ({ id }: { id: string }) => operators[id as 'a' | 'b' | 'c'] };
  const ports = { clock: systemClock, timers: systemTimers, spillFiles: new MemorySpillFiles() };

  await runJob(graphOf(['a -> b', 'b -> c']), registry, ports);

  clearTimeout(timer);
  expect(hasFired).toBe(true);

  function* untilFired(): Generator<Batch> {
    const latest = performance.now() + 20_000;
    while (!hasFired && performance.now() < latest) yield numbersBatch([1]);
  }
});
