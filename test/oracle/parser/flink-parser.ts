/** Flink's own parser, run in a Java process over many statements at once. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const HERE = fileURLToPath(new URL('.', import.meta.url));

/** What is missing to run it, in words; null where all is there. */
export function missingTools(): string | null {
  for (const tool of ['java', 'mvn']) {
    if (spawnSync(tool, ['--version'], { stdio: 'ignore' }).status !== 0) return `${tool} is not installed`;
  }
  return null;
}

/**
 * The verdict on each statement, in their order: the class of its syntax tree, or null where it is refused.
 * @param jars folder that the parser's jars are copied into
 * @throws {Error} where Maven or Java fails
 */
export function askFlink(statements: readonly string[], jars: string): (string | null)[] {
  const copy = [
    '-q',
    '-B',
    '-f',
    `${HERE}pom.xml`,
    'dependency:copy-dependencies',
    `-DoutputDirectory=${jars}`,
  ];
  run('mvn', copy, '');
  const answer = run('java', ['-cp', `${jars}/*`, `${HERE}FlinkParser.java`], statements.join('\0'));
  const lines = answer.trimEnd().split('\n');
  if (lines.length !== statements.length) throw new Error(`${lines.length} verdicts on ${statements.length}`);
  return lines.map((line) => (line.startsWith('+') ? line.slice(2) : null));
}

function run(command: string, args: readonly string[], input: string): string {
  const done = spawnSync(command, args, { input, encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (done.status !== 0) throw new Error(`${command} failed: ${done.stderr}${done.stdout}`);
  return done.stdout;
}
