import { expect, it } from 'vitest';
import { systemTimers } from '../../../operators/ports/node-ports.js';
import { pause } from '../../../operators/sources/pause.js';

it('who waits keeps the process alive, until the job ends', async () => {
  const timeouts = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  const controller = new AbortController();
  const before = timeouts();

  const waiting = pause({ timers: systemTimers, signal: controller.signal }, 3_600_000);
  expect(timeouts()).toBe(before + 1);
  controller.abort();
  expect(timeouts()).toBe(before);
  await waiting;
});
