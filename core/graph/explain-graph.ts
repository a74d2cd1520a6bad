/** Stage graphs as text: what runs where, what is shipped, how exchanges work. */
import { hostCalls } from '../functions/builtins/host-call.js';
import { typeToText } from '../types/type-text.js';
import { explainChain } from './explain-chain.js';
import { explainPredicate } from './explain-predicate.js';
import { explainStream } from './explain-stream.js';
import type { SplitScan } from './split-scan.js';
import type {
  CallArgument,
  Exchange,
  FileSink,
  PythonStage,
  RelationalStage,
  Stage,
  StageGraph,
} from './stage-graph.js';

/** One paragraph a stage, producers first. Ends without a line break. */
export function explainGraph(graph: StageGraph): string {
  const exchanges = new Map(graph.exchanges.map((exchange) => [exchange.id, exchange]));
  return graph.stages.map((stage) => explainStage(stage, graph, exchanges).join('\n')).join('\n\n');
}

function explainStage(stage: Stage, graph: StageGraph, exchanges: ReadonlyMap<string, Exchange>): string[] {
  const lines = [`${stage.id}: ${stage.description}`];
  const line = (name: string, text: string) => lines.push(`  ${name.padEnd(8)} ${text}`);
  for (const [i, input] of stage.inputs.entries()) {
    const exchange = exchanges.get(input)!;
    line(
      i === 0 ? 'reads' : '',
      `${exchange.producer}${stage.kind === 'relational' ? ` as input_${i}` : ''}`,
    );
  }
  switch (stage.kind) {
    case 'relational':
      explainRelational(stage, line);
      break;
    case 'python':
      explainPython(stage, inputOf(stage, exchanges), line);
      explainLine('chain', explainChain(stage, graph), line);
      break;
    case 'source':
      line('source', `${stage.connector}${stage.bounded ? '' : ', unbounded'}`);
      break;
    case 'stream':
      line('operator', explainStream(stage.operator));
      break;
    case 'sink':
      line('columns', stage.columns.map((column) => `${column.name} = c${column.column}`).join(', '));
      explainFiles(stage.files, line);
      break;
  }
  if (stage.output !== null) explainExchange(exchanges.get(stage.output)!, line);
  return lines;
}

/** What comes in, from an exchange or from files. */
function inputOf(stage: PythonStage, exchanges: ReadonlyMap<string, Exchange>): PythonInput {
  return stage.source === null
    ? exchanges.get(stage.inputs[0]!)!
    : { ...stage.source.input, keyColumns: null };
}

type PythonInput = Pick<Exchange, 'columns' | 'groups' | 'keyColumns'>;

type Line = (name: string, text: string) => void;

function explainLine(name: string, text: string | null, line: Line): void {
  if (text !== null) line(name, text);
}

function explainRelational(stage: RelationalStage, line: Line): void {
  line('sql', stage.sql);
  const computed = hostCalls(stage.sql);
  if (computed.length > 0) line('python', `${computed.join(', ')}: built-ins that DuckDB does not have`);
  if (stage.keepsOrder) line('order', stage.oneThread ? 'kept, in one thread' : 'kept');
  if (stage.perBatch) line('runs', 'for each batch');
  for (const file of stage.files) line('scans', `${file.table}: ${file.format} ${file.path}`);
  explainFiles(stage.sink, line);
}

function explainFiles(files: FileSink | null, line: Line): void {
  if (files !== null) line('writes', `${files.table}: ${files.format} ${files.path}`);
}

function explainPython(stage: PythonStage, input: PythonInput, line: Line): void {
  if (stage.stream === null) explainSteps(stage, input, line);
  else line('operator', explainStream(stage.stream.operator));
  if (stage.anyOrder) line('order', 'any');
  for (const { function: name, text } of stage.notes) line('options', `${name}: ${text}`);
  const workers = stage.isElastic ? `${stage.leastWorkers} to ${stage.parallelism}` : stage.parallelism;
  line('workers', `${workers}, group ${stage.resourceGroup}`);
}

function explainSteps(stage: PythonStage, input: PythonInput, line: Line): void {
  if (stage.source !== null) explainSource(stage.source, line);
  if (stage.notFused !== null) line('source', `not read by itself: ${stage.notFused}`);
  const shipped = stage.shippedGroups.flatMap((group) => input.groups[group]!);
  const kept = stage.keptGroups.flatMap((group) => input.groups[group]!);
  const argument = (value: CallArgument): string => {
    switch (value.kind) {
      case 'column':
        return `c${shipped[value.column]!}`;
      case 'step':
        return `#${value.step}`;
      case 'literal':
        return JSON.stringify(value.value);
      case 'table':
        return `table(${value.columns.map((column) => `c${shipped[column]!}`).join(', ')})`;
    }
  };
  for (const [i, step] of stage.steps.entries()) {
    const args = step.arguments.map((value, at) => {
      const name = step.argumentNames[at] ?? null;
      return name === null ? argument(value) : `${name} => ${argument(value)}`;
    });
    const guard = step.guard === null ? '' : ` where c${shipped[step.guard]!}`;
    const filter = step.filter === null ? '' : ` filter c${shipped[step.filter]!}`;
    const { frame } = step;
    const place = (column: number | null, end: string) => (column === null ? end : `c${shipped[column]!}`);
    const rows = frame === null ? '' : ` rows ${place(frame.start, 'first')} to ${place(frame.end, 'last')}`;
    const call = `${step.function}(${step.distinct ? 'distinct ' : ''}${args.join(', ')})${filter}${guard}${rows}`;
    line(`step #${i}`, `${call} -> ${step.resultType}`);
  }
  if (input.keyColumns !== null || stage.mode === 'partial') {
    line('keys', stage.keyColumns.map((key) => `c${shipped[key]!}`).join(', ') || 'none');
  }
  for (const { function: name, column } of stage.partialAggregates)
    line('partial', `${name}(${column === null ? '*' : `r${column}`}) of each bundle`);
  line('shipped', columnList(shipped));
  if (stage.mode === 'window') line('returned', columnList(stage.passedColumns.map((c) => shipped[c]!)));
  else line('kept', columnList(kept));
}

function explainSource({ scan, files, splits, mostGroups }: SplitScan, line: Line): void {
  const count = (number: number, what: string) => `${number} ${what}${number === 1 ? '' : 's'}`;
  line(
    'source',
    `reads ${scan.table} itself: ${count(splits.length, 'split')} of ${count(files.length, 'file')}`,
  );
  line('scans', `${scan.table}: ${scan.format} ${scan.path}`);
  line('columns', scan.outputs.map((column, i) => `c${i} = ${scan.columns[column]!.name}`).join(', '));
  if (mostGroups !== null) line('groups', `at most ${mostGroups} in a row group`);
  if (scan.predicate !== null) line('where', explainPredicate(scan.predicate, scan.columns));
}

function explainExchange(exchange: Exchange, line: Line): void {
  const groups = exchange.groups.map(
    (group) => `[${group.map((c) => `c${c} ${typeToText(exchange.columns[c]!.type)}`).join(', ')}]`,
  );
  line('output', groups.join(' '));
  const keys = exchange.keyColumns;
  const aligned =
    keys === null ? '' : `, whole groups of ${keys.length === 0 ? 'all rows' : columnList(keys)}`;
  line('exchange', `${exchange.mode}: ${exchange.reason}${aligned}`);
}

function columnList(columns: readonly number[]): string {
  return columns.length === 0 ? 'nothing' : columns.map((column) => `c${column}`).join(', ');
}
