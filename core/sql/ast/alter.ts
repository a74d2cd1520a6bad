/** ALTER statements, as written. */
import type { Span } from '../span.js';
import type { Identifier, ObjectName, OptionNode, StringNode } from './common.js';
import type { ColumnDefinition, PrimaryKeyDefinition, WatermarkDefinition } from './ddl.js';
import type { ExpressionNode } from './expression.js';
import type { QueryNode } from './query.js';

/** ALTER TABLE [IF EXISTS] t action. */
export interface AlterTableStatement {
  readonly kind: 'alter_table';
  readonly span: Span;
  readonly ifExists: boolean;
  readonly name: ObjectName;
  readonly action: AlterTableAction;
}

export type AlterTableAction =
  | { readonly kind: 'rename'; readonly to: ObjectName }
  | { readonly kind: 'rename_column'; readonly column: ObjectName; readonly to: Identifier }
  | SetOptions
  | ResetOptions
  /** ADD or MODIFY of columns, watermark and primary key; at least one is given. */
  | {
      readonly kind: 'add' | 'modify';
      readonly columns: readonly PlacedColumn[];
      readonly watermark: WatermarkDefinition | null;
      readonly primaryKey: PrimaryKeyDefinition | null;
    }
  | { readonly kind: 'drop_columns'; readonly columns: readonly ObjectName[] }
  | { readonly kind: 'drop_primary_key' }
  | { readonly kind: 'drop_constraint'; readonly name: Identifier }
  | { readonly kind: 'drop_watermark' }
  | {
      readonly kind: 'add_partitions' | 'drop_partitions';
      /** IF NOT EXISTS of ADD, IF EXISTS of DROP. */
      readonly conditional: boolean;
      readonly partitions: readonly PartitionSpec[];
    };

/** A column with the place it is put in; both null: at the end, or where it was. */
export interface PlacedColumn {
  readonly column: ColumnDefinition;
  readonly first: boolean;
  readonly after: ObjectName | null;
}

/** `PARTITION (a = 1, b = 'x')`. */
export interface PartitionSpec {
  readonly span: Span;
  readonly items: readonly PartitionItem[];
  /** WITH options of ALTER TABLE … ADD PARTITION. */
  readonly options: readonly OptionNode[];
}

export interface PartitionItem {
  readonly span: Span;
  readonly column: Identifier;
  /** A literal, or one with a minus sign. */
  readonly value: ExpressionNode;
}

/** `SET ('k' = 'v')`. */
export interface SetOptions {
  readonly kind: 'set_options';
  readonly options: readonly OptionNode[];
}

/** `RESET ('k')`. */
export interface ResetOptions {
  readonly kind: 'reset_options';
  readonly keys: readonly StringNode[];
}

/** ALTER VIEW v RENAME TO w, or AS query. */
export interface AlterViewStatement {
  readonly kind: 'alter_view';
  readonly span: Span;
  readonly name: ObjectName;
  readonly action:
    | { readonly kind: 'rename'; readonly to: ObjectName }
    | { readonly kind: 'as'; readonly query: QueryNode };
}

/** ALTER DATABASE d SET (…). */
export interface AlterDatabaseStatement {
  readonly kind: 'alter_database';
  readonly span: Span;
  readonly name: ObjectName;
  readonly action: SetOptions;
}

/** ALTER CATALOG c SET (…) | RESET (…) | COMMENT '…'. */
export interface AlterCatalogStatement {
  readonly kind: 'alter_catalog';
  readonly span: Span;
  readonly name: Identifier;
  readonly action: SetOptions | ResetOptions | { readonly kind: 'comment'; readonly comment: StringNode };
}

/** ALTER [TEMPORARY [SYSTEM]] FUNCTION [IF EXISTS] f AS 'module.attribute' [LANGUAGE …]. */
export interface AlterFunctionStatement {
  readonly kind: 'alter_function';
  readonly span: Span;
  readonly temporary: boolean;
  readonly system: boolean;
  readonly ifExists: boolean;
  readonly name: ObjectName;
  readonly path: StringNode;
  readonly language: 'PYTHON' | 'JAVA' | 'SCALA' | null;
}
