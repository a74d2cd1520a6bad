import { describe, expect, it } from 'vitest';
import { LineProgress } from '../../../cli/progress/line-progress.js';
import { bytes, duration } from '../../../cli/progress/numbers.js';
import { renderSummary } from '../../../cli/progress/summary.js';

describe('progress without a terminal', () => {
  it('prints a line every five seconds, with rate and remaining time', () => {
    const lines: string[] = [];
    let now = 100;
    const progress = new LineProgress(
      (line) => lines.push(line),
      () => now,
      () => 0,
    );

    for (let second = 0; second <= 12; second++) {
      now = 100 + second;
      progress.update({ rows: second * 100_000, totalRows: 2_000_000, stages: [] });
    }

    expect(lines).toEqual([
      '500,000 of 2,000,000 rows (25 %), 100,000 rows/s, 15.0 s left',
      '1,000,000 of 2,000,000 rows (50 %), 100,000 rows/s, 10.0 s left',
    ]);
  });

  it('says neither share nor remaining time where the total is not known', () => {
    const lines: string[] = [];
    let now = 0;
    const progress = new LineProgress(
      (line) => lines.push(line),
      () => now,
      () => 0,
    );

    progress.update({ rows: 0, totalRows: null, stages: [] });
    now = 5;
    progress.update({ rows: 5000, totalRows: null, stages: [] });

    expect(lines).toEqual(['5,000 rows, 1,000 rows/s']);
  });

  it('of a stream tells event time, what is to be read and who is held up', () => {
    const lines: string[] = [];
    let now = 0;
    const progress = new LineProgress(
      (line) => lines.push(line),
      () => now,
      () => 63_500,
    );
    const quiet = {
      description: '',
      rowsIn: 0,
      rowsOut: 5,
      pendingRows: null,
      watermarkMs: null,
      backpressure: 0,
    };
    const stages = [
      { ...quiet, stage: 'source-1', pendingRows: 12, backpressure: 0.5 },
      { ...quiet, stage: 'stream-2', watermarkMs: 60_000 },
    ];

    progress.update({ rows: 0, totalRows: null, stages });
    now = 5;
    progress.update({ rows: 5, totalRows: null, stages });

    expect(lines).toEqual([
      '5 rows, 1 rows/s, 12 to read, event time 1970-01-01 00:01:00 (3.50 s behind), source-1 held up 50 %',
    ]);
  });

  it('starts again with the next job', () => {
    const lines: string[] = [];
    let now = 0;
    const progress = new LineProgress(
      (line) => lines.push(line),
      () => now,
      () => 0,
    );

    progress.update({ rows: 1000, totalRows: null, stages: [] });
    now = 4;
    progress.update({ rows: 10, totalRows: null, stages: [] });
    now = 8;
    progress.update({ rows: 50, totalRows: null, stages: [] });

    expect(lines).toEqual([]);
  });
});

describe('the summary', () => {
  it('accounts for rows, time by function and memory by worker', () => {
    const text = renderSummary({
      rowsIn: 3_000_000,
      rowsOut: 2_956_907,
      seconds: 2.5,
      functions: [
        {
          name: 'rating',
          calls: 2_956_907,
          retries: 0,
          batches: 46,
          waitingMs: 120,
          shippingMs: 240,
          pythonMs: 1830,
          returningMs: 90,
        },
      ],
      workers: [
        {
          name: 'scan',
          kind: 'relational',
          peakBytes: 314_572_800,
          capBytes: 1_073_741_824,
          capLevel: 'cgroup-v1',
        },
        { name: 'rating/0', kind: 'function', peakBytes: null, capBytes: null, capLevel: 'watchdog' },
      ],
      metrics: [],
      lateRows: 0,
      restarts: 0,
      failures: [
        {
          function: 'rating',
          code: 'UDF_EXCEPTION',
          exception: 'ValueError',
          onError: 'dead_letter',
          rows: 1_000,
        },
        { function: 'rating', code: 'WORKER_OOM', exception: null, onError: 'dead_letter', rows: 2 },
        { function: 'rated', code: 'UDF_TIMEOUT', exception: null, onError: 'null', rows: 1 },
      ],
      letterPlaces: { rating: ['table failed', '/job/failed.jsonl'], rated: [] },
    });

    expect(text).toBe(
      [
        '3,000,000 rows in, 2,956,907 rows out, 2.50 s, 1,200,000 rows/s',
        '',
        'function      calls  batches  waiting  shipping  Python  returning',
        'rating    2,956,907       46   0.12 s    0.24 s  1.83 s     0.09 s',
        '',
        'rating: 1,002 rows left out (1,000 ValueError, 2 WORKER_OOM), see table failed and /job/failed.jsonl',
        'rated: 1 row given as NULL (1 UDF_TIMEOUT)',
        '',
        'worker    kind        enforced by  memory peak      cap  used',
        'scan      relational  cgroup-v1        300 MiB  1.0 GiB  29 %',
        'rating/0  function    watchdog         unknown     none',
      ].join('\n'),
    );
  });

  it('is one line for a job without functions and workers', () => {
    expect(
      renderSummary({
        rowsIn: 0,
        rowsOut: 1,
        seconds: 0,
        functions: [],
        workers: [],
        metrics: [],
        lateRows: 0,
        restarts: 0,
        failures: [],
        letterPlaces: {},
      }),
    ).toBe('0 rows in, 1 row out, 0.00 s');
  });

  it('says how many rows came too late', () => {
    const summary = {
      rowsIn: 9,
      rowsOut: 7,
      seconds: 0,
      functions: [],
      workers: [],
      metrics: [],
      restarts: 0,
      failures: [],
      letterPlaces: {},
    };

    expect([1, 2].map((lateRows) => renderSummary({ ...summary, lateRows }))).toEqual([
      '9 rows in, 7 rows out, 0.00 s, 1 row came too late and was dropped',
      '9 rows in, 7 rows out, 0.00 s, 2 rows came too late and were dropped',
    ]);
  });
});

describe('numbers', () => {
  it.each([
    [0.417, '0.42 s'],
    [12.34, '12.3 s'],
    [125, '2 min 5 s'],
    [59.99, '60.0 s'],
  ])('%d seconds are %s', (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });

  it.each([
    [524_288, '0.5 MiB'],
    [125_829_120, '120 MiB'],
    [2_147_483_648, '2.0 GiB'],
  ])('%d bytes are %s', (value, text) => {
    expect(bytes(value)).toBe(text);
  });
});
