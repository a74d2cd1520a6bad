/** The worker that waits for a death of another. */
import { expect, it } from 'vitest';
import { SpareWorker } from '../../operators/spare-worker.js';

interface Fake {
  readonly number: number;
  isWarm: boolean;
  isKilled: boolean;
  die(): void;
  readonly ended: Promise<void>;
}

function fakes() {
  const made: Fake[] = [];
  const starting: (() => void)[] = [];
  const spare = new SpareWorker<Fake>({
    start: () =>
      new Promise((resolve) => {
        starting.push(() => {
          let die = () => {};
          const ended = new Promise<void>((settle) => {
            die = settle;
          });
          const fake = { number: made.length + 1, isWarm: false, isKilled: false, die, ended };
          made.push(fake);
          resolve(fake);
        });
      }),
    ended: ({ ended }) => ended,
    kill: async (fake) => {
      fake.isKilled = true;
      fake.die();
    },
  });
  const warm = async (fake: Fake) => {
    fake.isWarm = true;
  };
  return { made, starting, spare, warm };
}

it('is there once, and warm, for whoever takes it', async () => {
  const { made, starting, spare, warm } = fakes();

  spare.prepare(warm);
  spare.prepare(warm);
  const taken = spare.take();
  starting.forEach((start) => {
    start();
  });

  expect(await taken).toBe(made[0]);
  expect({ made: made.length, warm: made[0]!.isWarm }).toEqual({ made: 1, warm: true });
  expect(await spare.take()).toBeNull();
});

it('is none where it cannot start, cannot be made warm, or has died', async () => {
  const refused = new SpareWorker<Fake>({
    start: () => Promise.reject(new Error('no memory')),
    ended: ({ ended }) => ended,
    kill: async () => {},
  });
  refused.prepare(async () => {});
  expect(await refused.take()).toBeNull();

  const { made, starting, spare, warm } = fakes();
  spare.prepare(() => Promise.reject(new Error('no module')));
  const cold = spare.take();
  starting.shift()!();
  expect(await cold).toBeNull();
  expect(made[0]!.isKilled).toBe(true);

  spare.prepare(warm);
  starting.shift()!();
  await Promise.resolve().then(() => undefined);
  const second = await until(() => made[1]?.isWarm === true && made[1]);
  second.die();
  await second.ended;
  expect(await spare.take()).toBeNull();
});

it('is killed when it is not needed, also while it starts', async () => {
  const { made, starting, spare, warm } = fakes();

  spare.prepare(warm);
  const ended = spare.end();
  starting.shift()!();
  await ended;

  expect(made[0]!.isKilled).toBe(true);
  expect(made[0]!.isWarm).toBe(false);
  expect(await spare.take()).toBeNull();
});

async function until<T>(look: () => T | false | undefined): Promise<T> {
  for (;;) {
    const seen = look();
    if (seen) return seen;
    await Promise.resolve();
  }
}
