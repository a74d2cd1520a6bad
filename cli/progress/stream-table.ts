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
/** A heading, an operator, and how many are left out: with less room there is no table. */
const LEAST_LINES = 3;

export class StreamTable {
  readonly #speeds = new Map<string, Speed>();

  /** @param nowMs the time of day, to which event time is compared */
  constructor(private readonly nowMs: () => number) {}

  /**
   * A heading, and a line for each operator, cut to `columns` behind the numbers; of more than fit into `room` lines the most
   * telling ones. None where the job is no stream.
   */
  lines({ stages: all }: Progress, seconds: number, columns: number, room: number): string[] {
    const perSecond = new Map(all.map((stage) => [stage, this.#read(stage, seconds)]));
    if (all.length === 0 || room < Math.min(LEAST_LINES, 1 + all.length)) return [];
    const isWhole = all.length < room;
    const stages = isWhole ? all : mostTelling(all, room - 2);
    const knowsPending = stages.some(({ pendingRows }) => pendingRows !== null);
    const longest = Math.max(...stages.map(({ description }) => description.length));
    const rows = stages.map((stage) => {
      return [
        stage.stage,
        `${grouped(perSecond.get(stage)!)}/s`,
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
    const more = isWhole ? [] : [`… ${grouped(all.length - stages.length)} more`];
    return [...alignColumns([heading, ...rows], 1), ...more].map((line) => line.slice(0, columns).trimEnd());
  }

  /** Rows a second of an operator, whether or not it is shown. */
  #read({ stage, rowsIn, rowsOut }: StageProgress, seconds: number): number {
    let speed = this.#speeds.get(stage);
    if (speed === undefined) {
      speed = new Speed();
      this.#speeds.set(stage, speed);
    }
    return speed.read(Math.max(rowsIn, rowsOut), seconds);
  }
}

/** In their own order: those that are held up, then the ends of the job, where rows wait to be read first; its middle last. */
function mostTelling(stages: readonly StageProgress[], count: number): readonly StageProgress[] {
  const ranked = [...stages].sort((a, b) => telling(b) - telling(a)).slice(0, count);
  return stages.filter((stage) => ranked.includes(stage));
}

function telling({ backpressure, pendingRows, rowsIn, rowsOut }: StageProgress): number {
  if (backpressure >= LEAST_HELD_UP) return 3 + backpressure;
  if ((pendingRows ?? 0) > 0) return 2;
  return rowsIn === 0 || rowsOut === 0 ? 1 : 0;
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
