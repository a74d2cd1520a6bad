import { expect, it } from 'vitest';
import type { ProgressDisplay } from '../../../cli/progress/reporter.js';
import { TableProgress } from '../../../cli/progress/table-progress.js';

const NOTHING: ProgressDisplay = { update: () => {}, hide: () => {} };

function opened(columns = 100, rows = 40) {
  const written: string[] = [];
  const time = { seconds: 0 };
  const stderr = {
    columns,
    rows,
    write: (text: string) => written.push(text),
  } as unknown as NodeJS.WriteStream;
  const display = new TableProgress(
    stderr,
    () => time.seconds,
    () => 10_000,
    NOTHING,
  );
  const update = (read: number) => {
    const stages = [
      { stage: 'source-1', rowsIn: 0, rowsOut: read, pendingRows: 3, watermarkMs: null, backpressure: 0.25 },
      {
        stage: 'python-2',
        rowsIn: read,
        rowsOut: 0,
        pendingRows: null,
        watermarkMs: 8_000,
        backpressure: 0,
      },
    ];
    display.update({ rows: read, totalRows: null, stages });
  };
  return { display, written, time, update };
}

it('draws how each operator is, and over it when time has passed', () => {
  const { written, time, update } = opened();
  update(0);
  time.seconds = 0.1;
  update(50);
  time.seconds = 1;
  update(1000);

  expect(written).toHaveLength(2);
  expect(written[1]).toBe(
    [
      '\u001B[4F\u001B[J1,000 rows, 1,000 rows/s',
      'operator     rows     in    out  to read           event time  behind  held up',
      'source-1  1,000/s      0  1,000        3                                  25 %',
      'python-2  1,000/s  1,000      0           1970-01-01 00:00:08  2.00 s',
      '',
    ].join('\n'),
  );
});

it('is wiped away for other lines, and draws anew below them', () => {
  const { display, written, time, update } = opened();
  update(0);
  display.hide();
  display.hide();
  time.seconds = 0.1;
  update(1);

  expect(written.slice(1).map((text) => text.split('\n')[0])).toEqual([
    '\u001B[4F\u001B[J',
    '1 row, 10 rows/s',
  ]);
});

it('fits a small terminal: lines are cut, and a table that is too long is left out', () => {
  const { written, update } = opened(30, 3);
  update(0);

  expect(written).toEqual(['0 rows\n']);
});
