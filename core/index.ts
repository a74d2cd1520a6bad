/** The public names of core, one by one. Other folders import core only through this file. */
export * from './batch/batch.js';
export * from './batch/date-time-text.js';
export { decimalText, unscaledDecimal } from './batch/decimal-text.js';
export * from './batch/decode.js';
export { BatchEncoder, type ColumnValues, writeSchema } from './batch/encode.js';
export * from './batch/hold.js';
export * from './batch/json-value.js';
export * from './batch/parse-date-time.js';
export type { ValueReader } from './batch/read-value.js';
export { type BatchRow, batchRows, eachRow, type RowDemand, type RowSieve } from './batch/row-group.js';
export * from './batch/schema-registry.js';
export {
  MAX_BATCH_ROWS,
  type RecordBatchSummary,
  validateRecordBatchMessage,
} from './batch/validate-metadata.js';
export type { SqlValue } from './batch/value.js';
export * from './catalog/catalog.js';
export * from './catalog/catalog-manager.js';
export * from './catalog/memory-catalog.js';
export * from './catalog/rowtime.js';
export * from './catalog/text-catalog.js';
export * from './config/configuration.js';
export { wireOverrides, withOverrides } from './config/function-options.js';
export { maskedText } from './config/masked-text.js';
export type { Option, OptionType, OptionTypes } from './config/option.js';
export { OPTIONS, type OptionKey, type OptionValue } from './config/options.js';
export { parseDuration } from './config/parse-duration.js';
export * from './config/parse-map.js';
export { parseTableName } from './config/parse-table-name.js';
export * from './errors.js';
export { type Compare, comparatorOf, rowComparator } from './evaluate/compare.js';
export { compile, compileAll, type Evaluate } from './evaluate/evaluate.js';
export { AnalysisNeeded, type AnalysisRequest, type AnalyzedArgument } from './functions/analysis.js';
export { builtinNames, builtinSignatures } from './functions/builtins.js';
export * from './functions/function-declaration.js';
export * from './functions/inline-target.js';
export { MOST_BATCHES } from './graph/cut-splits.js';
export { joinLaterals } from './graph/decorrelate/lateral-joins.js';
export { explainQueries } from './graph/explain.js';
export { explainGraph } from './graph/explain-graph.js';
export { hasFewGroups } from './graph/few-groups.js';
export { noteOf } from './graph/function-notes.js';
export * from './graph/fuse-sources.js';
export { hashOf } from './graph/meaning/plan-meanings.js';
export { optimizeTogether } from './graph/optimize-together.js';
export * from './graph/plan-options.js';
export { planStages } from './graph/plan-stages.js';
export * from './graph/python-stream.js';
export { regionsOf } from './graph/regions.js';
export { isSharedGroup, SHARED_GROUP } from './graph/resource-group.js';
export * from './graph/split-scan.js';
export * from './graph/stage-graph.js';
export { packedSplit, SPLIT_COLUMN, unpackedSplit } from './graph/stream/splits.js';
export { CHANGE_COLUMN } from './graph/stream/stream-scan.js';
export { WATERMARK_OPTIONS, watermarkOptions } from './graph/stream/watermark-options.js';
export * from './graph/worker-groups.js';
export { batchPlan } from './plan/batch-plan.js';
export { ColumnIds } from './plan/column-ids.js';
export { type Comparison, HOLDS } from './plan/comparison.js';
export * from './plan/dead-letter.js';
export { omitEmptyTotals } from './plan/empty-totals.js';
export { explainExpression } from './plan/explain-expression.js';
export { explainPlan } from './plan/explain-plan.js';
export * from './plan/expression.js';
export { hasWindowCall, referencedColumns } from './plan/expression-facts.js';
export type { FunctionResolver } from './plan/function-resolver.js';
export * from './plan/logical-plan.js';
export { optimize } from './plan/optimizer.js';
export { arrivalOrder } from './plan/processing-time.js';
export * from './plan/stream-operator.js';
export * from './plan/strict-conflict.js';
export { someExpression, subqueryPlans } from './plan/visit-expression.js';
export { expressionsOf, inputsOf, somePlan } from './plan/visit-plan.js';
export { streamDistinct } from './plan/window-calls.js';
export { portabilityOfDefinition, portabilityOfJob } from './portability/check-portability.js';
export type * from './portability/finding.js';
export { type JoinedSiblings, joinedSiblings } from './portability/sibling-aggregates.js';
export * from './ports/ports.js';
export {
  type CsvOptions,
  FILE_CONNECTOR_OPTIONS,
  FILE_FORMATS,
  filesystemOptions,
  notedOptions,
} from './render/options.js';
export { type ResolveFiles, withFiles } from './render/scan.js';
export { createStageRenderer } from './render/stage-renderer.js';
export * from './resource/declared-resources.js';
export * from './resource/divide-share.js';
export * from './resource/gpu-devices.js';
export * from './resource/grant-workers.js';
export * from './resource/job-turn.js';
export * from './resource/memory-tree.js';
export * from './resource/parse-memory.js';
export * from './resource/resource-manager.js';
export * from './resource/small-tree.js';
export * from './resource/worker-minimum.js';
export { ByteBudget, type ByteLease } from './runtime/byte-budget.js';
export { type Checkpoint, discardCheckpoint } from './runtime/checkpoint.js';
export { type Deferred, deferred, untilAborted } from './runtime/deferred.js';
export * from './runtime/function-metric.js';
export { type IdleTimeout, IdleTimer } from './runtime/idle-timer.js';
export { DEFAULT_JOB_OPTIONS, Job, type JobOptions, type JobPorts, runJob } from './runtime/job.js';
export type { JobState } from './runtime/job-state.js';
export * from './runtime/metrics.js';
export * from './runtime/operator.js';
export { isRestart, type RegionDecision, type RegionFailure } from './runtime/region.js';
export * from './runtime/registry.js';
export * from './runtime/reorder-buffer.js';
export * from './runtime/restart-strategy.js';
export {
  decodeSpillFrame,
  encodeSpillFrame,
  SPILL_PREFIX_BYTES,
  spillFrameBytes,
} from './runtime/spill-frame.js';
export * from './sql/ast.js';
export { bindRelation, bindRoot, bindStatement } from './sql/bind/bind.js';
export type { BindEnvironment } from './sql/bind/bind-context.js';
export { bindDeadLetters } from './sql/bind/dead-letters.js';
export { collectFunctionNames } from './sql/bind/function-names.js';
export { locate } from './sql/bind/locate.js';
export { encodedPartition } from './sql/bind/partition.js';
export { tableFields } from './sql/bind/table-reference.js';
export { bindType } from './sql/bind/type-node.js';
export * from './sql/parse.js';
export * from './sql/print.js';
export { isReservedWord } from './sql/reserved-words.js';
export { renderSqlError } from './sql/source-caret.js';
export * from './sql/span.js';
export * from './sql/sql-error.js';
export type { StageIdentity } from './state/checkpoint-manifest.js';
export * from './state/checkpoint-store.js';
export { type ClaimedStage, type ClaimedState, claimState } from './state/claim-state.js';
export { HeapState } from './state/heap-state.js';
export { KEY_GROUPS, keyGroupOf } from './state/key-group.js';
export * from './state/read-checkpoint.js';
export { decodeSnapshot, type StateEntry } from './state/snapshot-file.js';
export * from './state/state-backend.js';
export { readStateValue, StateWriter } from './state/state-value.js';
export * from './state/time-queue.js';
export { backticked } from './text/backticked.js';
export { fromJsonBytes, jsonBytes } from './text/json-bytes.js';
export { localPath } from './text/local-path.js';
export { nearNames } from './text/near-names.js';
export { reasonOf } from './text/reason-of.js';
export { toArrowSchema, toArrowType } from './types/arrow-type.js';
export * from './types/data-type.js';
export { INTEGER_BITS, isInteger } from './types/type-family.js';
export { parseTypeText, typeToText } from './types/type-text.js';
export { types } from './types/types.js';
