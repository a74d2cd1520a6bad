import { Ajv } from 'ajv';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { Option } from '../../../core/config/option.js';
import { parseOption } from '../../../core/config/parse-option.js';
import { Configuration, OPTIONS, type OptionKey, parseDuration, withOverrides } from '../../../core/index.js';

describe('a configuration', () => {
  it('takes SET over the command line, that over the job file, and that over the default', () => {
    const configuration = new Configuration();
    expect(configuration.get('millstream.batch.rows')).toBe(131_072);

    configuration.set('millstream.batch.rows', '3', 'SET');
    configuration.set('millstream.batch.rows', '1', 'job file');
    configuration.set('millstream.batch.rows', '2', 'command line');

    expect(configuration.get('millstream.batch.rows')).toBe(3);
    configuration.reset('millstream.batch.rows');
    expect(configuration.get('millstream.batch.rows')).toBe(2);
  });

  it('lists what was set, sorted', () => {
    const configuration = new Configuration();
    configuration.set('python.files', 'a.py', 'command line');
    configuration.set('parallelism.default', '2', 'SET');
    configuration.set('parallelism.default', '4', 'SET');

    expect(configuration.entries()).toEqual([
      ['parallelism.default', '4'],
      ['python.files', 'a.py'],
    ]);
    configuration.reset();
    expect(configuration.entries()).toEqual([['python.files', 'a.py']]);
  });

  it('gives values in the type of their option', () => {
    const configuration = new Configuration();
    configuration.set('execution.runtime-mode', 'batch', 'SET');
    configuration.set('python.files', 'a.py, lib', 'SET');
    configuration.set('millstream.memory', '2 GB', 'SET');
    configuration.set('millstream.worker.zygote', 'FALSE', 'SET');

    const mode = configuration.get('execution.runtime-mode');
    const memory = configuration.get('millstream.memory');

    expect([mode, memory]).toEqual(['BATCH', 2 * 1024 ** 3]);
    expect(configuration.get('python.files')).toEqual(['a.py', 'lib']);
    expect(configuration.get('millstream.worker.zygote')).toBe(false);
    expect(configuration.get('parallelism.default')).toBeNull();
    expectTypeOf(mode).toEqualTypeOf<string>();
    expectTypeOf(memory).toEqualTypeOf<number | null>();
  });

  it('describes its options by valid schemas', () => {
    const ajv = new Ajv({ strict: true });
    for (const option of Object.values<Option>(OPTIONS)) {
      if (option.schema !== undefined) expect(ajv.validateSchema(option.schema)).toBe(true);
    }
  });

  it('has defaults that are valid values of their options', () => {
    for (const [key, option] of Object.entries(OPTIONS)) {
      if (option.default !== null) expect(() => parseOption(key as OptionKey, option.default)).not.toThrow();
    }
  });

  it.each([
    [
      'parallelism.default',
      '0',
      "'parallelism.default' cannot be '0': it is a whole number, at least 1, at most 1024.",
    ],
    ['parallelism.default', '2.5', 'it is a whole number'],
    ['parallelism.default', '', 'it is a whole number'],
    ['execution.runtime-mode', 'fast', 'it is one of BATCH, STREAMING, AUTOMATIC.'],
    ['millstream.worker.zygote', 'yes', 'it is true or false.'],
    ['millstream.memory', 'lots', "'millstream.memory': 'lots' is not a memory size."],
    ['millstream.stall-timeout', '0 s', 'it is a valid duration.'],
    ['table.sql-dialect', 'hive', 'would give other results'],
  ])('refuses %s = %j', (key, text, message) => {
    expect(() => new Configuration().set(key, text, 'SET')).toThrow(message);
  });

  it('refuses a key that nobody knows, with near names, also to reset', () => {
    const configuration = new Configuration();

    const refusal = { code: 'OPTION_UNKNOWN', hint: expect.stringContaining("'parallelism.default'") };

    expect(() => configuration.set('paralelism.default', '2', 'SET')).toThrow(
      expect.objectContaining(refusal),
    );
    expect(() => configuration.reset('paralelism.default')).toThrow(expect.objectContaining(refusal));
    expect(() => configuration.set('millstream.function.f.memroy', '1', 'SET')).toThrow("no option 'memroy'");
    expect(() => configuration.set('toString', '1', 'SET')).toThrow("no option 'toString'");
  });

  it.each([
    ['on_error', 'dead_letter', 'dead_letter'],
    ['max_errors', '12', 12],
    ['max_errors', '0.5 %', 0.005],
    ['max_errors', '.25', 0.25],
    ['replay', 'FALSE', false],
    ['dead_letter_table', '`my db`.failed', '`my db`.failed'],
    ['timeout', '1500 ms', '1.5 s'],
  ])('reads what a function does with failures: %s = %s', (option, text, value) => {
    const configuration = new Configuration();

    configuration.set(`millstream.function.f.${option}`, text, 'SET');

    expect(withOverrides({}, configuration.functionOptions('f'))).toEqual({ [option]: value });
  });

  it.each([
    ['on_error', 'ignore'],
    ['max_errors', '100 %'],
    ['max_errors', '1.5'],
    ['replay', 'no'],
    ['dead_letter_table', 'failed rows'],
  ])('refuses %s = %s', (option, text) => {
    expect(() => new Configuration().set(`millstream.function.f.${option}`, text, 'SET')).toThrow(
      `cannot be '${text}'`,
    );
  });

  it('reads what a function declares of its workers', () => {
    const configuration = new Configuration();
    const wrong = { memory: 'much', cpus: '0', gpus: '1.5', concurrency: '8-1', resources: '' };

    for (const [option, text] of Object.entries(wrong)) {
      expect(() => configuration.set(`millstream.function.f.${option}`, text, 'SET')).toThrow('cannot be');
    }
    const texts = { memory: '256 MB', cpus: '0.5', gpus: '2', concurrency: '1 - 8', resources: 'model' };
    const options = withOverrides({ memory: 1, retry: 3 }, texts);
    expect(options).toEqual({
      memory: 256 * 1024 ** 2,
      cpus: 0.5,
      gpus: 2,
      concurrency: '1-8',
      resources: 'model',
      retry: 3,
    });
  });

  it('shows no secrets', () => {
    const configuration = new Configuration();
    configuration.set('millstream.worker.env', 'AWS_*,API_KEY=abc,MODE=fast', 'SET');

    expect(configuration.entries()).toEqual([['millstream.worker.env', 'AWS_*,API_KEY=****,MODE=****']]);
  });

  it('accepts the keys of Flink it has no use for, with one note each', () => {
    const notes: string[] = [];
    const configuration = new Configuration((note) => notes.push(note));

    configuration.set('table.exec.rank.topn-cache-size', '10', 'SET');
    configuration.set('table.exec.rank.topn-cache-size', '20', 'SET');
    configuration.set('table.optimizer.non-deterministic-update.strategy', 'TRY_RESOLVE', 'SET');
    configuration.set('taskmanager.numberOfTaskSlots', '4', 'SET');
    configuration.set('table.sql-dialect', 'default', 'SET');

    expect(notes).toEqual([
      "'table.exec.rank.topn-cache-size' is a key of Flink that has no effect here: how state lies is said by state.backend.type alone.",
      "'table.optimizer.non-deterministic-update.strategy' is a key of Flink that has no effect here: what was looked up, or a nondeterministic function gave, is always remembered for rows that change.",
      "'taskmanager.numberOfTaskSlots' is a key of Flink that has no effect here: there is no cluster here: everything runs on one machine.",
    ]);
  });
});

describe('durations', () => {
  it.each([
    ['500', 500],
    ['500 ms', 500],
    ['10s', 10_000],
    ['5 min', 300_000],
    ['1 d', 86_400_000],
    ['250 µs', 0.25],
  ])('%j is %d ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(['', 's', '1.5 s', '-1 s', '1 fortnight'])('%j is none', (text) => {
    expect(() => parseDuration(text)).toThrow(`'${text}' is not a duration.`);
  });
});
