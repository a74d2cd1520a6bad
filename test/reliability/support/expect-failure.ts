/** The three parts of a message, and that nothing else happened. */
import { expect } from 'vitest';
import { type RunInput, run } from './failing-run.js';

/** A run that must fail, and how it says so. */
export interface Failure extends RunInput {
  readonly exit: 1 | 2;
  /** The whole line that says what happened; `DIR` stands for the working directory. */
  readonly what: string;
  /** Further lines, without their indentation: where it happened. */
  readonly where?: readonly string[];
  /** The last line: what to do. */
  readonly todo: string;
}

/** Runs the job and checks exit code and message, and that stdout is empty and nothing is left behind. */
export async function expectFailure(failure: Failure): Promise<void> {
  const { code, stdout, stderr, left } = await run(failure);

  const lines = stderr.split('\n').map((line) => line.trim());
  const todo = lines.findLast((line) => line !== '' && !line.startsWith('The bundle was saved:'));
  expect({ code, what: lines.find((line) => line.startsWith('Error ')), todo, stdout, left }).toEqual({
    code: failure.exit,
    what: failure.what,
    todo: failure.todo,
    stdout: '',
    left: [],
  });
  expect(lines).toEqual(expect.arrayContaining([...(failure.where ?? [])]));
}
