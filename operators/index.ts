/** The front door of the package: public names of operators and core, one by one. */

export { avg, count, countDistinct, max, min, sum } from './api/aggregates.js';
export { Column } from './api/column.js';
export { ColumnType, type ColumnTypes, type RecordOf, t, type ValueOf } from './api/column-type.js';
export type { BroadcastTable, ConnectedTables } from './api/connected-tables.js';
export type { EnvironmentOptions } from './api/environment-options.js';
export type { Expression, Operand, Scope } from './api/expression.js';
export { type Case, call, date, decimal, lit, time, timestamp, when } from './api/functions.js';
export type { GroupedTable } from './api/grouped-table.js';
export type { KeyedTable } from './api/keyed-table.js';
export type { Division, MapOptions } from './api/map-call.js';
export { type OverWindow, over, rowNumber } from './api/over.js';
export type { ProcessedTable } from './api/processed-table.js';
export {
  type AggregateSignature,
  type PythonAggregate,
  type PythonFunction,
  type PythonFunctions,
  pythonAggregate,
  pythonFunction,
} from './api/python-function.js';
export type { Projection, Row } from './api/row.js';
export type { SortKey } from './api/sort-key.js';
export type { StatementSet } from './api/statement-set.js';
export { Table, type UntypedRecord } from './api/table.js';
export { type SqlResult, TableEnvironment } from './api/table-environment.js';
export type { ChangedRecord, TableResult } from './api/table-result.js';
export { defineTable, type RecordInput, type RowOf, type TableSchema } from './api/table-schema.js';
export { cumulate, hop, session, type TimeWindow, tumble } from './api/time-window.js';
export type { SqlDate, SqlDecimal, SqlInstant, SqlTime, SqlTimestamp } from './api/values.js';
export { buildFileEnvironments, lockFileEnvironments } from './environments/file-environments.js';
export { bundleFolder, findBundle, listBundles } from './failures/bundle-folder.js';
export type { FailureCount } from './failures/failed-rows.js';
export { type ExportedStatement, type ExportPlan, isWriting } from './flink-export/export-plan.js';
export { type ExportRequest, type PlannedExport, planExport } from './flink-export/plan-export.js';
export { writeExport } from './flink-export/write-export.js';
export { flinkFailure } from './flink-gateway/flink-failure.js';
export { GatewaySession, SqlGateway } from './flink-gateway/gateway.js';
export type { GatewayPage } from './flink-gateway/gateway-page.js';
export { type GatewayScript, gatewayScript } from './flink-gateway/gateway-script.js';
export { isFinalState, JobManager, type JobReading } from './flink-gateway/job-manager.js';
export { RestFailure, RestServer } from './flink-gateway/rest.js';
export { ResultRows } from './flink-gateway/result-rows.js';
export type { JobStatus, WorkerStack, WorkerStatus } from './ledger/job-status.js';
export { type RunningJob, runningJobs, stacksOf, stopJob } from './ledger/running-jobs.js';
export { runtimeFolder } from './ledger/runtime-folder.js';
export { type Cleaned, type CleanOptions, clean } from './leftovers/clean.js';
export { findLeftovers, type Leftover } from './leftovers/sweep.js';
export { machineMemoryBytes } from './ports/machine-memory.js';
export { Session } from './session/session.js';
export { shareOfFree } from './session/session-memory.js';
export type * from './session/session-types.js';
export { listStates, readStates, type StateFilter } from './state/stored-state.js';
