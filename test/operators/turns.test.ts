import { expect, it } from 'vitest';
import { Turns } from '../../operators/turns.js';

/** Starts works by name and lets them end by name; `log` is what began, in order. */
function works(turns: Turns) {
  const log: string[] = [];
  const ends = new Map<string, (error?: Error) => void>();
  const start = (name: string, kind: 'shared' | 'alone') =>
    turns[kind](
      () =>
        new Promise<string>((resolve, reject) => {
          log.push(name);
          ends.set(name, (error) => (error === undefined ? resolve(name) : reject(error)));
        }),
    );
  return { log, start, end: (name: string, error?: Error) => ends.get(name)!(error) };
}

it('starts what shares at once, in the order of the calls', async () => {
  const { log, start } = works(new Turns());

  void start('a', 'shared');
  void start('b', 'shared');

  expect(log).toEqual(['a', 'b']);
});

it('lets one be alone when those before have ended, and those behind wait for it', async () => {
  const { log, start, end } = works(new Turns());
  const a = start('a', 'shared');
  const b = start('b', 'alone');
  const c = start('c', 'shared');
  expect(log).toEqual(['a']);

  end('a');
  await a;
  expect(log).toEqual(['a', 'b']);
  end('b');
  await b;

  expect(log).toEqual(['a', 'b', 'c']);
  end('c');
  expect(await c).toBe('c');
});

it('goes on after a work that failed', async () => {
  const { log, start, end } = works(new Turns());
  const a = start('a', 'alone');
  void start('b', 'shared');

  end('a', new Error('a failed'));

  await expect(a).rejects.toThrow('a failed');
  expect(log).toEqual(['a', 'b']);
});
