/** Stage graph → running exchanges: which channel each stage reads and writes. */
import { InternalError } from '../errors.js';
import type { Exchange, Stage, StageGraph } from '../graph/stage-graph.js';
import type { SpillFiles } from '../ports/ports.js';
import { Edge } from './edge.js';
import type { ExchangeChannel, ExchangeReader } from './exchange-channel.js';
import { FanOut } from './fan-out.js';
import { SpillExchange } from './spill-exchange.js';

/** An exchange with its running channel and the stages that read it, one for each reader. */
export interface Channel {
  readonly exchange: Exchange;
  readonly channel: ExchangeChannel;
  readonly readers: readonly string[];
}

export class Wiring {
  readonly #channels = new Map<string, Channel>();
  /** By stage, which reader of each of its inputs it is. */
  readonly #consumers = new Map<string, readonly number[]>();

  /**
   * Opens a channel for each exchange.
   * @throws {InternalError} GRAPH_INVALID when the graph does not fit together
   */
  constructor(graph: StageGraph, edgeBytes: (exchange: Exchange) => number, files: SpillFiles) {
    const readers = new Map<string, string[]>(graph.exchanges.map((exchange) => [exchange.id, []]));
    const writers = new Map<string, string>();
    for (const stage of graph.stages) {
      this.#consumers.set(
        stage.id,
        stage.inputs.map((input) => known(readers, input, stage.id).push(stage.id) - 1),
      );
      if (stage.output === null) continue;
      known(readers, stage.output, stage.id);
      if (writers.has(stage.output)) throw invalid(`exchange ${stage.output} has two producers`);
      writers.set(stage.output, stage.id);
    }
    for (const exchange of graph.exchanges) {
      const stages = known(readers, exchange.id, exchange.producer);
      if (writers.get(exchange.id) !== exchange.producer) {
        throw invalid(`exchange ${exchange.id} is not written by ${exchange.producer}`);
      }
      const channel = open(exchange, stages.length, edgeBytes, files);
      this.#channels.set(exchange.id, { exchange, channel, readers: stages });
    }
  }

  get channels(): Iterable<Channel> {
    return this.#channels.values();
  }

  /** The readers of a stage, in the order of its inputs, until `attempt` is aborted: what it does then concerns nobody. */
  inputsOf(stage: Stage, attempt: AbortSignal): ExchangeReader[] {
    const consumers = this.#consumers.get(stage.id)!;
    return stage.inputs.map((input, i) => {
      const reader = this.#channels.get(input)!.channel.reader(consumers[i]!);
      return {
        pull: () => reader.pull(),
        close: () => {
          if (!attempt.aborted) reader.close();
        },
      };
    });
  }

  /** Where a stage writes; null for a sink. */
  outputOf({ output }: Stage): ExchangeChannel | null {
    return output === null ? null : this.#channels.get(output)!.channel;
  }

  /** Before `stages` are run again: what they had written is dropped. */
  async renew(stages: readonly Stage[]): Promise<void> {
    for (const { output } of stages) {
      const wired = output === null ? undefined : this.#channels.get(output);
      if (wired === undefined) continue;
      this.#channels.set(wired.exchange.id, { ...wired, channel: await wired.channel.renewed() });
    }
  }
}

function open(
  exchange: Exchange,
  consumers: number,
  edgeBytes: (exchange: Exchange) => number,
  files: SpillFiles,
): ExchangeChannel {
  if (exchange.mode === 'spill') return new SpillExchange(exchange.id, files, consumers);
  if (consumers === 0) throw invalid(`exchange ${exchange.id} is read by nobody`);
  return consumers === 1 ? new Edge(edgeBytes(exchange)) : new FanOut(edgeBytes(exchange), consumers);
}

function known(readers: ReadonlyMap<string, string[]>, exchange: string, stage: string): string[] {
  const stages = readers.get(exchange);
  if (stages === undefined)
    throw invalid(`stage ${stage} refers to exchange ${exchange}, which is not there`);
  return stages;
}

function invalid(what: string): InternalError {
  return new InternalError('GRAPH_INVALID', `The stage graph does not fit together: ${what}.`);
}
