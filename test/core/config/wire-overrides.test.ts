import { expect, test } from 'vitest';
import { wireOverrides } from '../../../core/index.js';

const BY_ROW = { kind: 'scalar', isAsync: false, deterministic: true, batch: null };

test('settings of a function are handed to workers in their words, without those that the core acts on', () => {
  expect(wireOverrides('f', BY_ROW, { cache: ' 500 ', memory: '1 GB' })).toEqual({ cache: '500' });
});

test.each([
  ['cache', '5', { ...BY_ROW, kind: 'table' }, 'f is not a scalar function'],
  ['cache', '5', { ...BY_ROW, batch: 'arrow' }, 'f takes whole columns, not rows'],
  ['cache', '5', { ...BY_ROW, deterministic: false }, 'f is not deterministic'],
  ['ordered', 'true', BY_ROW, 'f is not an async function'],
  ['concurrency', '1-4', { ...BY_ROW, isAsync: true }, 'is a range, and f is an async function'],
  ['batch_rows', '10', BY_ROW, 'f takes rows, not batches'],
])(
  'the setting %s = %s is refused for a function that it cannot act on (%#)',
  (option, text, form, message) => {
    const override = () => wireOverrides('f', form, { [option]: text });
    expect(override).toThrow(
      expect.objectContaining({ code: 'OPTION_VALUE', message: expect.stringContaining(message) }),
    );
  },
);
