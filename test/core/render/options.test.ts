import { describe, expect, it } from 'vitest';
import { ConfigurationError, PlanError, parseTypeText } from '../../../core/index.js';
import { renderCopy } from '../../../core/render/copy.js';
import { filesystemOptions, notedOptions } from '../../../core/render/options.js';

function table(
  options: Readonly<Record<string, string>>,
  columns: Readonly<Record<string, string>> = { id: 'INT' },
) {
  return {
    path: ['c', 'd', 'orders'],
    connector: 'filesystem',
    options: { connector: 'filesystem', path: 'out', format: 'csv', ...options },
    columns: Object.entries(columns).map(([name, type]) => ({ name, type: parseTypeText(type) })),
    primaryKey: [],
    partitionedBy: [],
  };
}

function failure(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}

describe('filesystemOptions', () => {
  it('fills in the defaults of Flink', () => {
    expect(filesystemOptions(table({}))).toMatchObject({
      path: 'out',
      format: 'csv',
      csv: { delimiter: ',', quote: '"', nullLiteral: null, ignoreParseErrors: false },
    });
  });

  it('takes escaped delimiters and file: paths', () => {
    const options = filesystemOptions(table({ path: 'file:///data/in', 'csv.field-delimiter': '\\t' }));

    expect(options.path).toBe('/data/in');
    expect(options.csv.delimiter).toBe('\t');
  });

  it('refuses an unknown option with near names', () => {
    expect(failure(() => filesystemOptions(table({ 'csv.null-litral': '' })))).toMatchObject({
      code: 'OPTION_UNKNOWN',
      message: "Table orders: unknown option 'csv.null-litral'.",
      hint: "Did you mean 'csv.null-literal'?",
    });
  });

  it('refuses an option that would change the result, and takes its neutral value', () => {
    expect(failure(() => filesystemOptions(table({ 'json.fail-on-missing-field': 'true' })))).toBeInstanceOf(
      ConfigurationError,
    );
    expect(filesystemOptions(table({ 'json.fail-on-missing-field': 'false' })).format).toBe('csv');
  });

  it('notes options that tune what runs otherwise here', () => {
    expect(notedOptions(table({ 'sink.rolling-policy.file-size': '1MB' }))).toEqual([
      'sink.rolling-policy.file-size',
    ]);
  });

  it.each([
    [{ format: 'orc' }, 'OPTION_VALUE'],
    [{ path: '' }, 'OPTION_MISSING'],
    [{ 'csv.field-delimiter': '::' }, 'OPTION_VALUE'],
    [{ 'csv.ignore-parse-errors': 'yes' }, 'OPTION_VALUE'],
    [{ 'source.monitor-interval': 'often' }, 'OPTION_VALUE'],
    [{ 'source.monitor-interval': '0 s' }, 'OPTION_VALUE'],
    [{ 'source.path.regex-pattern': '.*' }, 'OPTION_UNSUPPORTED'],
  ])('refuses %j with %s', (options, code) => {
    expect(failure(() => filesystemOptions(table(options as Record<string, string>)))).toMatchObject({
      code,
    });
  });
});

describe('renderCopy', () => {
  it.each([
    [{ format: 'parquet' }, 'FORMAT parquet, COMPRESSION snappy'],
    [{ format: 'parquet', 'parquet.compression': 'zstd' }, 'FORMAT parquet, COMPRESSION zstd'],
    [{ format: 'json' }, 'FORMAT json'],
    [
      { format: 'csv', 'csv.null-literal': 'n/a', 'csv.field-delimiter': ';' },
      `FORMAT csv, HEADER false, DELIMITER ';', QUOTE '"', ESCAPE '"', NULLSTR 'n/a'`,
    ],
  ])('writes %j with %s', (options, expected) => {
    expect(renderCopy(table(options as Record<string, string>)).copyOptions).toBe(expected);
  });

  it('has the only column of csv files in quotes where it may be empty', () => {
    const one = (options: Readonly<Record<string, string>>, type = 'STRING') =>
      renderCopy({ ...table({ format: 'csv', ...options }, { s: type, p: 'INT' }), partitionedBy: ['p'] });
    expect(one({}).emptyForNull).toBe('s');
    expect(one({ 'csv.null-literal': '-' })).toMatchObject({
      copyOptions: expect.stringContaining("NULLSTR '-', FORCE_QUOTE (s)"),
      emptyForNull: null,
    });
    expect(one({ 'csv.null-literal': '-' }, 'INT').copyOptions).not.toContain('FORCE_QUOTE');
    expect(() => one({ 'csv.disable-quote-character': 'true' })).toThrow(/an empty line, which is no row/);
  });

  it('refuses what the format cannot hold', () => {
    expect(() => renderCopy(table({ format: 'csv' }, { tags: 'ARRAY<STRING>' }))).toThrow(PlanError);
    expect(() => renderCopy(table({ format: 'json' }, { raw: 'BYTES' }))).toThrow(/cannot write column raw/);
    expect(() => renderCopy({ ...table({ format: 'json' }), partitionedBy: ['id'] })).toThrow(
      /partitions are not written as json/,
    );
  });
});
