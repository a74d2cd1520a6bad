import { describe, expect, it } from 'vitest';
import { Dispatcher } from '../../../operators/stages/dispatcher.js';

describe('Dispatcher', () => {
  it('gives each bundle to the worker with the fewest bytes in flight', () => {
    const dispatcher = new Dispatcher(3);

    const first = [dispatcher.assign(10, false), dispatcher.assign(10, false), dispatcher.assign(10, false)];
    dispatcher.settle(1, 10);

    expect(first).toEqual([0, 1, 2]);
    expect(dispatcher.assign(10, false)).toBe(1);
  });

  it('keeps bundles of a key group that goes on with one worker, and moves on after its end', () => {
    const dispatcher = new Dispatcher(2);

    const group = [dispatcher.assign(10, true), dispatcher.assign(10, true), dispatcher.assign(10, false)];

    expect(group).toEqual([0, 0, 0]);
    expect(dispatcher.assign(10, false)).toBe(1);
  });
});
