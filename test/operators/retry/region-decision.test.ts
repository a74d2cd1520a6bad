import { describe, expect, it } from 'vitest';
import {
  type MillstreamError,
  type RegionFailure,
  SinkError,
  type Stage,
  WorkerError,
} from '../../../core/index.js';
import { decideRegion } from '../../../operators/retry/region-decision.js';

describe('stages whose relational worker died', () => {
  it.each(['WORKER_KILLED', 'HOST_OOM', 'WORKER_CRASH', 'WORKER_EXIT', 'WORKER_PROTOCOL'])(
    'of %s are run again, once',
    (code) => {
      expect(decideRegion(failure(code), 'batch')).toBe('again');
      expect(messageOf(decideRegion({ ...failure(code), restarts: 1 }, 'batch'))).toBe(
        `It died of ${code}. The stage was not run again: it had been once.`,
      );
    },
  );

  it.each([
    ['of their cap', failure('WORKER_OOM'), 'batch', 'it would need the same memory'],
    ['before they began', failure('WORKER_START'), 'batch', 'it would end in the same way'],
    ['in a stream', failure('WORKER_KILLED'), 'streaming', 'a stream cannot begin anew'],
    [
      'after rows were shown',
      { ...failure('WORKER_KILLED'), whyNot: 'rows have been printed' },
      'batch',
      'rows have been printed',
    ],
  ] as const)('%s are not, and the verdict says why', (_, given, mode, why) => {
    const decision = decideRegion(given, mode);

    expect(messageOf(decision)).toBe(
      `${(given.error as Error).message} The stage was not run again: ${why}.`,
    );
    expect(errorOf(decision)).toMatchObject({ hint: 'Look.', details: { stage: 'relational-1' } });
  });

  it('are not for failures that leave the worker alive', () => {
    const error = new SinkError('SINK_WRITE', 'The disk is full.');

    expect(decideRegion({ ...failure('WORKER_KILLED'), error }, 'batch')).toEqual({ error });
  });

  it('are not for what a stage of functions could not mend by itself', () => {
    const given = { ...failure('WORKER_KILLED'), stage: { id: 'python-2', kind: 'python' } as Stage };

    expect(decideRegion(given, 'batch')).toEqual({ error: given.error });
  });
});

function failure(code: string): RegionFailure {
  const stage = { id: 'relational-1', kind: 'relational' } as Stage;
  const error = new WorkerError(code, `It died of ${code}.`, {
    hint: 'Look.',
    details: { stage: 'relational-1' },
  });
  return { stage, stages: [stage], error, restarts: 0, whyNot: null };
}

function errorOf(decision: ReturnType<typeof decideRegion>): MillstreamError {
  return (decision as { error: MillstreamError }).error;
}

function messageOf(decision: ReturnType<typeof decideRegion>): string {
  return errorOf(decision).message;
}
