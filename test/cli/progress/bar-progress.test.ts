import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { BarProgress } from '../../../cli/progress/bar-progress.js';

/** A terminal of 120 cells that keeps what is written to it. */
function terminal(): { stream: NodeJS.WriteStream; text: () => string } {
  let text = '';
  const stream = Object.assign(new PassThrough(), {
    isTTY: true,
    columns: 120,
    cursorTo: () => true,
    moveCursor: () => true,
    clearLine: () => true,
    clearScreenDown: () => true,
  });
  stream.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  return { stream: stream as unknown as NodeJS.WriteStream, text: () => text };
}

describe('progress on a terminal', () => {
  it('draws a bar with rows, rate and remaining time where the total is known', () => {
    const { stream, text } = terminal();
    let now = 0;
    const progress = new BarProgress(stream, () => now);

    progress.update({ rows: 0, totalRows: 2000, stages: [] });
    progress.hide();
    now = 1;
    progress.update({ rows: 500, totalRows: 2000, stages: [] });
    progress.hide();

    expect(text()).toContain(
      `${'█'.repeat(6)}${'░'.repeat(18)} 500 of 2,000 rows (25 %), 500 rows/s, 3.00 s left`,
    );
  });

  it('draws no bar where the total is not known, and leaves the cursor visible', () => {
    const { stream, text } = terminal();
    const progress = new BarProgress(stream, () => 0);

    progress.update({ rows: 7, totalRows: null, stages: [] });
    progress.hide();

    expect(text()).toContain('7 rows');
    expect(text()).not.toMatch(/[█░]/);
    expect(text()).not.toContain('\u001b[?25l');
  });

  it('leaves Ctrl-C to the command', () => {
    const before = process.listenerCount('SIGINT');
    const progress = new BarProgress(terminal().stream, () => 0);

    progress.update({ rows: 1, totalRows: null, stages: [] });

    expect(process.listenerCount('SIGINT')).toBe(before);
    progress.hide();
  });
});
