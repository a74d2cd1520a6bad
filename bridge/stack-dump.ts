/** The Python stacks of a worker: asked for, or forced out by a signal where native code holds the interpreter. */
import type { Timers } from '../core/index.js';
import { forcedStack } from './forced-stack.js';

/** What a stack dump needs. */
export interface StackDumpOptions {
  /** Asks the harness. */
  readonly ask: () => Promise<string>;
  /** Makes `faulthandler` write to the worker's stderr. */
  readonly force: () => void;
  /** Listens to the worker's stderr until the returned function is called. */
  readonly listen: (onText: (text: string) => void) => () => void;
  readonly timers: Timers;
}

/** For the answer, and then for the first of what is forced out: together below a second. */
const ANSWER_MS = 500;
const SILENCE_MS = 100;

/** The stacks as text, below a sentence on what the function does. Takes half a second where the worker does not answer by itself. */
export async function dumpStack(options: StackDumpOptions): Promise<string> {
  const answer = options.ask();
  const inTime = await Promise.race([answer, after(options.timers, ANSWER_MS)]);
  return inTime ?? forced(options, answer);
}

/** Collects stderr until it has been silent for a moment, unless the answer comes after all. */
function forced(options: StackDumpOptions, answer: Promise<string>): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const settle = () => {
      stopListening();
      resolve(forcedStack(text));
    };
    let cancel = options.timers.after(ANSWER_MS - SILENCE_MS, settle);
    const stopListening = options.listen((piece) => {
      text += piece;
      cancel();
      cancel = options.timers.after(SILENCE_MS, settle);
    });
    options.force();
    answer.then(
      (stacks) => {
        cancel();
        stopListening();
        resolve(stacks);
      },
      (error: unknown) => {
        cancel();
        stopListening();
        reject(error);
      },
    );
  });
}

function after(timers: Timers, delayMs: number): Promise<null> {
  return new Promise((resolve) => {
    timers.after(delayMs, () => resolve(null));
  });
}
