/** Which tables the dead letters of a statement go to, and the queries that write them. */
import { resolve } from 'node:path';
import {
  type BindEnvironment,
  bindDeadLetters,
  type Configuration,
  DEAD_LETTER_CONNECTOR,
  type FunctionDeclaration,
  parseTableName,
  type QueryPlan,
  type StageGraph,
} from '../../core/index.js';
import type { LetterWriter } from '../failures/dead-letter.js';
import { DeadLetterFile } from '../failures/dead-letter-file.js';
import { DeadLetterQueue } from '../failures/dead-letter-queue.js';

/** The table that letters about rows of a function go to, as it was set; null: a file. */
export function deadLetterTable(configuration: Configuration, name: string): string | null {
  const own = configuration.functionOptions(name).dead_letter_table ?? null;
  return (own ?? configuration.get('millstream.dead-letter.table'))?.trim() ?? null;
}

/**
 * The queries that write the letters of these functions, whose options are those in force; one for each table.
 * @throws {SqlError} DEAD_LETTER_TABLE
 */
export function letterQueries(
  environment: BindEnvironment,
  declarations: Iterable<FunctionDeclaration>,
  configuration: Configuration,
): QueryPlan[] {
  const tables = new Set<string>();
  for (const { name, options } of declarations) {
    if (options.on_error !== 'dead_letter') continue;
    const table = deadLetterTable(configuration, name);
    if (table !== null) tables.add(table);
  }
  return [...tables].map((table) => bindDeadLetters(environment, parseTableName(table), table));
}

/** True for a query that `letterQueries` made. */
export function isLetterQuery({ root }: QueryPlan): boolean {
  let plan = root;
  while (plan.kind === 'project') plan = plan.input;
  return plan.kind === 'scan' && plan.table.connector === DEAD_LETTER_CONNECTOR;
}

/** The stages that bring letters to their tables: what they read and write are no rows of the job. */
export function letterStages({ stages }: StageGraph): ReadonlySet<string> {
  const found = new Set<string>();
  const exchanges = new Set<string>();
  for (const stage of stages) {
    const isSource = stage.kind === 'source' && stage.connector === DEAD_LETTER_CONNECTOR;
    if (!isSource && !stage.inputs.some((input) => exchanges.has(input))) continue;
    found.add(stage.id);
    if (stage.output !== null) exchanges.add(stage.output);
  }
  return found;
}

/** The queues and the file of a run. */
export interface LetterPlaces {
  readonly queues: ReadonlyMap<string, DeadLetterQueue>;
  readonly file: DeadLetterFile;
  readonly writers: (name: string) => readonly LetterWriter[];
}

/** @param fallback the file where none was set, in the working directory */
export function letterPlaces(
  graph: StageGraph,
  configuration: Configuration,
  isLetter: (name: string) => boolean,
  { workingDirectory, fallback, onNote }: LetterPlacesOptions,
): LetterPlaces {
  const names = graph.stages.flatMap((stage) =>
    stage.kind === 'source' && stage.connector === DEAD_LETTER_CONNECTOR ? [stage.options.queue ?? ''] : [],
  );
  const queues = new Map(names.map((name) => [name, new DeadLetterQueue(`table ${name}`)]));
  const path = configuration.get('millstream.dead-letter.path');
  const file = new DeadLetterFile(resolve(workingDirectory, path ?? fallback), onNote);
  const byFunction = new Map<string, readonly LetterWriter[]>();
  const writersOf = (name: string): readonly LetterWriter[] => {
    if (!isLetter(name)) return [];
    const queue = queues.get(deadLetterTable(configuration, name) ?? '');
    if (queue === undefined) return [file];
    return path === null ? [queue] : [queue, file];
  };
  const writers = (name: string) => {
    const known = byFunction.get(name) ?? writersOf(name);
    byFunction.set(name, known);
    return known;
  };
  return { queues, file, writers };
}

interface LetterPlacesOptions {
  readonly workingDirectory: string;
  readonly fallback: string;
  readonly onNote: (text: string) => void;
}
