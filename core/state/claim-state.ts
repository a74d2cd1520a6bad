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
}

/** State goes to the stage of the same uid, whatever stands around it. */
export function claimState(stored: readonly StoredStage[], stages: readonly StageIdentity[]): ClaimedState {
  const byUid = new Map(stored.map((stage) => [stage.uid, stage]));
  const states = new Map<string, Uint8Array | null>();
  for (const { id, uid } of stages) {
    const state = byUid.get(uid)?.state ?? null;
    if (state !== 'ended') states.set(id, state);
  }
  const own = new Set(stages.map(({ uid }) => uid));
  return {
    states,
    unclaimed: stored.filter((stage) => !own.has(stage.uid) && remembers(stage)),
    fresh: stages.filter(({ uid, keeps }) => keeps !== 'nothing' && !byUid.has(uid)),
  };
}

/** That another stage than a source had ended follows from its inputs. */
function remembers({ state, keeps }: StoredStage): boolean {
  return state === 'ended' ? keeps === 'position' : state !== null && keeps !== 'nothing';
}
