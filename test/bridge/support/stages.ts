/** Bodies of stages for tests. */
import type { OpenFunctionStage, OpenRelationalStage } from '../../../bridge/index.js';

/** Two DOUBLE columns `a` and `b` into one function of them. */
export function scalarStage(name: string, stage = 'stage'): Omit<OpenFunctionStage, 'kind'> {
  return {
    stage,
    mode: 'scalar',
    input: [
      { name: 'a', type: 'DOUBLE' },
      { name: 'b', type: 'DOUBLE' },
    ],
    steps: [
      {
        function: name,
        arguments: [
          { kind: 'column', column: 0 },
          { kind: 'column', column: 1 },
        ],
        argumentNames: [null, null],
        guard: null,
        resultType: 'DOUBLE',
        distinct: false,
        filter: null,
        frame: null,
      },
    ],
    resultSteps: [0],
    resultFields: null,
    rowSelection: true,
    partialAggregates: [],
    outer: false,
    keyColumns: [],
    tagColumn: null,
    passedColumns: [],
    state: null,
    process: null,
    context: { jobId: 'job', subtask: 0, parallelism: 1, attempt: 0, jobParameters: {}, cachedFiles: {} },
    overrides: [],
    sharedFolder: '/tmp',
    source: null,
  };
}

/** A query without inputs. */
export function queryStage(changes: Partial<OpenRelationalStage>): Omit<OpenRelationalStage, 'kind'> {
  return {
    stage: 'query',
    sql: '',
    inputs: [],
    output: [],
    groups: [[0]],
    keyColumns: null,
    sink: null,
    perBatch: false,
    keepsOrder: true,
    batchRows: 65_536,
    memoryLimitBytes: 128 << 20,
    threads: 1,
    temporaryDirectory: '',
    temporaryBytes: null,
    ...changes,
  };
}
