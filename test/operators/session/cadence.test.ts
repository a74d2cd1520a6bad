import { expect, test } from 'vitest';
import { Cadence } from '../../../operators/session/cadence.js';
import { ManualClock } from '../../support/manual-clock.js';

function cadence(lastsMs = 0) {
  const clock = new ManualClock();
  const begun: number[] = [];
  const made = new Cadence(clock, 100, async () => {
    begun.push(clock.nowMs());
    await clock.sleep(lastsMs);
  });
  const start = clock.nowMs();
  return { clock, made, times: () => begun.map((time) => time - start) };
}

test('it is done an interval after its last end', async () => {
  const { clock, times } = cadence(30);
  await clock.runUntil(clock.sleep(400));
  expect(times()).toEqual([100, 230, 360]);
});

test('it is done at once where it is hastened, also behind one that is being done', async () => {
  const { clock, made, times } = cadence(30);
  await clock.runUntil(clock.sleep(50));
  made.hasten();
  await clock.runUntil(clock.sleep(10));
  made.hasten();
  await clock.runUntil(clock.sleep(200));
  expect(times()).toEqual([50, 80, 210]);
});

test('it is not done while it is paused, and then as it was asked for meanwhile', async () => {
  const { clock, made, times } = cadence(30);
  await clock.runUntil(clock.sleep(110));
  await clock.runUntil(made.pause());
  expect(times()).toEqual([100]);
  made.hasten();
  await clock.runUntil(clock.sleep(500));
  expect(times()).toEqual([100]);
  made.goOn();
  await clock.runUntil(clock.sleep(10));
  expect(times()).toEqual([100, 630]);
});

test('it is not done any more once it was ended, whoever lets it go on', async () => {
  const { clock, made, times } = cadence(30);
  await clock.runUntil(clock.sleep(110));
  await clock.runUntil(Promise.all([made.pause(), made.end()]));
  made.goOn();
  await clock.runUntil(clock.sleep(500));
  expect(times()).toEqual([100]);
});
