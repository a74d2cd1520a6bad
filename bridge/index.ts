/** The public names of the bridge, one by one. Other folders import the bridge only through this file. */
export type {
  AnswerPart,
  BridgeOptions,
  Bundle,
  BundleBatch,
  BundleDurations,
  BundleResult,
  CapLevel,
  FunctionStageHandle,
  Graces,
  KillReason,
  RelationalStageHandle,
  SequencedBatch,
  SpilledBatch,
  TimeLimits,
  Worker,
  WorkerLog,
  WorkerPython,
  WorkerSpec,
  WorkerUsage,
} from './api.js';
export { Bridge } from './bridge.js';
export { type AnswerSpill, groupsOf, releaseParts } from './bundle-answer.js';
export { EarlyZygotes } from './early-zygotes.js';
export { cacheFolder } from './environments/cache-folder.js';
export type { DeclaredDependencies, FunctionDependencies } from './environments/declared-dependencies.js';
export {
  type EnvironmentRequest,
  type PythonDemand,
  requirementLines,
} from './environments/environment-request.js';
export { type EnvironmentManifest, Environments } from './environments/environments.js';
export {
  cachedFolders,
  type InstalledEnvironment,
  installedEnvironments,
  removeCached,
  removeEnvironment,
} from './environments/installed-environments.js';
export { detectIsolation, type IsolationSupport } from './isolation/detect.js';
export type { IsolationLevel, IsolationOptions } from './isolation/isolation.js';
export type { LeftoverNotes, OwnedPaths } from './leftover-notes.js';
export { processesIn, removeCgroups } from './limits/remove-cgroups.js';
export { type DeadCgroup, findDeadCgroups, removeEmptyCgroup } from './limits/sweep-cgroups.js';
export type {
  ColumnSpec,
  DescribeFiles,
  DescribeFilesResult,
  FailedRow,
  ModuleSource,
  OpenFunctionStage,
  OpenRelationalStage,
  RelationalStatistics,
  SplitSource,
  WireFileSink,
} from './protocol/messages.js';
export type { UnfinishedPaths } from './protocol/zygote.js';
export { pythonEnvironment } from './python-command.js';
export {
  choosePython,
  findPython,
  type PythonCandidate,
  type PythonInterpreter,
} from './python-interpreter.js';
export { findMemoryFileSystem } from './shared-memory/memory-file-system.js';
export { LEAST_FREE_BYTES } from './shared-memory/shared-memory.js';
export { shownState } from './shown-state.js';
export type { ProcessLimits } from './worker-limits.js';
export type { ZygoteKind } from './zygote-process.js';
