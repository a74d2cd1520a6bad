import { expect, test } from 'vitest';
import { Configuration, type FunctionDeclaration } from '../../../core/index.js';
import { describeFunction } from '../../../operators/session/describe-function.js';

const parameter = { hasDefault: false, variadic: false, table: null, keywordOnly: false } as const;

const declaration: FunctionDeclaration = {
  name: 'score',
  kind: 'aggregate',
  batch: 'arrow',
  parameters: [
    { ...parameter, name: 'x', type: 'DOUBLE', nullable: false },
    { ...parameter, name: 'note', type: null, nullable: true, hasDefault: true },
  ],
  result: 'DOUBLE',
  accumulator: null,
  deterministic: true,
  isAsync: false,
  iterator: false,
  mergeable: true,
  retractable: false,
  stateful: false,
  sideOutputs: [],
  analyzes: false,
  options: { memory: '1 GB', cpus: 2, environment: 'env-1f' },
  target: 'functions.score',
  file: 'functions.py',
  line: 3,
  doc: null,
};

test('DESCRIBE FUNCTION EXTENDED says the signature, the rules and where each option comes from', () => {
  const configuration = new Configuration();
  configuration.set('millstream.function.score.memory', '2 GB', 'job file');
  configuration.set('millstream.function.Score.batch_rows', '100', 'SET');
  expect(describeFunction(declaration, configuration, '/venv/bin/python').rows).toEqual([
    ['name', 'score'],
    ['target', 'functions.score'],
    ['language', 'PYTHON'],
    ['kind', 'aggregate'],
    ['signature', 'score(x DOUBLE, note = …)'],
    ['result', 'DOUBLE'],
    ['null', 'not called with NULL for x'],
    ['is deterministic', 'true'],
    ['called with', 'arrow vectors'],
    ['has merge', 'true'],
    ['has retract', 'false'],
    ['file', 'functions.py:3'],
    ['python', '/venv/bin/python'],
    ['comment', null],
    ['option batch_rows', '100 (SET)'],
    ['option cpus', '2 (decorator)'],
    ['option memory', '2 GB (job file)'],
  ]);
});

test('DESCRIBE FUNCTION EXTENDED of a process function says which table is broadcast, and its side outputs', () => {
  const table = { type: null, nullable: true, hasDefault: false, variadic: false, keywordOnly: false };
  const process: FunctionDeclaration = {
    ...declaration,
    kind: 'table',
    stateful: true,
    parameters: [
      { ...table, name: 'row', table: 'set' },
      { ...table, name: 'limit', table: 'broadcast' },
    ],
    result: 'ROW<`spent` INT>',
    sideOutputs: [{ tag: 'small', type: 'ROW<`amount` INT>' }],
  };

  expect(describeFunction(process, new Configuration(), null).rows.slice(4, 7)).toEqual([
    ['signature', 'score(row TABLE, limit BROADCAST TABLE)'],
    ['result', 'ROW<`spent` INT>'],
    ['side output small', 'ROW<`amount` INT>'],
  ]);
});
