/** Counters and gauges of one stage, read by the progress line and the summary. */
export interface StageMetrics {
  rowsIn: number;
  rowsOut: number;
  batchesIn: number;
  batchesOut: number;
  bytesIn: number;
  bytesOut: number;
}
