/** Groups of columns that a stage passes on as they are, with its results beside them. */
import type { Column } from '../../types/data-type.js';
import type { ExchangeDraft, Produced } from './graph-builder.js';
import type { StageAssembler } from './stage-assembler.js';

/** The groups of an exchange that have one of the columns. */
export function groupsWith(input: Produced, ids: readonly string[]): number[] {
  const positions = new Set(ids.map((id) => input.positions.get(id)!));
  return input.exchange.groups.flatMap((group, i) => (group.some((p) => positions.has(p)) ? [i] : []));
}

/** The stage's exchange: the kept groups, then one group of results if there are any. */
export function besideKept(
  assembler: StageAssembler,
  stageId: string,
  input: Produced,
  keptGroups: readonly number[],
  kept: readonly string[],
  results: readonly { readonly id: string; readonly type: Column['type'] }[],
): Produced {
  const source: ExchangeDraft = input.exchange;
  const positions = new Map<string, number>();
  const columns: Column[] = [];
  const groups = keptGroups.map((group) =>
    source.groups[group]!.map((position) => {
      const column = { name: `c${columns.length}`, type: source.columns[position]!.type };
      for (const id of kept) if (input.positions.get(id) === position) positions.set(id, columns.length);
      columns.push(column);
      return column;
    }),
  );
  const resultGroup = results.map(({ id, type }) => {
    const column = { name: `c${columns.length}`, type };
    positions.set(id, columns.length);
    columns.push(column);
    return column;
  });
  const all = resultGroup.length === 0 ? groups : [...groups, resultGroup];
  return { exchange: assembler.graph.addExchange(stageId, all, null), positions };
}
