/** Text of statements. */
import type { InsertStatement, ShowStatement, Statement, UseStatement } from '../ast.js';
import { alterTableText, alterText } from './alter.js';
import { columnsText, hintsText, nameText, objectText, stringText, words } from './common.js';
import { createFunctionText, createText } from './create.js';
import { createTableText, partitionText } from './create-table.js';
import { queryText } from './query.js';

/** One statement, without a semicolon. */
export function statementText(statement: Statement): string {
  const text = bareText(statement);
  return statement.kind === 'statement_set' ? `EXECUTE ${text}` : text;
}

function bareText(statement: Statement): string {
  switch (statement.kind) {
    case 'query_statement':
      return queryText(statement.query);
    case 'insert':
      return insertText(statement);
    case 'statement_set': {
      const inserts = statement.statements.map((one) => `${insertText(one)}; `);
      return `STATEMENT SET BEGIN ${inserts.join('')}END`;
    }
    case 'explain':
      return words('EXPLAIN', statement.details.join(', '), bareText(statement.statement));
    case 'create_table':
      return createTableText(statement);
    case 'create_function':
      return createFunctionText(statement);
    case 'create_view':
    case 'create_catalog':
    case 'create_database':
      return createText(statement);
    case 'drop':
      return words(
        'DROP',
        statement.temporary && 'TEMPORARY',
        statement.system && 'SYSTEM',
        statement.object,
        statement.ifExists && 'IF EXISTS',
        objectText(statement.name),
        statement.behavior,
      );
    case 'alter_table':
      return alterTableText(statement);
    case 'alter_view':
    case 'alter_database':
    case 'alter_catalog':
    case 'alter_function':
      return alterText(statement);
    case 'show':
      return showText(statement);
    case 'describe': {
      const object = statement.object === 'TABLE' ? '' : statement.object;
      return words('DESCRIBE', object, statement.extended && 'EXTENDED', objectText(statement.name));
    }
    case 'use':
      return useText(statement);
    case 'set': {
      const { key, value } = statement;
      return key === null || value === null
        ? 'SET'
        : `SET ${stringText(key.value)} = ${stringText(value.value)}`;
    }
    case 'reset':
      return statement.key === null ? 'RESET' : `RESET ${stringText(statement.key.value)}`;
    case 'jar':
      return `${statement.action} JAR ${stringText(statement.path.value)}`;
  }
}

function insertText(insert: InsertStatement): string {
  return words(
    insert.overwrite ? 'INSERT OVERWRITE' : 'INSERT INTO',
    objectText(insert.table) + hintsText(insert.hints),
    insert.partition !== null && partitionText(insert.partition),
    insert.columns !== null && columnsText(insert.columns),
    queryText(insert.query),
    insert.onConflict !== null && `ON CONFLICT DO ${insert.onConflict}`,
  );
}

function showText({ object, name, like, partition }: ShowStatement): string {
  const named = object.startsWith('CREATE') || object === 'PARTITIONS';
  return words(
    'SHOW',
    object,
    name !== null && (named ? objectText(name) : `FROM ${objectText(name)}`),
    like?.negated === true && 'NOT',
    like !== null && `${like.ignoreCase ? 'ILIKE' : 'LIKE'} ${stringText(like.pattern.value)}`,
    partition !== null && partitionText(partition),
  );
}

function useText(use: UseStatement): string {
  switch (use.object) {
    case 'DATABASE':
      return `USE ${objectText(use.name)}`;
    case 'CATALOG':
      return `USE CATALOG ${nameText(use.name)}`;
    case 'MODULES':
      return `USE MODULES ${use.names.map(nameText).join(', ')}`;
  }
}
