/** Mistakes that a runtime can have, each put into the real code for the time of a run: the checker must find them. */

import { CreditGate } from '../../../bridge/credit-gate.js';
import { DataSession } from '../../../bridge/data-session.js';
import type { BundleResult, FunctionStageHandle } from '../../../bridge/index.js';
import type { Barrier, OperatorContext, StreamElement } from '../../../core/index.js';
import { ByteBudget, type ByteLease } from '../../../core/runtime/byte-budget.js';
import { Edge } from '../../../core/runtime/edge.js';
import { BarrierAlignment, WatermarkMinimum } from '../../../core/runtime/input-progress.js';
import { ReorderBuffer } from '../../../core/runtime/reorder-buffer.js';
import { SpillExchange } from '../../../core/runtime/spill-exchange.js';
import { held } from '../../support/held-parts.js';
import type { SeededRandom } from '../../support/seeded-random.js';
import { CountedMessage } from '../../support/shared-batch.js';
import { Connection } from './network.js';
import { CommittingSink, type Seams } from './simulated-job.js';

export interface PlantedBug {
  readonly name: string;
  /** Times, by the virtual clock, at which relational workers are killed; codes that the job may end with then. */
  readonly kills?: (random: SeededRandom) => readonly number[];
  readonly seams?: () => Seams;
  /** Changes classes; the returned function undoes that. */
  readonly plant?: () => () => void;
}

export const PLANTED_BUGS: readonly PlantedBug[] = [
  {
    name: 'results leave a stage as they are ready',
    plant: () =>
      patch(ReorderBuffer.prototype, 'nextReady', function (this: { queue: { ready: unknown }[] }) {
        return this.queue.find(({ ready }) => ready !== null) ?? null;
      }),
  },
  {
    name: 'a watermark or barrier passes the result before it',
    plant: () => patch(ReorderBuffer.prototype, 'mark', (action: () => Promise<void>) => action()),
  },
  {
    name: 'the end does not wait for the last bundles',
    plant: () => patch(ReorderBuffer.prototype, 'drain', async () => {}),
  },
  {
    name: 'every fourth lease of memory is never given back',
    plant: () => {
      const lend = original<(bytes: number) => ByteLease>(ByteBudget.prototype, 'lend');
      const isLost = every(4);
      return patch(ByteBudget.prototype, 'lend', function (this: ByteBudget, bytes: number) {
        const lease = lend.call(this, bytes);
        return isLost() ? { ...lease, release: () => {} } : lease;
      });
    },
  },
  {
    name: 'a budget of memory lets everything pass',
    plant: () => patch(ByteBudget.prototype, 'fits', () => true),
  },
  {
    name: 'an exchange drops its last batch',
    plant: () => {
      const push = original<(element: StreamElement) => Promise<void>>(Edge.prototype, 'push');
      const held = new WeakMap<Edge, StreamElement>();
      return patch(Edge.prototype, 'push', async function (this: Edge, element: StreamElement) {
        const before = held.get(this);
        held.set(this, element);
        const isDropped = element.kind === 'end' && before?.kind === 'batch';
        if (before !== undefined && !isDropped) await push.call(this, before);
        if (element.kind === 'end') await push.call(this, element);
      });
    },
  },
  {
    name: 'an exchange hands every seventh batch over twice',
    plant: () => {
      const push = original<(element: StreamElement) => Promise<void>>(Edge.prototype, 'push');
      const isTwice = every(7);
      return patch(Edge.prototype, 'push', async function (this: Edge, element: StreamElement) {
        await push.call(this, element);
        if (element.kind === 'batch' && isTwice()) await push.call(this, element);
      });
    },
  },
  {
    name: 'a stage acknowledges a checkpoint before the rows of it are out',
    seams: () => ({
      operator: (id, operator) => {
        if (!id.startsWith('python')) return operator;
        const open = operator.open.bind(operator);
        let context: OperatorContext;
        operator.open = (given) => {
          context = given;
          return open(given);
        };
        operator.snapshot = async (barrier: Barrier) => {
          context.acknowledge(barrier.checkpointId, null);
          await context.output.emit(barrier);
        };
        return operator;
      },
    }),
  },
  {
    name: 'output is committed twice',
    seams: () => ({
      committed: (commit) => {
        commit();
        commit();
      },
    }),
  },
  {
    name: 'what a dead worker had sent is taken for its successor',
    plant: () => {
      const inject = original<(frames: readonly Uint8Array[]) => void>(Connection.prototype, 'inject');
      return patch(
        Connection.prototype,
        'inject',
        function (this: { core: { endpoint: string } | null }, frames: readonly Uint8Array[]) {
          const epoch = Number(this.core?.endpoint.split('//')[1]);
          const header: object = JSON.parse(Buffer.from(frames[0]!).toString());
          const forged = 'epoch' in header ? { ...header, epoch } : header;
          inject.call(this, [Buffer.from(JSON.stringify(forged)), ...frames.slice(1)]);
        },
      );
    },
  },
  {
    name: 'a bundle that is run again is answered twice',
    seams: () => between(every(9), (result) => [...result.batches, ...result.batches]),
  },
  {
    name: 'a part of a first answer stays before the second',
    seams: () => between(every(8), (result) => [...result.batches.slice(0, 1), ...result.batches]),
  },
  {
    name: 'the last batch of an answer is forgotten',
    seams: () => between(every(8), (result) => result.batches.slice(0, -1)),
  },
  {
    name: 'results come back beside the row before theirs',
    seams: () =>
      between(every(5), (result) =>
        held(result.batches).map((batch) => ({
          ...batch,
          rowSelection: batch.rowSelection?.map((row) => Math.max(0, row - 1)) ?? null,
        })),
      ),
  },
  {
    name: 'every tenth batch in shared memory is not let go of',
    plant: () => {
      const release = original<() => void>(CountedMessage.prototype, 'release');
      const isForgotten = every(10);
      return patch(CountedMessage.prototype, 'release', function (this: CountedMessage) {
        if (!isForgotten()) release.call(this);
      });
    },
  },
  {
    name: 'every tenth hold of a batch in shared memory is forgotten',
    plant: () => {
      const hold = original<() => void>(CountedMessage.prototype, 'hold');
      const isForgotten = every(10);
      return patch(CountedMessage.prototype, 'hold', function (this: CountedMessage) {
        if (!isForgotten()) hold.call(this);
      });
    },
  },
  {
    name: 'a spill file loses a write',
    seams: () => ({
      spillFiles: (files) => ({
        create: async (name) => {
          const writer = await files.create(name);
          const isLost = every(3);
          return { ...writer, append: async (chunks) => (isLost() ? undefined : writer.append(chunks)) };
        },
      }),
    }),
  },
  {
    name: 'a spill file stays',
    seams: () => ({
      spillFiles: (files) => ({
        create: async (name) => {
          const writer = await files.create(name);
          return { ...writer, finish: async () => ({ ...(await writer.finish()), discard: async () => {} }) };
        },
      }),
    }),
  },
  {
    name: 'the watermark of the first input counts for all',
    plant: () =>
      patch(
        WatermarkMinimum.prototype,
        'advance',
        function (this: { onAdvance: (watermark: object) => Promise<void> }, _: number, timestampMs: number) {
          return this.onAdvance({ kind: 'watermark', timestampMs });
        },
      ),
  },
  {
    name: 'a barrier does not wait for the other input',
    plant: () =>
      patch(
        BarrierAlignment.prototype,
        'arrive',
        function (this: { onAligned: (barrier: Barrier) => Promise<void> }, barrier: Barrier) {
          return this.onAligned(barrier);
        },
      ),
  },
  {
    name: 'batches are sent to a worker without its credit',
    plant: () => patch(CreditGate.prototype, 'pass', async () => {}),
  },
  {
    name: 'every third credit for a worker is lost',
    plant: () => {
      const sendCredit = original<(stage: string, bytes: number) => void>(
        DataSession.prototype,
        'sendCredit',
      );
      const isLost = every(3);
      return patch(
        DataSession.prototype,
        'sendCredit',
        function (this: DataSession, stage: string, bytes: number) {
          if (!isLost()) sendCredit.call(this, stage, bytes);
        },
      );
    },
  },
  {
    name: 'rows of an attempt that was given up stay in the output',
    kills: (random) => [random.next() * 60],
    seams: () => {
      let before: CommittingSink | null = null;
      return {
        operator: (_id, operator) => {
          if (!(operator instanceof CommittingSink)) return operator;
          operator.written.push(...(before?.written ?? []));
          before = operator;
          return operator;
        },
      };
    },
  },
  {
    name: 'a sink shows rows before its stages have ended',
    kills: (random) => [random.next() * 60],
    seams: () => ({
      operator: (_id, operator) => {
        if (!(operator instanceof CommittingSink)) return operator;
        const processBatch = operator.processBatch.bind(operator);
        operator.processBatch = async (batch) => {
          await processBatch(batch);
          if (operator.commits.length === 0) operator.commits.push(operator.written);
        };
        operator.endInput = async () => {};
        return operator;
      },
    }),
  },
  {
    name: 'stages are run again without a limit',
    kills: (random) => Array.from({ length: 6 }, () => random.next() * 80).sort((a, b) => a - b),
    seams: () => ({ decide: () => 'again' }),
  },
  {
    name: 'a spill file of an attempt that was given up is read on',
    kills: (random) => [random.next() * 60],
    plant: () =>
      patch(SpillExchange.prototype, 'renewed', async function (this: SpillExchange) {
        return this;
      }),
  },
];

function patch(target: object, method: string, replacement: (...args: never[]) => unknown): () => void {
  const before = original(target, method);
  Object.assign(target, { [method]: replacement });
  return () => void Object.assign(target, { [method]: before });
}

function original<T>(target: object, method: string): T {
  return (target as Record<string, unknown>)[method] as T;
}

/** True at every `n`th call. */
function every(n: number): () => boolean {
  let calls = 0;
  return () => ++calls % n === 0;
}

/** Another answer for the bundles that `isMeant` chooses. */
function between(isMeant: () => boolean, change: (result: BundleResult) => BundleResult['batches']): Seams {
  return {
    between: (handle): FunctionStageHandle => ({
      output: handle.output,
      process: async (bundle) => {
        const result = await handle.process(bundle);
        return isMeant() ? { ...result, batches: change(result) } : result;
      },
      close: () => handle.close(),
    }),
  };
}
