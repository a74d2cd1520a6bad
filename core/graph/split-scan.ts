/** Scans that function workers do themselves: files, what is read of them, and the splits that bundles name. */
import type { Comparison } from '../plan/comparison.js';
import type { Column } from '../types/data-type.js';
import type { Exchange } from './stage-graph.js';

/** A file as it was when its splits were made. */
export interface SplitFile {
  /** Absolute. */
  readonly path: string;
  readonly bytes: number;
  /** Decimal text. */
  readonly modifiedNs: string;
}

/** A row group of a Parquet file. */
export interface RowGroup {
  readonly rows: number;
  /** Of the columns asked for, decompressed. */
  readonly bytes: number;
}

/** Rows of consecutive row groups of one file: as many as its batch says, from `offset` on. */
export interface Split {
  /** Position among the files. */
  readonly file: number;
  readonly firstRowGroup: number;
  readonly rowGroups: number;
  /** Rows of the row groups in front of it. */
  readonly offset: number;
}

/** A split with what it has, before the predicate. */
export interface SizedSplit extends Split {
  readonly rows: number;
  /** Decompressed. */
  readonly bytes: number;
}

/** A condition on columns by their positions. Values are in the JSON encoding of results. */
export type SplitPredicate =
  | { readonly kind: 'and' | 'or'; readonly operands: readonly SplitPredicate[] }
  | { readonly kind: 'not'; readonly operand: SplitPredicate }
  | { readonly kind: 'is_null' | 'is_true'; readonly column: number }
  | {
      readonly kind: 'compare';
      readonly operator: Comparison;
      readonly column: number;
      readonly value: unknown;
    }
  | { readonly kind: 'in'; readonly column: number; readonly values: readonly unknown[] };

/** A scan of one table that computes nothing: columns as they are, and rows by a simple predicate. */
export interface PlainScan {
  readonly table: string;
  readonly path: string;
  readonly format: string;
  readonly isPartitioned: boolean;
  /** What is read, by the names in the table, each once. */
  readonly columns: readonly Column[];
  /** By column of the stage's output, which may have a wider type: its position in `columns`. */
  readonly outputs: readonly number[];
  /** Rows for which it is not TRUE are left out; null: none. */
  readonly predicate: SplitPredicate | null;
}

/** A plain scan of Parquet files that a Python stage does itself. */
export interface SplitScan {
  readonly scan: PlainScan;
  readonly files: readonly SplitFile[];
  /** In the order of the rows. */
  readonly splits: readonly SizedSplit[];
  /** Of a stage with keys: about how many of them a row group has at most; null: not known. */
  readonly mostGroups: number | null;
  /** Answers to several batches may come as one: whoever reads them takes any number of rows. */
  readonly joinsAnswers: boolean;
  /** What the exchange would have, had the rows come by one. */
  readonly input: Pick<Exchange, 'columns' | 'groups'>;
}
