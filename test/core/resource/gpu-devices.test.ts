import { expect, it } from 'vitest';
import { GpuDevices } from '../../../core/index.js';

it('gives whole devices, and none that somebody has a share of', () => {
  const devices = new GpuDevices(['0', '1', '2']);

  const share = devices.take(0.5);
  const pair = devices.take(2);

  expect([share?.devices, pair?.devices]).toEqual([['0'], ['1', '2']]);
  expect(devices.take(1)).toBeNull();
  share!.release();
  share!.release();
  expect(devices.take(1)?.devices).toEqual(['0']);
  expect(devices.take(0.1)).toBeNull();
});

it('fills one device with shares before it begins another', () => {
  const devices = new GpuDevices(['a', 'b']);

  const taken = [0.25, 0.25, 0.5, 0.3].map((share) => devices.take(share)?.devices.join());

  expect(taken).toEqual(['a', 'a', 'a', 'b']);
});
