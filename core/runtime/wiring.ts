/** Stage graph → running exchanges: which channel each stage reads and writes. */
import { InternalError } from '../errors.js';
import type { Exchange, StageGraph } from '../graph/stage-graph.js';
import type { SpillFiles } from '../ports/ports.js';
import { Edge } from './edge.js';
import type { ExchangeChannel, ExchangeReader } from './exchange-channel.js';
import { SpillExchange } from './spill-exchange.js';

/** An exchange with its running channel and the stages that read it, one for each reader. */
export interface Channel {
  readonly exchange: Exchange;
  readonly channel: ExchangeChannel;
  readonly readers: readonly string[];
}

export interface Wiring {
  readonly channels: ReadonlyMap<string, Channel>;
  /** Readers of a stage, in the order of its inputs. */
  readonly inputs: ReadonlyMap<string, readonly ExchangeReader[]>;
}

/**
 * Opens a channel for each exchange.
 * @throws {InternalError} GRAPH_INVALID when the graph does not fit together
 */
export function wireGraph(
  graph: StageGraph,
  edgeBytes: (exchange: Exchange) => number,
  files: SpillFiles,
): Wiring {
  const readers = new Map<string, string[]>(graph.exchanges.map((exchange) => [exchange.id, []]));
  const writers = new Map<string, string>();
  for (const stage of graph.stages) {
    for (const input of stage.inputs) known(readers, input, stage.id).push(stage.id);
    if (stage.output === null) continue;
    known(readers, stage.output, stage.id);
    if (writers.has(stage.output)) throw invalid(`exchange ${stage.output} has two producers`);
    writers.set(stage.output, stage.id);
  }
  const channels = new Map<string, Channel>();
  for (const exchange of graph.exchanges) {
    const stages = known(readers, exchange.id, exchange.producer);
    if (writers.get(exchange.id) !== exchange.producer) {
      throw invalid(`exchange ${exchange.id} is not written by ${exchange.producer}`);
    }
    channels.set(exchange.id, {
      exchange,
      channel: open(exchange, stages.length, edgeBytes, files),
      readers: stages,
    });
  }
  return { channels, inputs: openReaders(graph, channels) };
}

function open(
  exchange: Exchange,
  consumers: number,
  edgeBytes: (exchange: Exchange) => number,
  files: SpillFiles,
): ExchangeChannel {
  if (exchange.mode === 'spill') return new SpillExchange(exchange.id, files, consumers);
  if (consumers !== 1)
    throw invalid(`exchange ${exchange.id} streams to ${consumers} consumers; only one can`);
  return new Edge(edgeBytes(exchange));
}

function openReaders(
  graph: StageGraph,
  channels: ReadonlyMap<string, Channel>,
): ReadonlyMap<string, readonly ExchangeReader[]> {
  const taken = new Map<string, number>();
  const readerOf = (id: string): ExchangeReader => {
    const consumer = taken.get(id) ?? 0;
    taken.set(id, consumer + 1);
    return channels.get(id)!.channel.reader(consumer);
  };
  return new Map(graph.stages.map((stage) => [stage.id, stage.inputs.map(readerOf)]));
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
