/** Ctrl-C while a job of a cluster runs: its question, and the end of the job meanwhile. */
import type { CommandContext } from '../context.js';
import type { Reporter } from '../progress/reporter.js';
import { askToCancel, type JobElsewhere } from './cancel-question.js';

export class Leaving {
  #job: JobElsewhere | null = null;
  #ended = new AbortController();
  #question: Promise<never> | null = null;

  constructor(
    private readonly reporter: Pick<Reporter, 'paused' | 'line'>,
    private readonly context: Pick<CommandContext, 'stderr'>,
    private readonly input: NodeJS.ReadStream = process.stdin,
  ) {}

  /** Another job runs, or, null, the one that ran has ended, which closes its question. */
  async follow(job: JobElsewhere | null): Promise<void> {
    this.#job = job;
    if (job !== null) {
      this.#ended = new AbortController();
      return;
    }
    this.#ended.abort();
    await this.#question?.catch(() => {});
  }

  /** What Ctrl-C does; null: no job runs. The promise always fails, so that the command ends as by Ctrl-C. */
  ask(): Promise<never> | null {
    if (this.#job !== null) this.#question = this.#ask(this.#job);
    return this.#question;
  }

  async #ask(job: JobElsewhere): Promise<never> {
    this.reporter.paused = true;
    this.reporter.line(await askToCancel(job, this.input, this.context.stderr, this.#ended.signal));
    throw new Error('left');
  }
}
