/** The plain Python loop (reference.py) in one process that stays warm. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { BENCH, PYTHON, REPOSITORY } from './places.mjs';

const ENVIRONMENT = { ...process.env, PYTHONPATH: `${REPOSITORY}/python-udf` };

/** Makes the file of `rows` rows if it is not there yet, and returns its path. */
export function generatedFile(rows) {
  return generated('rows', 'generate', rows);
}

/** As `generatedFile`, of 50 columns. */
export function generatedWideFile(rows) {
  return generated('wide', 'generate-wide', rows);
}

export class Reference {
  #child;
  #answers;

  /** @param start the command of a process that answers lines as reference.py does; by default that one */
  constructor(start = () => python(['serve'], 'pipe')) {
    this.#child = start();
    this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** Runs a workload over a file: `{ seconds, checksum }`. */
  async run(workload, file) {
    return this.ask({ workload, file });
  }

  /** Writes a line and reads its answer. */
  async ask(request) {
    this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    return this.next();
  }

  /** The next line that the process writes. */
  async next() {
    const { value, done } = await this.#answers.next();
    if (done) throw new Error('the process has ended');
    const answer = JSON.parse(value);
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer;
  }

  async close() {
    const exited = once(this.#child, 'exit');
    this.#child.stdin.end();
    await exited;
  }
}

async function generated(name, command, rows) {
  const file = `${BENCH}/data/${name}-${rows}.parquet`;
  if (existsSync(file)) return file;
  process.stderr.write(`generating ${rows} rows …\n`);
  const child = python([command, `${BENCH}/data`, String(rows)], 'ignore');
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`reference.py ${command} ended with exit code ${code}`);
  return file;
}

function python(args, stdin) {
  return spawnPython([`${BENCH}/reference.py`, ...args], stdin);
}

/** A program of the benchmark, run by `interpreter`; its stdout is a pipe. */
export function spawnPython(args, stdin, interpreter = PYTHON) {
  return spawn(interpreter, args, {
    cwd: BENCH,
    env: ENVIRONMENT,
    stdio: [stdin, 'pipe', 'inherit'],
  });
}
