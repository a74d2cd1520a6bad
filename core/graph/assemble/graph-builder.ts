/** Collects stages and exchanges while a graph is made, consumers known last. */
import type { Column } from '../../types/data-type.js';
import type { Exchange, Stage, StageGraph } from '../stage-graph.js';

/** An exchange whose consumers are still being added. */
export interface ExchangeDraft {
  readonly id: string;
  readonly producer: string;
  readonly columns: readonly Column[];
  readonly groups: readonly (readonly number[])[];
  readonly keyColumns: readonly number[] | null;
  readonly consumers: string[];
}

/** What a producer offers: its exchange and where each column id of the plan is in it. */
export interface Produced {
  readonly exchange: ExchangeDraft;
  readonly positions: ReadonlyMap<string, number>;
}

/** Gives out ids and keeps what is made; producers are added before their consumers. */
export class GraphBuilder {
  readonly #stages: Stage[] = [];
  readonly #exchanges: ExchangeDraft[] = [];

  /** The id for the next stage: its kind with a number that counts all stages. */
  stageId(kind: Stage['kind']): string {
    return `${kind}-${this.#stages.length + 1}`;
  }

  /** Adds a stage under the id that `stageId` gave last, and itself to the consumers of its inputs. */
  addStage<S extends Stage>(stage: S, inputs: readonly ExchangeDraft[]): S {
    this.#stages.push(stage);
    for (const input of inputs) input.consumers.push(stage.id);
    return stage;
  }

  /** A new exchange; `groups` are the columns of each group, in order. */
  addExchange(
    producer: string,
    groups: readonly (readonly Column[])[],
    keyColumns: readonly number[] | null,
  ): ExchangeDraft {
    let next = 0;
    const exchange: ExchangeDraft = {
      id: `exchange-${this.#exchanges.length + 1}`,
      producer,
      columns: groups.flat(),
      groups: groups.map((group) => group.map(() => next++)),
      keyColumns,
      consumers: [],
    };
    this.#exchanges.push(exchange);
    return exchange;
  }

  /** The id that the next exchange will have. */
  nextExchangeId(): string {
    return `exchange-${this.#exchanges.length + 1}`;
  }

  build(mode: StageGraph['mode']): StageGraph {
    return { stages: this.#stages, exchanges: this.#exchanges.map((draft) => finish(draft, mode)), mode };
  }
}

/**
 * In a batch, inputs of a stage share a streaming ancestor only through an exchange with several consumers, so one consumer is all that may
 * stream. The stages of a stream read their inputs side by side.
 */
function finish(draft: ExchangeDraft, mode: StageGraph['mode']): Exchange {
  const readers = draft.consumers.length;
  const rest = { id: draft.id, producer: draft.producer, consumers: draft.consumers, columns: draft.columns };
  const shape = { groups: draft.groups, keyColumns: draft.keyColumns };
  if (readers <= 1) return { ...rest, ...shape, mode: 'stream', reason: 'one consumer' };
  if (mode === 'streaming') return { ...rest, ...shape, mode: 'stream', reason: `to ${readers} consumers` };
  return { ...rest, ...shape, mode: 'spill', reason: `read ${readers} times: written once to a file` };
}
