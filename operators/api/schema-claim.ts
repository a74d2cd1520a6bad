/** A schema that the program gave for a query or a table of the catalog, checked before anything runs. */
import { type Column, type DataType, PlanError, typeToText } from '../../core/index.js';
import { unknownColumn } from './row.js';
import type { TableHost } from './table-host.js';

export class SchemaClaim {
  #checked: Promise<void> | null = null;

  constructor(
    private readonly host: TableHost,
    private readonly sql: string,
    private readonly columns: readonly Column[],
  ) {}

  /**
   * Checks once that every column is there, gives the values that the schema says, and is not NULL unless it says so.
   * @throws {PlanError} SCHEMA_MISMATCH; {SqlError} SQL_UNKNOWN_COLUMN
   */
  check(): Promise<void> {
    this.#checked ??= this.host.query(this.sql).then(({ columns }) => this.#compare(columns));
    return this.#checked;
  }

  #compare(actual: readonly Column[]): void {
    for (const claimed of this.columns) {
      const found = actual.find(({ name }) => name === claimed.name);
      if (found === undefined)
        throw unknownColumn(
          claimed.name,
          actual.map(({ name }) => name),
        );
      const nullable = found.type.nullable && !claimed.type.nullable;
      if (valueShape(found.type) === valueShape(claimed.type) && !nullable) continue;
      throw new PlanError(
        'SCHEMA_MISMATCH',
        `Column '${claimed.name}' is ${typeToText(found.type)}; the schema says ${typeToText(claimed.type)}.`,
        {
          hint: nullable
            ? 'Write .nullable() in the schema, or take NULLs out with COALESCE.'
            : 'Correct the schema, or CAST in the query.',
        },
      );
    }
  }
}

/** What JavaScript gets of a type: types of one shape may stand for each other, INT for DOUBLE and CHAR(3) for STRING. */
function valueShape(type: DataType): string {
  const nested = (inner: DataType) => `${valueShape(inner)}${inner.nullable ? '?' : ''}`;
  switch (type.kind) {
    case 'TINYINT':
    case 'SMALLINT':
    case 'INT':
    case 'FLOAT':
    case 'DOUBLE':
      return 'number';
    case 'CHAR':
    case 'VARCHAR':
    case 'STRING':
      return 'string';
    case 'BINARY':
    case 'VARBINARY':
    case 'BYTES':
      return 'bytes';
    case 'ARRAY':
    case 'MULTISET':
      return `${type.kind}<${nested(type.element)}>`;
    case 'MAP':
      return `MAP<${nested(type.key)}, ${nested(type.value)}>`;
    case 'ROW':
      return `ROW<${type.fields.map(({ name, type: inner }) => `${name} ${nested(inner)}`).join(', ')}>`;
    default:
      return type.kind;
  }
}
