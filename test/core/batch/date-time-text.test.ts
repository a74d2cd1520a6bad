import { expect, it } from 'vitest';
import { dateText, timestampText, timeText } from '../../../core/batch/date-time-text.js';
import { SeededRandom } from '../../support/seeded-random.js';

it('names the same day as the JavaScript calendar, over four centuries and at their edges', () => {
  const random = new SeededRandom(11);
  const days = [-1, 0, 58, 59, 60, 365, 10_957, 11_016, 11_017, -25_509, 47_540, 47_541];
  for (let i = 0; i < 2000; i++) days.push(random.int(-719_162, 2_932_896));

  for (const day of days) expect(dateText(day)).toBe(new Date(day * 86_400_000).toISOString().slice(0, 10));
});

it('keeps fractions before 1970 positive and cuts trailing zeros', () => {
  expect(timestampText(-1n, 6)).toBe('1969-12-31 23:59:59.999999');
  expect(timestampText(-1n, 9)).toBe('1969-12-31 23:59:59.999999999');
  expect(timestampText(1_500_000n, 6)).toBe('1970-01-01 00:00:01.5');
  expect(timeText(3_723_000_100)).toBe('01:02:03.0001');
});
