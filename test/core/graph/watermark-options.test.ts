import { expect, test } from 'vitest';
import { watermarkOptions } from '../../../core/graph/stream/watermark-options.js';

const optionsOf = (options: Readonly<Record<string, string>>) =>
  watermarkOptions({ path: ['default', 'clicks'], options });

test('options of a table say how its watermarks are', () => {
  expect(optionsOf({})).toEqual({ eventGap: null, idleTimeoutMs: null });
  expect(
    optionsOf({ 'scan.watermark.emit.strategy': 'on-event', 'scan.watermark.idle-timeout': '2 s' }),
  ).toEqual({ eventGap: 1, idleTimeoutMs: 2000 });
});

test.each(['emit.strategy', 'emit.on-event.gap', 'idle-timeout'])(
  'a wrong %s is refused by the names of the table and the option',
  (key) => {
    expect(() => optionsOf({ [`scan.watermark.${key}`]: 'soon' })).toThrow(
      `Table clicks: the option 'scan.watermark.${key}' is 'soon'.`,
    );
  },
);
