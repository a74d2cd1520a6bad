/** Rows of a page as they are printed. */
import { type Column, type DataType, jsonWriter, PlanError, typeToText } from '../../core/index.js';
import { jsonReader } from '../formats/json.js';
import type { ResultBatch } from '../session/session-types.js';
import type { GatewayPage } from './gateway-page.js';

/** Makes batches of the pages of one result. */
export class ResultRows {
  readonly #json: readonly Cell[];
  readonly #text: readonly Cell[];

  /** @param updates true: rows of the result change, so that each has its kind */
  constructor(
    columns: readonly Column[],
    private readonly updates: boolean,
  ) {
    this.#json = columns.map(({ type }) => cell(type, (value) => value));
    this.#text = columns.map(({ name, type }) => cell(type, (value) => fromText(name, type, String(value))));
  }

  /** @throws {PlanError} FLINK_RESULT for values that the gateway cannot give */
  batch({ rows, form }: GatewayPage): ResultBatch {
    const cells = form === 'json' ? this.#json : this.#text;
    return {
      rows: rows.length,
      changes: this.updates ? rows.map(({ change }) => change) : null,
      jsonText: (row, column) => cells[column]!(rows[row]!.values[column]),
    };
  }
}

type Cell = (value: unknown) => string;

function cell(type: DataType, prepared: (value: unknown) => unknown): Cell {
  const read = jsonReader(type, {
    failOnMissingField: true,
    ignoreParseErrors: false,
    timestampFormat: 'ISO-8601',
  });
  const write = jsonWriter(type);
  return (value) => (value === null ? 'null' : write(read(prepared(value))));
}

/** What CAST to STRING has written, as it would be in JSON. */
function fromText(name: string, type: DataType, text: string): unknown {
  switch (type.kind) {
    case 'TIMESTAMP':
      return text.replace(' ', 'T');
    case 'BINARY':
    case 'VARBINARY':
    case 'BYTES':
      return Buffer.from(/^x'(.*)'$/.exec(text)?.[1] ?? '', 'hex').toString('base64');
    case 'TIMESTAMP_LTZ':
    case 'ARRAY':
    case 'MAP':
    case 'MULTISET':
    case 'ROW':
      throw new PlanError(
        'FLINK_RESULT',
        `The gateway cannot give NaN, infinities and maps whose keys are no text in JSON, and column ${name} of ${typeToText(type)} cannot be read in another form.`,
        { hint: 'Write the rows into a table, or CAST these columns to STRING.' },
      );
    default:
      return text;
  }
}
