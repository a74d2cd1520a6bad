import { expect, it } from 'vitest';
import { newStageMetrics } from '../../../core/runtime/metrics.js';
import { engineReadings } from '../../../operators/session/engine-metrics.js';

function readingsOf(stages: readonly (readonly [string, Partial<ReturnType<typeof newStageMetrics>>])[]) {
  const metrics = stages.map(([id, own]) => [id, { ...newStageMetrics(), ...own }] as const);
  return engineReadings({
    seconds: 1,
    stages: new Map(metrics),
    workers: [],
    restarts: 0,
    deaths: [],
    failures: [],
    coreResidentBytes: 0,
    heldUp: new Set(['source-1']),
  }).map(({ name, labels, value }) => `${name} ${labels.stage ?? ''} ${value}`);
}

it('a stage that has event time tells how far it is and how many rows came too late', () => {
  const readings = readingsOf([
    ['stream-2', { watermarkMs: 1_714_557_600_500, lateRows: 3 }],
    ['python-1', { rowsIn: 5 }],
    ['source-1', { pendingRows: 7 }],
  ]);

  expect(readings).toContain('stage.watermark_seconds stream-2 1714557600.5');
  expect(readings).toContain('stage.late_rows stream-2 3');
  expect(readings).toContain('stage.rows_in python-1 5');
  expect(readings).toContain('stage.pending_rows source-1 7');
  expect(readings).toContain('stage.held_up source-1 1');
  expect(readings.filter((line) => line.includes('late_rows') || line.includes('watermark'))).toHaveLength(2);
});
