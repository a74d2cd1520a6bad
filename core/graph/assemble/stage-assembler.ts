/**
 * From split plans to stages: fragments become relational stages, boundaries become Python and source stages.
 */
import type { LogicalPlan } from '../../plan/logical-plan.js';
import { mergeProjects } from '../../plan/rules/merge-projects.js';
import { pruneTo } from '../../plan/rules/prune-columns.js';
import { simplifyFilters } from '../../plan/rules/simplify-filters.js';
import type { StreamOperator } from '../../plan/stream-operator.js';
import type { Boundary, SharedBoundary } from '../boundary.js';
import { type ColumnMeaning, hashOf, PlanMeanings } from '../meaning/plan-meanings.js';
import { stateOriginOf } from '../meaning/state-origin.js';
import type { PlanOptions, StageOutput } from '../plan-options.js';
import type { CopiedFiles, StateOrigin } from '../stage-graph.js';
import { addCalcStage, calculationOf } from './calc-stage.js';
import { type Demand, groupByWanters } from './demand.js';
import { describeFragment, filesOf } from './describe-fragment.js';
import type { ExchangeDraft, GraphBuilder, Produced } from './graph-builder.js';
import { mapLeaves } from './leaves.js';
import { onlyReads } from './only-reads.js';
import { plainLeaf } from './plain-leaf.js';
import { plainScan } from './plain-scan.js';
import { addPythonStage } from './python-stage.js';
import { orderNeeds } from './row-order.js';
import { addSourceStage } from './source-stage.js';
import { addStreamStage } from './stream-stage.js';

/** How the rows of a plan are wanted. */
export interface Request {
  readonly demand: Demand;
  /** True where the consumer needs the rows in the order the plan gives. */
  readonly ordered: boolean;
  /**
   * Ids of the columns by which batches are cut; null: no matter where. A relational stage is made for them.
   */
  readonly keys: readonly string[] | null;
  /** True: other columns may be in the groups beside the wanted ones. */
  readonly besideOthers?: boolean;
}

/** Makes the stages of split plans in one graph. */
export class StageAssembler {
  readonly options: PlanOptions;
  readonly graph: GraphBuilder;
  readonly #boundaries: ReadonlyMap<string, Boundary>;
  readonly #shared = new Map<string, Produced>();
  /** What the plans of a stream mean, before they were split. */
  readonly meanings = new PlanMeanings();
  /** By exchange, its columns with a meaning. */
  readonly #meant = new Map<string, Map<number, ColumnMeaning>>();

  constructor(options: PlanOptions, graph: GraphBuilder, boundaries: ReadonlyMap<string, Boundary>) {
    this.options = options;
    this.graph = graph;
    this.#boundaries = boundaries;
  }

  /** Makes what is needed for the rows of `plan` to arrive at an exchange. */
  produce(plan: LogicalPlan, request: Request): Produced {
    const fragment = this.#tidy(plan, [...request.demand.keys()]);
    const plain = request.keys === null ? plainLeaf(fragment) : null;
    const boundary = plain === null ? undefined : this.#boundaries.get(plain.key)!;
    const isStream = this.options.mode === 'streaming' && request.keys === null;
    const isOwn = boundary?.kind !== 'shared' || (request.keys === null && request.besideOthers === true);
    if (plain === null || boundary === undefined || !isOwn) {
      const calculation = isStream ? calculationOf(fragment) : null;
      if (calculation !== null) {
        const below = this.#boundaries.get(calculation.leaf.table.path[0]!)!;
        return addCalcStage(this, fragment, calculation, request.demand, (demand) =>
          this.#produceBoundary(below, demand, request.ordered),
        );
      }
      return this.#addRelational(fragment, request);
    }
    const demand = new Map<string, string>();
    for (const [id, source] of plain.sources) {
      demand.set(source, `${demand.get(source) ?? ''}${request.demand.get(id) ?? ''}`);
    }
    const produced = this.#produceBoundary(boundary, demand, request.ordered);
    const positions = [...plain.sources].map(([id, source]): [string, number] => [
      id,
      produced.positions.get(source)!,
    ]);
    return { exchange: produced.exchange, positions: new Map(positions) };
  }

  /**
   * Makes a relational stage that writes `plan` to files; `columns` are the plan's, as the table names them.
   */
  writeFiles(plan: LogicalPlan, columns: readonly StageOutput[], sink: CopiedFiles, ordered: boolean): void {
    const fragment = this.#tidy(
      plan,
      columns.map((column) => column.id),
    );
    this.#addStage(fragment, columns, { ordered, sink });
  }

  /**
   * What the state of an operator over `inputs` is made of.
   * @param planned as it stands in the plan; `operator` may do without some of it
   */
  originOf(
    planned: StreamOperator<string>,
    operator: StreamOperator<string>,
    inputs: readonly Produced[],
  ): StateOrigin {
    const known = inputs.map((input) => ({ ...input, meanings: this.#meaningsIn(input) }));
    return { ...stateOriginOf(operator, known, this.meanings), rows: this.meanings.rowsOfInputs(planned) };
  }

  /** Those of all columns of the exchange that are known, whoever has asked for them. */
  #meaningsIn({ exchange, positions }: Produced): ReadonlyMap<number, ColumnMeaning> {
    const known = this.#meant.get(exchange.id) ?? new Map<number, ColumnMeaning>();
    this.#meant.set(exchange.id, known);
    for (const [id, position] of positions) {
      const meaning = this.meanings.find(id);
      if (meaning !== undefined && !known.has(position)) known.set(position, meaning);
    }
    return known;
  }

  #produceBoundary(boundary: Boundary, demand: Demand, ordered: boolean): Produced {
    const produced = this.#produceWhole(boundary, demand, ordered);
    this.#meaningsIn(produced);
    return produced;
  }

  #produceWhole(boundary: Boundary, demand: Demand, ordered: boolean): Produced {
    switch (boundary.kind) {
      case 'python':
        return addPythonStage(this, boundary, demand, ordered);
      case 'source':
        return addSourceStage(this, boundary, demand);
      case 'shared':
        return this.#produceShared(boundary);
      case 'stream':
        return addStreamStage(this, boundary, demand);
    }
  }

  /** All its columns, in one group, whichever of them a reader wants. */
  #produceShared(boundary: SharedBoundary): Produced {
    let produced = this.#shared.get(boundary.key);
    if (produced === undefined) {
      const demand = new Map(boundary.columns.map((column) => [column.id, '']));
      produced = this.produce(boundary.input, { demand, ordered: true, keys: null, besideOthers: true });
      this.#shared.set(boundary.key, produced);
    }
    return produced;
  }

  #addRelational(fragment: LogicalPlan, request: Request): Produced {
    const ids = fragment.columns.map((column) => column.id);
    const wanted = request.demand.size === 0 ? new Map([[ids[0]!, '']]) : request.demand;
    const groups = groupByWanters(ids, wanted);
    const outputs = groups.flat().map((id, i): StageOutput => {
      const column = fragment.columns.find((candidate) => candidate.id === id)!;
      return { id, name: `c${i}`, type: column.type };
    });
    const positions = new Map(outputs.map((output, i) => [output.id, i]));
    const stage = this.#addStage(fragment, outputs, { ordered: request.ordered, sink: null });
    const exchange = this.graph.addExchange(
      stage,
      groups.map((group) =>
        group.map((id) => outputs[positions.get(id)!]!).map(({ name, type }) => ({ name, type })),
      ),
      request.keys === null ? null : request.keys.map((id) => positions.get(id)!),
    );
    return { exchange, positions };
  }

  #addStage(
    fragment: LogicalPlan,
    outputs: readonly StageOutput[],
    form: { readonly ordered: boolean; readonly sink: CopiedFiles | null },
  ): string {
    const order = orderNeeds(fragment, form.ordered);
    const inputs: ExchangeDraft[] = [];
    const plan = mapLeaves(fragment, (leaf) => {
      const boundary = this.#boundaries.get(leaf.table.path[0]!)!;
      const demand = new Map(leaf.columns.map((column) => [column.name, 'sql']));
      const { exchange, positions } = this.#produceBoundary(boundary, demand, order.leaves.has(boundary.key));
      inputs.push(exchange);
      return {
        ...leaf,
        table: { ...leaf.table, path: [`input_${inputs.length - 1}`], columns: exchange.columns },
        columns: leaf.columns.map((column) => ({
          ...column,
          name: exchange.columns[positions.get(column.name)!]!.name,
        })),
      };
    });
    const id = this.graph.stageId('relational');
    this.graph.addStage(
      {
        id,
        kind: 'relational',
        inputs: inputs.map((input) => input.id),
        output: form.sink === null ? this.graph.nextExchangeId() : null,
        description: describeFragment(plan, form.sink),
        sql: this.options.renderer.query(plan, outputs),
        keepsOrder: order.keepsOrder,
        oneThread: order.oneThread,
        onlyReads: onlyReads(plan),
        perBatch: this.options.mode === 'streaming' && inputs.length === 1 && form.sink === null,
        sink: form.sink,
        files: filesOf(plan),
        scan: plainScan(plan, outputs),
        ...(this.options.mode === 'streaming' && inputs.length === 0
          ? { origin: this.#readingOf(plan) }
          : {}),
      },
      inputs,
    );
    return id;
  }

  /** How far a stream has read files is told by rows, whatever their columns. */
  #readingOf(plan: LogicalPlan): StateOrigin {
    const rows = this.meanings.rowsOf(plan);
    return { form: hashOf(['read', rows]), text: '', columns: [], rows };
  }

  /** The fragment with only the wanted columns, in as few projections as possible. */
  #tidy(plan: LogicalPlan, wanted: readonly string[]): LogicalPlan {
    const { ids } = this.options;
    const needed = new Set(wanted);
    const pruned = pruneTo(simplifyFilters.apply(plan, ids), needed, ids);
    return pruneTo(mergeProjects.apply(pruned, ids), needed, ids);
  }
}
