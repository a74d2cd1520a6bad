/** Calls of Python functions over tables, built as SQL syntax. */
import type { QueryNode } from '../../core/index.js';
import { literalNode } from './literal.js';
import type { Relation } from './relation.js';
import * as syntax from './syntax.js';

/** How the rows of a table are divided for a function: by columns, each group in an order. */
export interface Division<C extends string = string> {
  readonly partitionBy?: readonly C[];
  /** Columns, ascending, or with a direction. */
  readonly orderBy?: readonly (C | { readonly column: C; readonly descending: boolean })[];
}

/** What `Table.map` takes beside the function. */
export interface MapOptions<C extends string = string> extends Division<C> {
  /** Further tables of the function, in the order of its parameters. */
  readonly with?: readonly ({ readonly table: { readonly relation: Relation } } & Division)[];
  /** Constants by the names of the function's parameters. */
  readonly arguments?: Readonly<Record<string, boolean | number | bigint | string | Uint8Array | null>>;
}

/** `SELECT * FROM name((query) PARTITION BY (…) ORDER BY (…), …)`. */
export function mapQuery(name: string, relation: Relation, options: MapOptions): QueryNode {
  const tables = [
    tableOf(relation, options),
    ...(options.with ?? []).map((other) => tableOf(other.table.relation, other)),
  ];
  const constants = Object.entries(options.arguments ?? {});
  return syntax.query(
    syntax.select(
      [],
      syntax.tableFunction(name, [
        ...tables.map((table) => syntax.argument(table)),
        ...constants.map(([parameter, value]) => syntax.argument(literalNode(value), parameter)),
      ]),
    ),
  );
}

function tableOf({ query }: Relation, { partitionBy = [], orderBy = [] }: Division) {
  const keys = orderBy.map((key) => (typeof key === 'string' ? { column: key, descending: false } : key));
  return syntax.tableArgument(query, partitionBy, keys);
}
