import { describe, expect, it } from 'vitest';
import { NO_RECYCLING, WorkerWear } from '../../bridge/worker-wear.js';

describe('a worker that has been used', () => {
  it('is never worn without limits', () => {
    const wear = new WorkerWear(NO_RECYCLING, 0);
    wear.addRows(1e12);
    wear.setResident(1e12);

    expect(wear.reached(1e12)).toBeNull();
  });

  it('is worn by rows, age or resident memory, and says which', () => {
    const limits = { rows: 100, ageMs: 5_000, residentBytes: 1 << 30 };
    const wear = new WorkerWear(limits, 1_000);
    expect(wear.reached(5_999)).toBeNull();
    expect(wear.reached(6_000)).toBe('at the age of 5 s');

    wear.setResident(1 << 30);
    expect(wear.reached(5_000)).toBe('with 1 GiB of resident memory');

    wear.addRows(60);
    wear.addRows(60);
    expect(wear.reached(5_000)).toBe('after 120 rows');
  });

  it('is no longer worn by memory that it gave back', () => {
    const wear = new WorkerWear({ ...NO_RECYCLING, residentBytes: 100 }, 0);
    wear.setResident(100);
    wear.setResident(99);

    expect(wear.reached(0)).toBeNull();
  });
});
