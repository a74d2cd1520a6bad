/** The public names of core, one by one. Other folders import core only through this file. */
export * from './batch/batch.js';
export * from './batch/schema-registry.js';
export { MAX_BATCH_ROWS, validateRecordBatchMessage, type RecordBatchSummary } from './batch/validate-metadata.js';
export * from './errors.js';
export * from './functions/function-declaration.js';
export * from './graph/stage-graph.js';
export * from './ports/ports.js';
export { ByteBudget, type ByteLease } from './runtime/byte-budget.js';
export { type Checkpoint } from './runtime/checkpoint.js';
export { type JobState } from './runtime/job-state.js';
export { DEFAULT_JOB_OPTIONS, Job, type JobOptions, type JobPorts, runJob } from './runtime/job.js';
export * from './runtime/metrics.js';
export * from './runtime/operator.js';
export * from './runtime/registry.js';
export * from './runtime/reorder-buffer.js';
export { renderSqlError } from './sql/source-caret.js';
export { nearNames } from './text/near-names.js';
export * from './types/data-type.js';
