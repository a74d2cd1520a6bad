/** How the operators of a running stream are. */
import type { Job, StageGraph } from '../../core/index.js';
import type { StageProgress } from './session-types.js';

/** What one reading of ten a second counts in the average of whether an operator is held up. */
const WEIGHT = 0.1;

/** Read at equal intervals. */
export class StageReadings {
  readonly #heldUp = new Map<string, number>();
  readonly #isStream: boolean;

  constructor(
    private readonly graph: StageGraph,
    private readonly job: Pick<Job, 'metrics' | 'heldUp'>,
  ) {
    const ends = graph.stages.every((stage) => stage.kind !== 'source' || stage.bounded);
    const monitors = graph.stages.some(
      (stage) => stage.kind === 'relational' && stage.files.some(({ monitorMs }) => monitorMs !== null),
    );
    this.#isStream = graph.mode === 'streaming' && (!ends || monitors);
  }

  /** None where the job ends. */
  read(): StageProgress[] {
    if (!this.#isStream) return [];
    const { heldUp, metrics } = this.job;
    return this.graph.stages.map(({ id, description }) => {
      const { rowsIn, rowsOut, pendingRows, watermarkMs } = metrics.get(id)!;
      const before = this.#heldUp.get(id) ?? 0;
      const backpressure = before + WEIGHT * ((heldUp.has(id) ? 1 : 0) - before);
      this.#heldUp.set(id, backpressure);
      return { stage: id, description, rowsIn, rowsOut, pendingRows, watermarkMs, backpressure };
    });
  }
}
