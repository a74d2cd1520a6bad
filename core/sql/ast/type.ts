/** Types as written: names normalised (INTEGER is INT), parameters and nullability kept, no defaults filled in. */

import type { Span } from '../span.js';
import type { Identifier, IntervalQualifier, StringNode } from './common.js';

/** Names of types that take at most numbers as parameters. */
export type SimpleTypeName =
  | 'BOOLEAN'
  | 'TINYINT'
  | 'SMALLINT'
  | 'INT'
  | 'BIGINT'
  | 'FLOAT'
  | 'DOUBLE'
  | 'DECIMAL'
  | 'CHAR'
  | 'VARCHAR'
  | 'STRING'
  | 'BINARY'
  | 'VARBINARY'
  | 'BYTES'
  | 'DATE'
  | 'TIME'
  | 'TIMESTAMP'
  | 'TIMESTAMP_LTZ'
  | 'VARIANT';

/** One field of ROW<…>. */
export interface TypeField {
  readonly span: Span;
  readonly name: Identifier;
  readonly type: TypeNode;
  readonly comment: StringNode | null;
}

/** A type as written. `nullable` is false only where NOT NULL is written. */
export type TypeNode = {
  readonly span: Span;
  readonly nullable: boolean;
} /** `DECIMAL(10, 2)` has parameters [10, 2]; what is not written is not there. */ & (
  | { readonly kind: 'simple_type'; readonly name: SimpleTypeName; readonly parameters: readonly number[] }
  | { readonly kind: 'interval_type'; readonly qualifier: IntervalQualifier }
  | { readonly kind: 'array_type' | 'multiset_type'; readonly element: TypeNode }
  | { readonly kind: 'map_type'; readonly key: TypeNode; readonly value: TypeNode }
  | { readonly kind: 'row_type'; readonly fields: readonly TypeField[] }
);
