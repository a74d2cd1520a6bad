/** What functions measure by themselves (counters, gauges, …), merged over the workers of a stage or job. */

/** What one metric of a function changed by in one worker since its last report. */
export interface MetricValue {
  readonly function: string;
  /** Groups and name, joined by dots. */
  readonly name: string;
  readonly kind: 'counter' | 'gauge' | 'meter' | 'distribution' | 'histogram';
  readonly labels: Readonly<Record<string, string>>;
  /** A gauge's number, or a meter's events per second; null for other kinds. */
  readonly value: number | null;
  /** What a counter was moved by, events of a meter, values of a distribution. */
  readonly count: number;
  readonly sum: number | null;
  readonly min: number | null;
  readonly max: number | null;
  /** Of a histogram: a value that stands for the bucket, and how often it came. */
  readonly buckets: readonly (readonly [value: number, count: number])[];
}

/** A metric as it stands. What its kind does not have is null. */
export interface MetricReading {
  readonly function: string;
  readonly name: string;
  readonly kind: MetricValue['kind'];
  readonly labels: Readonly<Record<string, string>>;
  /** The worker whose number a gauge is, from 0; null for kinds that are added up. */
  readonly subtask: number | null;
  /** Of a gauge. */
  readonly value: number | null;
  readonly count: number | null;
  /** Events per second of a meter, all workers together. */
  readonly rate: number | null;
  readonly sum: number | null;
  readonly min: number | null;
  readonly max: number | null;
  readonly mean: number | null;
  /** Quantiles of a histogram, each within 1 %. */
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

/** The metrics of functions, by their identity. */
export class FunctionMetricSet {
  readonly #metrics = new Map<string, Merged>();

  /** Adds what the worker `subtask` reports. */
  add(subtask: number, values: readonly MetricValue[]): void {
    for (const value of values) {
      const own = value.kind === 'gauge' ? subtask : null;
      const key = identity(value, own);
      let merged = this.#metrics.get(key);
      if (merged === undefined) {
        merged = new Merged(value, own);
        this.#metrics.set(key, merged);
      }
      merged.add(subtask, value);
    }
  }

  /** All metrics, sorted by function, name, labels and subtask. */
  readings(): MetricReading[] {
    const keys = [...this.#metrics.keys()].sort();
    return keys.map((key) => this.#metrics.get(key)!.reading());
  }
}

function identity({ function: name, name: metric, labels }: MetricValue, subtask: number | null): string {
  return JSON.stringify([name, metric, Object.entries(labels).sort(), subtask]);
}

class Merged {
  #count = 0;
  #sum = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;
  #value: number | null = null;
  readonly #rates = new Map<number, number>();
  readonly #buckets = new Map<number, number>();

  constructor(
    private readonly first: MetricValue,
    private readonly subtask: number | null,
  ) {}

  add(subtask: number, value: MetricValue): void {
    this.#count += value.count;
    this.#sum += value.sum ?? 0;
    this.#min = Math.min(this.#min, value.min ?? this.#min);
    this.#max = Math.max(this.#max, value.max ?? this.#max);
    if (value.kind === 'gauge') this.#value = value.value;
    if (value.kind === 'meter') this.#rates.set(subtask, value.value ?? 0);
    for (const [middle, count] of value.buckets) {
      this.#buckets.set(middle, (this.#buckets.get(middle) ?? 0) + count);
    }
  }

  reading(): MetricReading {
    const { function: name, name: metric, kind, labels } = this.first;
    const distributed = kind === 'distribution' || kind === 'histogram';
    const ofDistribution = (value: number) => (distributed && this.#count > 0 ? value : null);
    return {
      function: name,
      name: metric,
      kind,
      labels,
      subtask: this.subtask,
      value: this.#value,
      count: kind === 'gauge' ? null : this.#count,
      rate: kind === 'meter' ? [...this.#rates.values()].reduce((sum, rate) => sum + rate, 0) : null,
      sum: ofDistribution(this.#sum),
      min: ofDistribution(this.#min),
      max: ofDistribution(this.#max),
      mean: ofDistribution(this.#sum / this.#count),
      p50: this.#quantile(0.5),
      p95: this.#quantile(0.95),
      p99: this.#quantile(0.99),
    };
  }

  /** The least bucket that at least this share of the values does not exceed, within the values seen. */
  #quantile(share: number): number | null {
    let left = Math.max(1, Math.ceil(share * this.#count));
    for (const [middle, count] of [...this.#buckets].sort(([a], [b]) => a - b)) {
      left -= count;
      if (left <= 0) return Math.min(Math.max(middle, this.#min), this.#max);
    }
    return null;
  }
}
