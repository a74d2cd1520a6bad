import { describe, expect, it } from 'vitest';
import { Job, type JobOptions, type Operator, type SourceOperator } from '../../../core/index.js';
import { DEFAULT_JOB_OPTIONS } from '../../../core/runtime/job.js';
import { ManualClock } from '../../support/manual-clock.js';
import { MemorySpillFiles } from '../../support/memory-spill-files.js';
import { snapshotText } from '../../support/snapshot-text.js';
import { graphOf } from '../../support/stage-graph.js';
import { numbersBatch } from '../../support/test-batch.js';
import { CollectSink, TestSource } from '../../support/test-operators.js';

describe('a job whose sinks end with a checkpoint', () => {
  it('ends when a checkpoint that has all rows of its sinks is complete', async () => {
    const { clock, job, sinks } = jobOf({ a: 3 });
    const run = job.run();
    await clock.runUntil(job.finishing);
    await clock.runUntil(clock.sleep(1_000));
    expect([job.state, sinks.a.closed]).toEqual(['finishing', 0]);

    const { id, states } = await clock.runUntil(job.checkpoint());
    expect([...states.keys()]).toEqual(['a-sink']);
    expect(sinks.a.elements.slice(-2)).toMatchObject([{ kind: 'end' }, { kind: 'barrier' }]);
    job.checkpointCompleted(id);
    await clock.runUntil(run);

    expect([job.state, sinks.a.closed]).toEqual(['finished', 1]);
  });

  it('goes on with checkpoints once one of its sinks has ended, and that one is in the first of them', async () => {
    const { clock, job, sinks } = jobOf({ a: 3, b: 1_000 });
    const run = job.run();
    await clock.runUntil(clock.sleep(100));

    const first = await clock.runUntil(job.checkpoint());
    expect([...first.states.keys()].sort()).toEqual(['a-sink', 'b', 'b-sink']);
    job.checkpointCompleted(first.id);
    await clock.runUntil(clock.sleep(100));
    expect([sinks.a.closed, sinks.b.closed]).toEqual([1, 0]);

    const second = await clock.runUntil(job.checkpoint());
    expect([...second.states.keys()].sort()).toEqual(['b', 'b-sink']);
    job.checkpointCompleted(second.id);
    await end(job, clock, run);
    expect(sinks.b.values).toHaveLength(1_000);
  });

  it('has in the checkpoint that was asked for what came to a sink while the last source ended', async () => {
    const { clock, job, sinks } = jobOf({ a: 3 }, { sinkPauseMs: 50 });
    const run = job.run();
    await clock.runUntil(job.finishing);
    expect(sinks.a.values.length).toBeLessThan(3);

    const { id, states } = await clock.runUntil(job.checkpoint());

    expect([...states.keys()]).toEqual(['a-sink']);
    expect(sinks.a.values).toEqual([0, 1, 2]);
    job.checkpointCompleted(id);
    await clock.runUntil(run);
  });

  it('waits for the next checkpoint where the one that was taken came to nothing', async () => {
    const { clock, job } = jobOf({ a: 3 });
    const run = job.run();
    await clock.runUntil(job.finishing);
    await clock.runUntil(job.checkpoint());
    await clock.runUntil(clock.sleep(1_000));
    expect(job.state).toBe('finishing');

    const { id } = await clock.runUntil(job.checkpoint());
    job.checkpointCompleted(id);

    await clock.runUntil(run);
    expect(job.state).toBe('finished');
  });

  it('ends without one once none comes any more', async () => {
    const { clock, job } = jobOf({ a: 3 });
    const run = job.run();
    await clock.runUntil(job.finishing);
    job.endSinks();
    await clock.runUntil(run);
    expect(job.state).toBe('finished');
  });

  it('can be cancelled while its sinks wait', async () => {
    const { clock, job, sinks } = jobOf({ a: 3 });
    const run = job.run();
    await clock.runUntil(job.finishing);
    await clock.runUntil(clock.sleep(100));
    job.cancel();
    await expect(clock.runUntil(run)).rejects.toMatchObject({ code: 'JOB_CANCELLED' });
    expect(sinks.a.closed).toBe(1);
  });
});

describe('a stage that had ended in the checkpoint that a job goes on from', () => {
  it('reads, takes and writes nothing more, and waits for no checkpoint', async () => {
    const restored = new Map([
      ['b', null],
      ['b-sink', null],
    ]);
    const { clock, job, sinks, sources } = jobOf({ a: 3, b: 5 }, { restored });
    const run = job.run();
    await clock.runUntil(job.finishing);

    const { id, states } = await clock.runUntil(job.checkpoint());
    job.checkpointCompleted(id);
    await clock.runUntil(run);

    expect([sources.a.opened, sinks.a.opened, sinks.b.values]).toEqual([0, 0, [0, 1, 2, 3, 4]]);
    expect([...states.keys()]).toEqual(['b-sink']);
  });

  it('leaves its inputs to others who read them', async () => {
    const clock = new ManualClock();
    const sinks = { left: new CollectSink(), right: new CollectSink() };
    const job = new Job(
      graphOf(['a -> left', 'a -> right']),
      { create: ({ id }) => ({ a: new CountedSource(3), ...sinks })[id]! },
      { clock, timers: clock, spillFiles: new MemorySpillFiles() },
      {
        ...DEFAULT_JOB_OPTIONS,
        restored: new Map([
          ['a', null],
          ['right', null],
        ]),
      },
    );
    await clock.runUntil(job.run());
    expect([sinks.left.opened, sinks.right.values]).toEqual([0, [0, 1, 2]]);
  });

  it('is not in a checkpoint that begins before it has ended anew', async () => {
    const { clock, job } = jobOf({ a: 3, b: 5 }, { restored: new Map([['b', null]]) });
    const run = job.run();
    const { states } = await clock.runUntil(job.checkpoint());
    expect([...states.keys()].sort()).toEqual(['b']);
    expect(snapshotText(states.get('b')!)).toMatch(/^[0-5]$/);
    await clock.runUntil(run);
  });
});

class CountedSource extends TestSource {
  opened = 0;
  constructor(rows: number, pause: () => Promise<void> = async () => {}) {
    super(
      Array.from({ length: rows }, (_, n) => numbersBatch([n])),
      pause,
    );
  }
  override async open(context: Parameters<TestSource['open']>[0]): Promise<void> {
    this.opened += 1;
    await super.open(context);
  }
}

/** A chain from a source to a sink for each entry: how many rows it gives, one a millisecond. */
function jobOf<Names extends string>(
  rows: Record<Names, number>,
  {
    sinkPauseMs = 0,
    restored = null,
  }: { readonly sinkPauseMs?: number; readonly restored?: JobOptions['restored'] } = {},
) {
  const clock = new ManualClock();
  const names = Object.keys(rows) as Names[];
  const made = <Value>(make: (name: Names) => Value) =>
    Object.fromEntries(names.map((name) => [name, make(name)])) as Record<Names, Value>;
  const sources = made((name) => new CountedSource(rows[name], () => clock.sleep(1)));
  const sinks = made(() => new CollectSink(() => clock.sleep(sinkPauseMs)));
  const operators = new Map<string, Operator | SourceOperator>(
    names.flatMap((name) => [
      [name, sources[name]],
      [`${name}-sink`, sinks[name]],
    ]),
  );
  const job = new Job(
    graphOf(names.map((name) => `${name} -> ${name}-sink`)),
    { create: ({ id }) => operators.get(id)! },
    { clock, timers: clock, spillFiles: new MemorySpillFiles() },
    { ...DEFAULT_JOB_OPTIONS, restored, sinksEndWithCheckpoint: true },
  );
  return { clock, job, sources, sinks };
}

async function end(job: Job, clock: ManualClock, run: Promise<void>): Promise<void> {
  await clock.runUntil(job.finishing);
  const { id } = await clock.runUntil(job.checkpoint());
  job.checkpointCompleted(id);
  await clock.runUntil(run);
}
