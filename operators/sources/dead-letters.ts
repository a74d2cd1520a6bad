/** The source in front of a table of dead letters: letters become rows as stages give rows up. */
import type {
  Barrier,
  Batch,
  ColumnGroup,
  OperatorContext,
  OperatorSurroundings,
  SourceOperator,
  SourceStage,
  SqlValue,
} from '../../core/index.js';
import type { DeadLetter } from '../failures/dead-letter.js';
import type { DeadLetterQueue } from '../failures/dead-letter-queue.js';
import { groupEncoder } from './group-encoder.js';

/** Ends when no stage can give a row up any more. Letters come in the order in which bundles are answered. */
export class DeadLetterSource implements SourceOperator {
  #context!: OperatorContext;
  #queue: DeadLetterQueue | null = null;
  #encode!: (letters: readonly DeadLetter[]) => ColumnGroup[];
  #emitting: Promise<void> = Promise.resolve();

  constructor(
    private readonly stage: SourceStage,
    private readonly job: OperatorSurroundings,
    private readonly queueOf: () => DeadLetterQueue,
  ) {}

  async open(context: OperatorContext): Promise<void> {
    this.#context = context;
    this.#encode = letterEncoder(this.stage, this.job);
    this.#queue = this.queueOf();
    context.signal.addEventListener('abort', () => this.#queue?.abandon(), { once: true });
  }

  async run(): Promise<void> {
    for (;;) {
      const letters = await this.#queue!.take();
      if (letters === null || this.#context.signal.aborted) return;
      const groups = this.#encode(letters);
      const batch: Batch = { kind: 'batch', rows: letters.length, groups, continued: false };
      this.#emitting = this.#context.output.emit(batch);
      await this.#emitting;
    }
  }

  async snapshot(barrier: Barrier): Promise<void> {
    await this.#emitting;
    this.#context.acknowledge(barrier.checkpointId, null);
    await this.#context.output.emit(barrier);
  }

  async close(): Promise<void> {
    this.#queue?.abandon();
  }

  whyNotAgain(): string {
    return 'dead letters are told only once';
  }

  /** What it waits for is other stages' work. */
  isWorking(): boolean {
    return false;
  }
}

function letterEncoder(
  stage: SourceStage,
  job: OperatorSurroundings,
): (letters: readonly DeadLetter[]) => ColumnGroup[] {
  const encode = groupEncoder(stage, job);
  const names = stage.columns.map(({ name }) => name as keyof DeadLetter);
  return (letters) =>
    encode(
      letters.length,
      names.map((name) => letters.map((letter) => fieldOf(letter, name))),
    );
}

function fieldOf(letter: DeadLetter, name: keyof DeadLetter): SqlValue {
  if (name === 'row') return letter.row === null ? null : JSON.stringify(letter.row);
  if (name === 'time') return BigInt(letter.time) * 1_000n;
  return letter[name];
}
