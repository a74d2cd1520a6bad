/** Text of ALTER. */
import type {
  AlterCatalogStatement,
  AlterDatabaseStatement,
  AlterFunctionStatement,
  AlterTableAction,
  AlterTableStatement,
  AlterViewStatement,
  PlacedColumn,
  ResetOptions,
  SetOptions,
} from '../ast.js';
import { nameText, objectText, optionsText, stringText, words } from './common.js';
import { columnText, elementTexts, partitionText } from './create-table.js';
import { queryText } from './query.js';

/** ALTER TABLE. */
export function alterTableText(statement: AlterTableStatement): string {
  const ifExists = statement.ifExists && 'IF EXISTS';
  return words('ALTER TABLE', ifExists, objectText(statement.name), actionText(statement.action));
}

/** ALTER VIEW, DATABASE, CATALOG or FUNCTION. */
export function alterText(
  statement: AlterViewStatement | AlterDatabaseStatement | AlterCatalogStatement | AlterFunctionStatement,
): string {
  switch (statement.kind) {
    case 'alter_view': {
      const { action } = statement;
      const change =
        action.kind === 'rename' ? `RENAME TO ${objectText(action.to)}` : `AS ${queryText(action.query)}`;
      return `ALTER VIEW ${objectText(statement.name)} ${change}`;
    }
    case 'alter_database':
      return `ALTER DATABASE ${objectText(statement.name)} ${settingText(statement.action)}`;
    case 'alter_catalog': {
      const { action } = statement;
      const change =
        action.kind === 'comment' ? `COMMENT ${stringText(action.comment.value)}` : settingText(action);
      return `ALTER CATALOG ${nameText(statement.name)} ${change}`;
    }
    case 'alter_function':
      return words(
        'ALTER',
        statement.temporary && 'TEMPORARY',
        statement.system && 'SYSTEM',
        'FUNCTION',
        statement.ifExists && 'IF EXISTS',
        objectText(statement.name),
        `AS ${stringText(statement.path.value)}`,
        statement.language !== null && `LANGUAGE ${statement.language}`,
      );
  }
}

function settingText(action: SetOptions | ResetOptions): string {
  if (action.kind === 'set_options') return `SET ${optionsText(action.options)}`;
  return `RESET (${action.keys.map(({ value }) => stringText(value)).join(', ')})`;
}

function actionText(action: AlterTableAction): string {
  switch (action.kind) {
    case 'rename':
      return `RENAME TO ${objectText(action.to)}`;
    case 'rename_column':
      return `RENAME ${objectText(action.column)} TO ${nameText(action.to)}`;
    case 'set_options':
    case 'reset_options':
      return settingText(action);
    case 'add':
    case 'modify': {
      const rest = elementTexts([], action.watermark, action.primaryKey);
      return `${action.kind.toUpperCase()} (${[...action.columns.map(placedText), ...rest].join(', ')})`;
    }
    case 'drop_columns':
      return `DROP (${action.columns.map(objectText).join(', ')})`;
    case 'drop_primary_key':
      return 'DROP PRIMARY KEY';
    case 'drop_constraint':
      return `DROP CONSTRAINT ${nameText(action.name)}`;
    case 'drop_watermark':
      return 'DROP WATERMARK';
    case 'add_partitions':
      return words('ADD', action.conditional && 'IF NOT EXISTS', ...action.partitions.map(partitionText));
    case 'drop_partitions':
      return words(
        'DROP',
        action.conditional && 'IF EXISTS',
        action.partitions.map(partitionText).join(', '),
      );
  }
}

function placedText({ column, first, after }: PlacedColumn): string {
  return words(columnText(column), first && 'FIRST', after !== null && `AFTER ${objectText(after)}`);
}
