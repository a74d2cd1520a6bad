/** CREATE, DROP and ALTER: statements that change the catalog and start no job. */
import {
  type CatalogManager,
  type ColumnDefinition,
  ConfigurationError,
  type CreateCatalogStatement,
  type CreateFunctionStatement,
  type CreateTableStatement,
  type CreateViewStatement,
  type DataType,
  type DropStatement,
  type FunctionScope,
  inlineTarget,
  locate,
  MemoryCatalog,
  type ObjectName,
  PlanError,
  parseTypeText,
  rowtimeProblem,
  type Statement,
  type TableColumn,
  type TableEntry,
  type TypeNode,
} from '../../core/index.js';

type DdlStatement = Extract<
  Statement,
  {
    kind:
      | 'create_table'
      | 'create_view'
      | 'create_function'
      | 'create_catalog'
      | 'create_database'
      | 'drop'
      | 'use';
  }
>;

/** Changes `catalogs` as the statement says. @throws {SqlError} and its kin, without a place: the caller adds it. */
export function executeDdl(statement: DdlStatement, sql: string, catalogs: CatalogManager): void {
  switch (statement.kind) {
    case 'create_table':
      createTable(statement, sql, catalogs);
      return;
    case 'create_view':
      createView(statement, sql, catalogs);
      return;
    case 'create_function':
      createFunction(statement, sql, catalogs);
      return;
    case 'create_catalog':
      createCatalog(statement, catalogs);
      return;
    case 'create_database':
      catalogs.createDatabase(nameParts(statement.name), statement.ifNotExists);
      return;
    case 'drop':
      drop(statement, catalogs);
      return;
    case 'use':
      if (statement.object === 'CATALOG') catalogs.useCatalog(statement.name.name);
      else if (statement.object === 'DATABASE') catalogs.useDatabase(nameParts(statement.name));
      else
        throw new PlanError(
          'STATEMENT_UNSUPPORTED',
          'USE MODULES has no meaning here: there is the core module only.',
        );
      return;
  }
}

/** The parts of a dotted name as text. */
export function nameParts(name: ObjectName): string[] {
  return name.parts.map((part) => part.name);
}

function createTable(statement: CreateTableStatement, sql: string, catalogs: CatalogManager): void {
  if (statement.query !== null) {
    throw new PlanError('STATEMENT_UNSUPPORTED', 'CREATE TABLE … AS is not supported yet.', {
      hint: 'Declare the table, then INSERT INTO it.',
    });
  }
  const written = tableDefinition(statement, sql, catalogs);
  const table = statement.like === null ? written : likeTable(written, statement, catalogs);
  if (table.options['connector'] === undefined) {
    throw new ConfigurationError('OPTION_MISSING', `Table ${table.path.name} says no connector.`, {
      hint: "Add WITH ('connector' = 'filesystem', 'path' = '…', 'format' = 'parquet'), or another connector.",
    });
  }
  const problem = table.watermark && rowtimeProblem(table.watermark.column, table.columns);
  if (problem !== null) {
    throw new PlanError('SQL_INVALID', problem, {
      hint: 'Declare the column as TIMESTAMP(3), or compute one: ts AS TO_TIMESTAMP(text).',
    });
  }
  catalogs.createRelation(table, statement);
}

function tableDefinition(statement: CreateTableStatement, sql: string, catalogs: CatalogManager): TableEntry {
  const columns = statement.columns.map((column) => columnOf(column, sql));
  refuseDuplicates(columns);
  return {
    kind: 'table',
    path: catalogs.qualify(nameParts(statement.name)),
    columns,
    watermark: watermarkOf(statement, sql),
    primaryKey: statement.primaryKey?.columns.map((column) => column.name) ?? null,
    partitionedBy: statement.partitionedBy.map((column) => column.name),
    options: Object.fromEntries(statement.options.map((option) => [option.key.value, option.value.value])),
    comment: statement.comment?.value ?? null,
  };
}

function columnOf(column: ColumnDefinition, sql: string): TableColumn {
  const common = { name: column.name.name, comment: column.comment?.value ?? null };
  switch (column.kind) {
    case 'physical_column':
      return { ...common, kind: 'physical', type: typeOf(column.type, sql) };
    case 'computed_column':
      return {
        ...common,
        kind: 'computed',
        expression: column.expression,
        text: slice(sql, column.expression.span),
      };
    case 'metadata_column':
      return {
        ...common,
        kind: 'metadata',
        type: typeOf(column.type, sql),
        key: column.key?.value ?? column.name.name,
        virtual: column.virtual,
      };
  }
}

function watermarkOf({ watermark }: CreateTableStatement, sql: string): TableEntry['watermark'] {
  if (watermark === null) return null;
  return {
    column: nameParts(watermark.column).join('.'),
    text: slice(sql, watermark.expression.span),
    expression: watermark.expression,
  };
}

/** LIKE with its default strategy (INCLUDING ALL OVERWRITING OPTIONS): the source's definition, then what is written. */
function likeTable(table: TableEntry, statement: CreateTableStatement, catalogs: CatalogManager): TableEntry {
  const like = statement.like!;
  if (like.options.length > 0) {
    throw new PlanError('STATEMENT_UNSUPPORTED', 'LIKE with INCLUDING or EXCLUDING is not supported.', {
      hint: 'Plain LIKE takes everything over, and options that are written win.',
    });
  }
  const path = catalogs.qualify(nameParts(like.source));
  const source = catalogs.relation(path);
  if (source === null || source.kind === 'view') throw catalogs.unknownRelation(path);
  const columns = [...source.columns, ...table.columns];
  refuseDuplicates(columns);
  return {
    ...table,
    columns,
    watermark: table.watermark ?? source.watermark,
    primaryKey: table.primaryKey ?? source.primaryKey,
    partitionedBy: table.partitionedBy.length > 0 ? table.partitionedBy : source.partitionedBy,
    options: { ...source.options, ...table.options },
  };
}

function createView(statement: CreateViewStatement, sql: string, catalogs: CatalogManager): void {
  catalogs.createRelation(
    {
      kind: 'view',
      path: catalogs.qualify(nameParts(statement.name)),
      text: slice(sql, statement.query.span),
      query: statement.query,
      columns: statement.columns.length === 0 ? null : statement.columns.map((column) => column.name),
      comment: statement.comment?.value ?? null,
      scope: { catalog: catalogs.currentCatalog, database: catalogs.currentDatabase },
    },
    statement,
  );
}

function createFunction(statement: CreateFunctionStatement, sql: string, catalogs: CatalogManager): void {
  if (statement.language !== 'PYTHON') {
    throw new PlanError(
      'STATEMENT_UNSUPPORTED',
      `Functions in ${statement.language ?? 'JAVA (the default language)'} are not supported.`,
      { hint: "Write LANGUAGE PYTHON, and AS 'module.name'." },
    );
  }
  catalogs.createFunction(
    nameParts(statement.name),
    {
      target: statement.form === 'inline' ? inlineTargetOf(statement, sql) : statement.path.value,
      language: 'PYTHON',
    },
    { scope: scopeOf(statement), ifNotExists: statement.ifNotExists, orReplace: statement.orReplace },
  );
}

function inlineTargetOf(
  statement: Extract<CreateFunctionStatement, { form: 'inline' }>,
  sql: string,
): string {
  const { parameters, returns, source } = statement;
  return inlineTarget({
    parameters: parameters.map(({ name, type }) => ({ name: name.name, type: slice(sql, type.span) })),
    returns: slice(sql, returns.span),
    source: source.value,
    line: locate(sql, source.span).line ?? 1,
  });
}

function createCatalog(statement: CreateCatalogStatement, catalogs: CatalogManager): void {
  const values = new Map(statement.options.map((option) => [option.key.value, option.value.value]));
  const type = values.get('type');
  if (type !== 'generic_in_memory') {
    throw new ConfigurationError(
      'CATALOG_TYPE',
      `A catalog of type '${type ?? '(missing)'}' is not supported.`,
      {
        hint: "The type that is: 'type' = 'generic_in_memory'.",
      },
    );
  }
  const catalog = new MemoryCatalog(statement.name.name, values.get('default-database') ?? 'default');
  catalogs.createCatalog(catalog, statement.ifNotExists);
}

function drop(statement: DropStatement, catalogs: CatalogManager): void {
  const parts = nameParts(statement.name);
  switch (statement.object) {
    case 'TABLE':
    case 'VIEW':
      catalogs.dropRelation(
        catalogs.qualify(parts),
        statement.object === 'TABLE' ? 'table' : 'view',
        statement,
      );
      return;
    case 'FUNCTION':
      catalogs.dropFunction(parts, { scope: scopeOf(statement), ifExists: statement.ifExists });
      return;
    case 'CATALOG':
      catalogs.dropCatalog(parts[0]!, statement.ifExists);
      return;
    case 'DATABASE':
      catalogs.dropDatabase(parts, {
        ifExists: statement.ifExists,
        cascade: statement.behavior === 'CASCADE',
      });
      return;
  }
}

function scopeOf(statement: { readonly system: boolean; readonly temporary: boolean }): FunctionScope {
  if (statement.system) return 'temporary_system';
  return statement.temporary ? 'temporary' : 'catalog';
}

function typeOf(node: TypeNode, sql: string): DataType {
  return parseTypeText(slice(sql, node.span));
}

function slice(sql: string, span: { readonly start: number; readonly end: number }): string {
  return sql.slice(span.start, span.end);
}

function refuseDuplicates(columns: readonly TableColumn[]): void {
  const seen = new Set<string>();
  for (const { name } of columns) {
    if (seen.has(name)) {
      throw new ConfigurationError('COLUMN_EXISTS', `Column '${name}' is declared twice.`);
    }
    seen.add(name);
  }
}
