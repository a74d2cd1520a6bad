/** Which stage of a job goes on from which state of a checkpoint. */
import type { StageIdentity } from './checkpoint-manifest.js';
import type { StoredStage } from './read-checkpoint.js';

/** What the stages of a job found in a checkpoint. */
export interface ClaimedState {
  /** By stage; null for one without state, absent for one that had ended. */
  readonly states: ReadonlyMap<string, Uint8Array | null>;
  /** What is remembered, or had ended, of stages that the job does not have. */
  readonly unclaimed: readonly StoredStage[];
  /** Stages that may remember something, and that the checkpoint does not know. */
  readonly fresh: readonly StageIdentity[];
  /** State of the right form that was made of other columns, and is not taken: such stages begin without. */
  readonly refused: readonly ClaimedStage[];
  /** The same, where the caller says that it is taken. */
  readonly changed: readonly ClaimedStage[];
  /** State that rows have come to which another condition let through. */
  readonly otherRows: readonly ClaimedStage[];
}

/** A stage, and the one of the checkpoint that it goes on from. */
export interface ClaimedStage {
  readonly stage: StageIdentity;
  readonly stored: StoredStage;
}

/**
 * State goes to the stage of the same uid, whatever stands around it; of several to the one that is most like it.
 * @param takesChanged state that was made of other columns is taken too
 */
export function claimState(
  stored: readonly StoredStage[],
  stages: readonly StageIdentity[],
  takesChanged = false,
): ClaimedState {
  const pairs = pairsOf(stored, stages);
  const all = [...pairs].map(([stage, from]) => ({ stage, stored: from }));
  const others = all.filter(({ stage, stored: from }) => remembers(from) && !hasSameColumns(stage, from));
  const [refused, changed] = takesChanged ? [[], others] : [others, []];
  const begun = new Set(refused.map(({ stage }) => stage));
  const states = new Map<string, Uint8Array | null>();
  for (const stage of stages) {
    const state = begun.has(stage) ? null : (pairs.get(stage)?.state ?? null);
    if (state !== 'ended') states.set(stage.id, state);
  }
  const taken = new Set(pairs.values());
  return {
    states,
    unclaimed: stored.filter((stage) => !taken.has(stage) && remembers(stage)),
    fresh: stages.filter((stage) => stage.keeps !== 'nothing' && !pairs.has(stage)),
    refused,
    changed,
    otherRows: all.filter(
      ({ stage, stored: from }) =>
        stage.keeps === 'state' && remembers(from) && !begun.has(stage) && stage.rows !== from.rows,
    ),
  };
}

/** Those that are alike in everything find each other first. */
function pairsOf(
  stored: readonly StoredStage[],
  stages: readonly StageIdentity[],
): ReadonlyMap<StageIdentity, StoredStage> {
  const pairs = new Map<StageIdentity, StoredStage>();
  const free = new Set(stored);
  const likenesses = [
    (stage: StageIdentity, other: StoredStage) => hasSameColumns(stage, other) && stage.rows === other.rows,
    hasSameColumns,
    () => true,
  ];
  for (const isAlike of likenesses) {
    for (const stage of stages) {
      if (pairs.has(stage)) continue;
      const found = [...free].find((other) => other.uid === stage.uid && isAlike(stage, other));
      if (found === undefined) continue;
      pairs.set(stage, found);
      free.delete(found);
    }
  }
  return pairs;
}

function hasSameColumns({ columns }: StageIdentity, other: StageIdentity): boolean {
  return (
    columns.length === other.columns.length && columns.every(({ hash }, i) => hash === other.columns[i]!.hash)
  );
}

/** That another stage than a source had ended follows from its inputs. */
function remembers({ state, keeps }: StoredStage): boolean {
  return state === 'ended' ? keeps === 'position' : state !== null && keeps !== 'nothing';
}
