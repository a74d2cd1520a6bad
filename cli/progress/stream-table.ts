/** How each operator of a running stream is: rows, speed, event time, and whom it waits for. */
import type { Progress, StageProgress } from '../../operators/index.js';
import { alignColumns } from './columns.js';
import { duration, grouped } from './numbers.js';

/** How fast a counter grows, over the last few reports. */
class Speed {
  #seconds: number | null = null;
  #rows = 0;
  #perSecond = 0;

  read(rows: number, seconds: number): number {
    const passed = this.#seconds === null ? 0 : seconds - this.#seconds;
    if (passed > 0) {
      const now = (rows - this.#rows) / passed;
      const weight = this.#perSecond === 0 ? 1 : Math.min(1, passed / AVERAGE_SECONDS);
      this.#perSecond += weight * (now - this.#perSecond);
    }
    this.#seconds = seconds;
    this.#rows = rows;
    return this.#perSecond;
  }
}

const AVERAGE_SECONDS = 2;
const HOUR = 3_600;
const DAY = 24 * HOUR;
/** Below it an operator is not said to be held up. */
const LEAST_HELD_UP = 0.05;

export class StreamTable {
  readonly #speeds = new Map<string, Speed>();

  /** @param nowMs the time of day, to which event time is compared */
  constructor(private readonly nowMs: () => number) {}

  /** A heading, and a line for each operator, cut to `columns` behind the numbers; none where the job is no stream. */
  lines({ stages }: Progress, seconds: number, columns: number): string[] {
    if (stages.length === 0) return [];
    const knowsPending = stages.some(({ pendingRows }) => pendingRows !== null);
    const longest = Math.max(...stages.map(({ description }) => description.length));
    const rows = stages.map((stage) => {
      const counted = Math.max(stage.rowsIn, stage.rowsOut);
      const perSecond = this.#speedOf(stage.stage).read(counted, seconds);
      return [
        stage.stage,
        `${grouped(perSecond)}/s`,
        grouped(stage.rowsIn),
        grouped(stage.rowsOut),
        ...(knowsPending ? [stage.pendingRows === null ? '' : grouped(stage.pendingRows)] : []),
        eventTime(stage.watermarkMs),
        lag(stage.watermarkMs, this.nowMs()),
        stage.backpressure < LEAST_HELD_UP ? '' : `${Math.round(100 * stage.backpressure)} %`,
        stage.description.padEnd(longest),
      ];
    });
    const heading = [
      ...HEADING.filter((name) => knowsPending || name !== 'to read'),
      'what it does'.padEnd(longest),
    ];
    return alignColumns([heading, ...rows], 1).map((line) => line.slice(0, columns).trimEnd());
  }

  #speedOf(stage: string): Speed {
    let speed = this.#speeds.get(stage);
    if (speed === undefined) {
      speed = new Speed();
      this.#speeds.set(stage, speed);
    }
    return speed;
  }
}

const HEADING = ['operator', 'rows', 'in', 'out', 'to read', 'event time', 'behind', 'held up'];

/** `event time 2026-01-01 10:00:00 (3.2 s behind), python-4 held up 92 %`: the same for lines; empty where nothing is known. */
export function streamFacts(stages: readonly StageProgress[], nowMs: number): string[] {
  const times = stages.flatMap(({ watermarkMs }) => (watermarkMs === null ? [] : [watermarkMs]));
  const least = times.length === 0 ? null : Math.min(...times);
  const held = stages.filter(({ backpressure }) => backpressure >= LEAST_HELD_UP);
  const pending = stages.flatMap(({ pendingRows }) => (pendingRows === null ? [] : [pendingRows]));
  return [
    ...(pending.length === 0 ? [] : [`${grouped(pending.reduce((sum, rows) => sum + rows, 0))} to read`]),
    ...(least === null ? [] : [`event time ${eventTime(least)} (${lag(least, nowMs)} behind)`]),
    ...held.map(({ stage, backpressure }) => `${stage} held up ${Math.round(100 * backpressure)} %`),
  ];
}

function eventTime(watermarkMs: number | null): string {
  return watermarkMs === null ? '' : new Date(watermarkMs).toISOString().slice(0, 19).replace('T', ' ');
}

function lag(watermarkMs: number | null, nowMs: number): string {
  if (watermarkMs === null) return '';
  const seconds = Math.max(0, nowMs - watermarkMs) / 1000;
  if (seconds < 2 * HOUR) return duration(seconds);
  return seconds < 2 * DAY ? `${(seconds / HOUR).toFixed(1)} h` : `${grouped(seconds / DAY)} days`;
}
