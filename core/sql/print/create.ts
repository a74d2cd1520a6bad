/** Text of CREATE for views, functions, catalogs and databases. */
import type {
  CreateCatalogStatement,
  CreateDatabaseStatement,
  CreateFunctionStatement,
  CreateViewStatement,
} from '../ast.js';
import { columnsText, commentText, nameText, objectText, stringText, withText, words } from './common.js';
import { queryText } from './query.js';
import { typeText } from './type.js';

/** CREATE VIEW, CATALOG or DATABASE. */
export function createText(
  statement: CreateViewStatement | CreateCatalogStatement | CreateDatabaseStatement,
): string {
  const ifNotExists = statement.ifNotExists && 'IF NOT EXISTS';
  const comment = commentText(statement.comment).trimStart();
  switch (statement.kind) {
    case 'create_view':
      return words(
        'CREATE',
        statement.orReplace && 'OR REPLACE',
        statement.temporary && 'TEMPORARY',
        'VIEW',
        ifNotExists,
        objectText(statement.name),
        statement.columns.length > 0 && columnsText(statement.columns),
        comment,
        `AS ${queryText(statement.query)}`,
      );
    case 'create_catalog':
      return words('CREATE CATALOG', ifNotExists, nameText(statement.name), comment, options(statement));
    case 'create_database':
      return words('CREATE DATABASE', ifNotExists, objectText(statement.name), comment, options(statement));
  }
}

function options(statement: CreateCatalogStatement | CreateDatabaseStatement): string {
  return withText(statement.options).trimStart();
}

/** CREATE FUNCTION, in both forms. */
export function createFunctionText(statement: CreateFunctionStatement): string {
  const head = words(
    'CREATE',
    statement.orReplace && 'OR REPLACE',
    statement.temporary && 'TEMPORARY',
    statement.system && 'SYSTEM',
    'FUNCTION',
    statement.ifNotExists && 'IF NOT EXISTS',
    objectText(statement.name),
  );
  const language = statement.language === null ? '' : `LANGUAGE ${statement.language}`;
  if (statement.form === 'path') {
    const using = statement.jars.map(({ value }) => `JAR ${stringText(value)}`).join(', ');
    return words(head, `AS ${stringText(statement.path.value)}`, language, using !== '' && `USING ${using}`);
  }
  const parameters = statement.parameters.map(({ name, type }) => `${nameText(name)} ${typeText(type)}`);
  const source = statement.source.value;
  const body = source.includes('$$') ? stringText(source) : `$$${source}$$`;
  return `${head}(${parameters.join(', ')}) RETURNS ${typeText(statement.returns)} ${language} AS ${body}`;
}
