import { describe, expect, it } from 'vitest';
import type { Watermark } from '../../../core/batch/batch.js';
import { BarrierAlignment, WatermarkMinimum } from '../../../core/runtime/input-progress.js';
import { promisesSettle } from '../../support/manual-clock.js';

describe('the watermark of several inputs', () => {
  it('is the minimum over inputs and advances only when the slowest does', async () => {
    const seen: number[] = [];
    const minimum = new WatermarkMinimum(2, async ({ timestampMs }) => void seen.push(timestampMs));

    await minimum.advance(0, 10);
    await minimum.advance(1, 4);
    await minimum.advance(1, 3);
    await minimum.advance(0, 20);
    await minimum.advance(1, 15);
    await minimum.advance(0, Number.POSITIVE_INFINITY);

    expect(seen).toEqual([4, 15]);
  });

  it('does not wait for idle inputs, is idle itself where all are, and does not end by silence', async () => {
    const seen: string[] = [];
    const minimum = new WatermarkMinimum(3, async ({ timestampMs, isIdle }) => {
      seen.push(`${timestampMs}${isIdle ? ' idle' : ''}`);
    });

    await minimum.advance(2, Number.POSITIVE_INFINITY);
    await minimum.advance(0, 10);
    await minimum.advance(1, 4, true);
    await minimum.advance(0, 12);
    await minimum.advance(0, 12, true);
    await minimum.advance(1, 6);
    await minimum.advance(1, 20);
    await minimum.advance(0, 25);
    await minimum.advance(1, Number.POSITIVE_INFINITY);

    expect(seen).toEqual(['10', '12', '12 idle', '12', '20', '25']);
  });

  it('is the furthest of inputs that are parts of one stream, once all of them are idle', async () => {
    const seen: string[] = [];
    const onAdvance = async ({ timestampMs, isIdle }: Watermark) => {
      seen.push(`${timestampMs}${isIdle ? ' idle' : ''}`);
    };
    const minimum = new WatermarkMinimum(3, onAdvance, false, true);

    await minimum.advance(2, Number.POSITIVE_INFINITY);
    await minimum.advance(0, 40);
    await minimum.advance(1, 4);
    await minimum.advance(0, 40, true);
    await minimum.advance(1, 4, true);
    await minimum.advance(1, 5);
    await minimum.advance(1, 50);

    expect(seen).toEqual(['4', '40', '40 idle', '40', '50']);
  });

  it('is handed on one at a time, in order', async () => {
    const log: string[] = [];
    const minimum = new WatermarkMinimum(2, async ({ timestampMs }) => {
      log.push(`begin ${timestampMs}`);
      await promisesSettle();
      log.push(`end ${timestampMs}`);
    });

    await Promise.all([
      minimum.advance(0, 5),
      minimum.advance(1, 3),
      minimum.advance(1, 9),
      minimum.advance(0, 8),
    ]);

    expect(log).toEqual(['begin 3', 'end 3', 'begin 5', 'end 5', 'begin 8', 'end 8']);
  });
});

describe('barriers of several inputs', () => {
  it('block each input until all have the barrier, and the snapshot is done', async () => {
    const log: string[] = [];
    const alignment = new BarrierAlignment(2, async (barrier) => {
      await promisesSettle();
      log.push(`snapshot ${barrier.checkpointId}`);
    });

    const first = alignment
      .arrive({ kind: 'barrier', checkpointId: 1, isLast: false })
      .then(() => log.push('first goes on'));
    await promisesSettle();
    log.push('second arrives');
    await Promise.all([first, alignment.arrive({ kind: 'barrier', checkpointId: 1, isLast: false })]);

    expect(log).toEqual(['second arrives', 'snapshot 1', 'first goes on']);
  });

  it('do not wait for an input that has ended, before the barrier or while it is aligned', async () => {
    const seen: number[] = [];
    const alignment = new BarrierAlignment(3, async ({ checkpointId }) => void seen.push(checkpointId));
    alignment.end();

    const waiting = alignment.arrive({ kind: 'barrier', checkpointId: 7, isLast: false });
    alignment.end();
    await waiting;

    expect(seen).toEqual([7]);
  });

  it('that arrive out of order are a defect', () => {
    const alignment = new BarrierAlignment(2, async () => {});
    alignment.arrive({ kind: 'barrier', checkpointId: 1, isLast: false });

    expect(() => alignment.arrive({ kind: 'barrier', checkpointId: 2, isLast: false })).toThrow(
      'Barrier 2 arrived',
    );
  });
});
