/** The physical planner: optimised logical plans in, one graph of stages out. */
import { PlanError } from '../errors.js';
import type { LogicalPlan, PlanColumn, QueryPlan, ScanTable, TableField } from '../plan/logical-plan.js';
import { streamDistinct } from '../plan/window-calls.js';
import { localPath } from '../text/local-path.js';
import { nearNames } from '../text/near-names.js';
import { GraphBuilder } from './assemble/graph-builder.js';
import { isSorted } from './assemble/row-order.js';
import { StageAssembler } from './assemble/stage-assembler.js';
import { checkMetadata, checkSources } from './check-sources.js';
import { decorrelate } from './decorrelate/decorrelate.js';
import { type ConnectorTraits, type PlanOptions, traitsOf } from './plan-options.js';
import { readFields } from './read-fields.js';
import { refusal } from './refuse.js';
import { SplitContext } from './split/split-context.js';
import { splitExactly } from './split/split-plan.js';
import type { FileSink, SinkStage, StageGraph } from './stage-graph.js';
import { joinConditions } from './stream/semi-joins.js';
import { planStreamQuery } from './stream/stream-query.js';

/**
 * Plans queries (one, or those of a statement set) as one graph.
 * @throws {PlanError} with the place in the SQL text where something cannot be run here.
 */
export function planStages(queries: readonly QueryPlan[], options: PlanOptions): StageGraph {
  const graph = new GraphBuilder();
  const context = new SplitContext(
    options,
    queries.map((query) => query.root),
  );
  const assembler = new StageAssembler(options, graph, context.boundaries);
  const shared = new Map();
  const roots = plainRoots(queries, options);
  for (const [i, query] of queries.entries()) {
    const { plan, change } =
      options.mode === 'streaming'
        ? planStreamQuery(query, roots[i]!, options, shared)
        : { plan: roots[i]!, change: null };
    if (options.mode === 'streaming') assembler.meanings.rowsOf(plan);
    const root = splitExactly(context, plan);
    addSink(assembler, { query, change }, root, isSorted(root, context.boundaries));
  }
  return graph.build(options.mode);
}

/** The plans of the queries, which can be read, as joins where they had subqueries. */
function plainRoots(queries: readonly QueryPlan[], options: PlanOptions): LogicalPlan[] {
  const isStream = options.mode === 'streaming';
  const plans = queries.map(({ root }) => {
    checkSources(root, options);
    if (!isStream) refuseStreamDistinct(root, options);
    return isStream ? joinConditions(root) : root;
  });
  return readFields(decorrelate(plans, options), options);
}

/** Over a frame of a batch values have no order in which they came. */
function refuseStreamDistinct(root: LogicalPlan, { sql }: PlanOptions): void {
  const call = streamDistinct(root);
  if (call === null) return;
  throw refusal(
    'PLAN_UNSUPPORTED',
    `DISTINCT in ${call.function} is not supported together with OVER in batch mode.`,
    { sql, span: call.span },
    "SET 'execution.runtime-mode' = 'streaming', as in Flink.",
  );
}

/** A query whose root may have a column beside its own, with the kind of change that each row is. */
interface ChangingQuery {
  readonly query: QueryPlan;
  readonly change: PlanColumn | null;
}

function addSink(
  assembler: StageAssembler,
  { query, change }: ChangingQuery,
  root: LogicalPlan,
  sorted: boolean,
): void {
  const { sink } = query;
  if (sink.kind === 'collect') {
    addRowSink(assembler, root, {
      table: { path: [''], connector: 'collect', options: {}, primaryKey: [] },
      fields: query.root.columns,
      change,
      files: null,
    });
    return;
  }
  const { table } = sink;
  const traits = sinkTraits(table, assembler.options);
  traits.check?.(table, 'write');
  checkMetadata(table, traits, 'write', { sql: assembler.options.sql, span: query.root.span });
  if (traits.sink !== 'files') {
    const files =
      traits.sink === 'rows'
        ? null
        : { ...fileSink(sink), format: table.options.format ?? '', partitionedBy: table.partitionedBy };
    addRowSink(assembler, root, { table, fields: table.columns, change, files });
    return;
  }
  const { emptyForNull, ...copy } = assembler.options.renderer.copy(table);
  const columns = table.columns.map((column, i) => {
    const { id } = root.columns[i]!;
    return {
      id,
      ...column,
      asUtcText: copy.format !== 'parquet' && column.type.kind === 'TIMESTAMP_LTZ',
      emptyForNull: column.name === emptyForNull,
    };
  });
  assembler.writeFiles(root, columns, { ...fileSink(sink), ...copy }, sorted);
}

type TableSink = Extract<QueryPlan['sink'], { readonly kind: 'table' }>;

function fileSink({ table, overwrite, partition }: TableSink): Omit<FileSink, 'format'> {
  return {
    table: table.path.at(-1)!,
    path: localPath(table.options.path ?? ''),
    columns: table.columns,
    overwrite,
    partitions: table.partitionedBy.length === 0 ? null : { only: partition },
  };
}

interface RowSink {
  readonly table: Pick<ScanTable, 'path' | 'connector' | 'options' | 'primaryKey'>;
  readonly fields: readonly TableField[];
  readonly change: PlanColumn | null;
  readonly files: SinkStage['files'];
}

function addRowSink(assembler: StageAssembler, root: LogicalPlan, sink: RowSink): void {
  const { graph } = assembler;
  const { path, connector, options, primaryKey } = sink.table;
  const { exchange, positions } = assembler.produce(root, {
    demand: new Map(root.columns.map((column) => [column.id, 'sink'])),
    ordered: connector !== 'blackhole',
    keys: null,
    besideOthers: true,
  });
  graph.addStage(
    {
      id: graph.stageId('sink'),
      kind: 'sink',
      inputs: [exchange.id],
      output: null,
      description: connector,
      table: path.at(-1)!,
      connector,
      options,
      primaryKey,
      fields: sink.fields.map(({ name, type, metadata }) => ({
        name,
        type,
        ...(metadata === undefined ? {} : { metadata }),
      })),
      columns: sink.fields.map(({ name, metadata }, i) => ({
        name,
        column: positions.get(root.columns[i]!.id)!,
        ...(metadata === undefined ? {} : { metadata }),
      })),
      change: sink.change === null ? null : positions.get(sink.change.id)!,
      files: sink.files,
    },
    [exchange],
  );
}

function sinkTraits(table: ScanTable, options: PlanOptions): ConnectorTraits {
  const traits = traitsOf(options.connectors, table);
  if (traits !== undefined && traits.sink !== null) return traits;
  const sinks = [...options.connectors].filter(([, t]) => t.sink !== null).map(([name]) => name);
  const near = nearNames(table.connector, sinks);
  throw new PlanError(
    'PLAN_CONNECTOR',
    traits === undefined
      ? `Table ${table.path.join('.')} has an unknown connector: '${table.connector}'.`
      : `Table ${table.path.join('.')} cannot be written: connector '${table.connector}' is a source only.`,
    {
      hint:
        near.length > 0
          ? `Did you mean '${near.join("' or '")}'?`
          : `Connectors that can be written: ${sinks.join(', ')}.`,
    },
  );
}
