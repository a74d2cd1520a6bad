/** Which kinds of change the rows of each stage may be: what EXPLAIN CHANGELOG_MODE says. */
import type { Stage, StageGraph, StreamOperator } from '../../core/index.js';

/** Flink's letters for its kinds of change, in its order: insert, update before and after, delete. */
const KINDS = ['I', 'UB', 'UA', 'D'] as const;
type Kind = (typeof KINDS)[number];
type Kinds = ReadonlySet<Kind>;

const INSERTIONS: Kinds = new Set(['I']);
const UPDATES: Kinds = new Set(['I', 'UB', 'UA']);
const ALL: Kinds = new Set(KINDS);

/** A line for each stage that gives rows, or one for all of them where rows are only added. */
export function changelogModes(graph: StageGraph): string {
  const kinds = kindsByExchange(graph);
  const giving = graph.stages.filter((stage) => stage.output !== null);
  if ([...kinds.values()].every(isInsertOnly)) return 'every stage: [I], rows are only added';
  return giving.map((stage) => `${stage.id}: ${text(kinds.get(stage.output!)!)}`).join('\n');
}

/** What the rows that reach the first sink may be, `I,UB,UA,D`. */
export function resultKinds(graph: StageGraph): string {
  const sink = graph.stages.find((stage) => stage.output === null)!;
  return letters(kindsByExchange(graph).get(sink.inputs[0]!)!);
}

function kindsByExchange({ stages }: StageGraph): ReadonlyMap<string, Kinds> {
  const kinds = new Map<string, Kinds>();
  for (const stage of stages) {
    if (stage.output === null) continue;
    const inputs = stage.inputs.map((input) => kinds.get(input) ?? INSERTIONS);
    kinds.set(stage.output, kindsOf(operatorOf(stage), inputs));
  }
  return kinds;
}

/** The operator of the core that a stage is, or that stands in it. */
function operatorOf(stage: Stage): StreamOperator<number> | null {
  if (stage.kind === 'stream') return stage.operator;
  return stage.kind === 'python' ? (stage.stream?.operator ?? null) : null;
}

function kindsOf(operator: StreamOperator<number> | null, inputs: readonly Kinds[]): Kinds {
  const given = new Set([...INSERTIONS, ...inputs.flatMap((kinds) => [...kinds])]);
  if (operator === null) return given;
  const updates = operator.outputs.some((output) => output.kind === 'change');
  switch (operator.kind) {
    case 'calc':
    case 'watermark':
    case 'arrival':
    case 'union':
    case 'settle':
      return given;
    case 'aggregate':
    case 'accumulate':
      if (operator.windowTime !== null) return INSERTIONS;
      return inputs.every(isInsertOnly) ? UPDATES : ALL;
    case 'upsert':
      return new Set<Kind>(['I', 'UA', 'D']);
    case 'join':
      return operator.type === 'inner' || !updates ? given : ALL;
    case 'temporal_join':
    case 'lookup':
      return inputs[0]!;
    default:
      return updates ? ALL : INSERTIONS;
  }
}

function isInsertOnly(kinds: Kinds): boolean {
  return kinds.size === 1 && kinds.has('I');
}

function text(kinds: Kinds): string {
  return `[${letters(kinds)}]`;
}

function letters(kinds: Kinds): string {
  return KINDS.filter((kind) => kinds.has(kind)).join(',');
}
