/** Reads rows of bundles in the core: for errors and dead letters, and to tell their key groups apart. */
import type { Bundle } from '../../bridge/index.js';
import { decodeBatch, jsonWriter, type PythonStage, type StageGraph } from '../../core/index.js';
import type { Engine } from '../engine.js';
import { partOf } from '../retry/bundle-part.js';
import type { BundleRows, NamedValues } from '../retry/row-failures.js';
import { inputOf } from './split-input.js';

/** `readColumns` gives a bundle the columns that never came here. */
export function bundleRows(
  stage: PythonStage,
  graph: StageGraph,
  engine: Engine,
  readColumns: (bundle: Bundle) => Promise<Bundle>,
): BundleRows {
  const { columns, groups } = inputOf(stage, graph);
  const parameters = parameterNames(stage, engine);
  const positions = stage.shippedGroups.flatMap((group) => groups[group]!);
  const exchange = {
    columns: positions.map((position) => columns[position]!),
    groups:
      stage.source === null
        ? stage.shippedGroups.map((group) => groups[group]!.map((position) => positions.indexOf(position)))
        : [positions.map((_, i) => i)],
  };
  const decode = ({ rows, groups: columnGroups, continued }: Bundle) =>
    decodeBatch({ kind: 'batch', rows, groups: columnGroups, continued }, exchange, engine.schemas);

  /** The row's value in each shipped column. */
  const textsOf = async (bundle: Bundle, row: number): Promise<string[] | null> => {
    try {
      const isSplit = bundle.split !== undefined;
      const decoded = decode(isSplit ? await readColumns(partOf(bundle, { start: row, rows: 1 })) : bundle);
      return decoded.map(({ type, value }) => shortened(jsonWriter(type)(value(isSplit ? 0 : row))));
    } catch {
      // A row that cannot be read is still named by its position.
      return null;
    }
  };

  // Columns that only say which group a row is of have no name that the user knows.
  const isNamed = (column: number) => parameters[column] !== undefined || !stage.keyColumns.includes(column);

  return {
    describe: async (bundle, row): Promise<NamedValues | null> => {
      const texts = await textsOf(bundle, row);
      if (texts === null) return null;
      const named = texts.map((text, i) => [parameters[i] ?? exchange.columns[i]!.name, text] as const);
      return Object.fromEntries(named.filter((_, i) => isNamed(i)));
    },
    describeKey: async (bundle, row) => {
      const texts = await textsOf(bundle, row);
      return texts === null ? null : stage.keyColumns.map((column) => texts[column]!);
    },
    beginsGroup: async (bundle, row) => {
      const decoded = decode(bundle);
      return stage.keyColumns.some((column) => {
        const { type, value } = decoded[column]!;
        return !isSame(value(row - 1), value(row), jsonWriter(type));
      });
    },
  };
}

/** As SQL groups: NULL with NULL, NaN with NaN, 0.0 with -0.0. */
function isSame<V>(one: V, other: V, text: (value: V) => string): boolean {
  return one === other || text(one) === text(other);
}

/** By shipped column, the parameter of the first function that takes it. */
function parameterNames(stage: PythonStage, engine: Engine): string[] {
  const names: string[] = [];
  for (const step of stage.steps) {
    const { parameters } = engine.functionWorkers.declared(step.function);
    step.arguments.forEach((argument, i) => {
      if (argument.kind !== 'column') return;
      const name = step.argumentNames[i] ?? parameters[i]?.name;
      if (name !== undefined) names[argument.column] ??= name;
    });
  }
  return names;
}

const LONGEST_VALUE = 200;

function shortened(text: string): string {
  return text.length <= LONGEST_VALUE ? text : `${text.slice(0, LONGEST_VALUE - 3)}...`;
}
