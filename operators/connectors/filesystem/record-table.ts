/** A table of the connector `filesystem` whose files hold records that the core reads and writes: its options, checked. */
import { FILE_CONNECTOR_OPTIONS, FILE_FORMATS, localPath, MONITOR_INTERVAL } from '../../../core/index.js';
import { CHANGE_FORMATS, type ChangeFormatName } from '../../formats/change-formats.js';
import { type Format, readFormat } from '../../formats/make-format.js';
import type { Declaration } from '../declaration.js';
import { OptionReader } from '../option-reader.js';

export interface RecordTable {
  /** A file, a folder, or a pattern. */
  readonly path: string;
  readonly format: Format;
  /** Milliseconds between two looks for files that have come; null: the files that are there are all. */
  readonly monitorMs: number | null;
}

const FORMATS = [...FILE_FORMATS, ...(Object.keys(CHANGE_FORMATS) as ChangeFormatName[])] as const;

/** False for a table whose files DuckDB reads and writes. */
export function isOfRecords({ format }: Readonly<Record<string, string>>): boolean {
  return format !== undefined && !FILE_FORMATS.some((name) => name === format.toLowerCase());
}

function checkFormat(options: OptionReader): void {
  const format = options.required('format');
  if (FORMATS.some((name) => name === format.toLowerCase())) return;
  throw options.error(
    'OPTION_VALUE',
    `format '${format}' is not supported`,
    `Formats: ${FORMATS.join(', ')}.`,
  );
}

/** @throws {ConfigurationError} */
export function readRecordTable(declared: Declaration, use: 'read' | 'write'): RecordTable {
  const options = new OptionReader(declared.table, declared.options);
  checkFormat(options);
  const read: RecordTable = {
    path: localPath(options.required('path')),
    format: readFormat(options, 'format', options, use),
    monitorMs: options.duration(MONITOR_INTERVAL, null),
  };
  if (read.monitorMs === 0) throw options.wrong(MONITOR_INTERVAL, 'Expected a duration above 0.');
  options.noted(...FILE_CONNECTOR_OPTIONS.noted);
  for (const [key, neutral] of Object.entries(FILE_CONNECTOR_OPTIONS.refused)) options.refused(key, neutral);
  options.finish();
  return read;
}
