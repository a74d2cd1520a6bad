import { expect, it } from 'vitest';
import type { ProgressDisplay } from '../../../cli/progress/reporter.js';
import { TableProgress } from '../../../cli/progress/table-progress.js';

const NOTHING: ProgressDisplay = { update: () => {}, hide: () => {} };

function opened(columns = 120, rows = 40, pendingRows: number | null = 3) {
  const written: string[] = [];
  const time = { seconds: 0 };
  const stderr = {
    columns,
    rows,
    write: (text: string) => written.push(text),
  } as unknown as NodeJS.WriteStream & { columns: number };
  const display = new TableProgress(
    stderr,
    () => time.seconds,
    () => 10_000,
    NOTHING,
  );
  const update = (read: number) => {
    const stages = [
      {
        stage: 'source-1',
        description: 'kafka clicks',
        rowsIn: 0,
        rowsOut: read,
        pendingRows,
        watermarkMs: null,
        backpressure: 0.25,
      },
      {
        stage: 'python-2',
        description: 'process jumps',
        rowsIn: read,
        rowsOut: 0,
        pendingRows: null,
        watermarkMs: 8_000,
        backpressure: 0,
      },
    ];
    display.update({ rows: read, totalRows: null, stages });
  };
  return { display, written, time, update, stderr };
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
      'operator     rows     in    out  to read           event time  behind  held up  what it does',
      'source-1  1,000/s      0  1,000        3                                  25 %  kafka clicks',
      'python-2  1,000/s  1,000      0           1970-01-01 00:00:08  2.00 s           process jumps',
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

it('has no column of records to read where no source knows them', () => {
  const { written, update } = opened(120, 40, null);
  update(0);

  expect(written[0]!.split('\n')[1]).toBe(
    'operator  rows  in  out           event time  behind  held up  what it does',
  );
});

it('fits a small terminal: lines are cut, and a table that is too long is left out', () => {
  const { written, update } = opened(30, 3);
  update(0);

  expect(written).toEqual(['0 rows\n']);
});

it('shows the most telling operators where the terminal has fewer lines, and how many more there are', () => {
  const { display, written } = opened(120, 7);
  const stage = (id: string, rowsIn: number, rowsOut: number, backpressure = 0) => ({
    stage: id,
    description: 'something',
    rowsIn,
    rowsOut,
    pendingRows: null,
    watermarkMs: null,
    backpressure,
  });
  const middle = ['b', 'c', 'd', 'e', 'f'].map((id) => stage(id, 5, 5, id === 'd' ? 0.9 : 0));
  display.update({ rows: 5, totalRows: null, stages: [stage('a', 0, 5), ...middle, stage('g', 5, 0)] });

  const [, heading, ...rest] = written[0]!.trimEnd().split('\n');
  expect(heading).toMatch(/^operator/);
  expect(rest.map((line) => line.split(' ')[0])).toEqual(['a', 'd', 'g', '…']);
  expect(rest.at(-1)).toBe('… 4 more');
});

it('draws over all lines of a terminal that became narrower and folded them', () => {
  const { written, time, update, stderr } = opened(120, 40);
  update(0);
  stderr.columns = 50;
  time.seconds = 1;
  update(1);

  const widths = written[0]!
    .trimEnd()
    .split('\n')
    .map((line) => Math.ceil(line.length / 50));
  const lines = widths.reduce((sum, count) => sum + count, 0);
  expect(lines).toBeGreaterThan(4);
  expect(written[1]!.startsWith(`\u001B[${lines}F`)).toBe(true);
});
