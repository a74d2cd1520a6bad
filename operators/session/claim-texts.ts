/** What is said of state that does not fit, or fits with a difference. */
import {
  type ClaimedStage,
  type ClaimedState,
  SourceError,
  type StageIdentity,
  type StoredCheckpoint,
} from '../../core/index.js';

const TAKE_CHANGED = 'millstream.state-recovery.take-changed-columns=true';
const LEAVE_OUT = 'execution.state-recovery.ignore-unclaimed-state=true';

/**
 * Refuses state that no stage takes, or that was made of other columns.
 * @throws {SourceError} CHECKPOINT_MISMATCH
 */
export function refuseMisfits(stored: StoredCheckpoint, { unclaimed, fresh, refused }: ClaimedState): void {
  if (unclaimed.length === 0 && refused.length === 0) return;
  const place = `Checkpoint ${stored.id} of job ${stored.job}`;
  const without = fresh.length === 0 ? '' : ` This one has instead: ${listOf(fresh)}.`;
  const texts = [
    ...(unclaimed.length === 0
      ? []
      : [`${place} has state of ${listOf(unclaimed)}, which no stage of this statement takes.${without}`]),
    ...(refused.length === 0
      ? []
      : [`${place} has state that was made of other columns: ${refused.map(textOfChange).join('; ')}.`]),
  ];
  const take =
    refused.length === 0 ? '' : `, or take what was made of other columns as it is: ${TAKE_CHANGED}`;
  throw new SourceError('CHECKPOINT_MISMATCH', texts.join(' '), {
    hint: `Go on with the statement that it was taken of (its plan is beside it, in plan.txt), or leave that state out: ${LEAVE_OUT}${take}.`,
  });
}

/** What became of the state of a checkpoint that is gone on from, a line each. */
export function claimNotes(
  { id }: StoredCheckpoint,
  { unclaimed, fresh, refused, changed, otherRows }: ClaimedState,
): string[] {
  const left = [...unclaimed, ...refused.map(({ stored }) => stored)];
  const begun = [...fresh, ...refused.map(({ stage }) => stage)];
  const notes: string[] = [];
  if (left.length > 0) notes.push(`left out of checkpoint ${id}: the state of ${listOf(left)}`);
  if (begun.length > 0) notes.push(`not in checkpoint ${id}, so begun without state: ${listOf(begun)}`);
  if (changed.length > 0)
    notes.push(
      `taken from checkpoint ${id} though made of other columns: ${changed.map(textOfChange).join('; ')}`,
    );
  if (otherRows.length > 0) {
    const stages = listOf(otherRows.map(({ stage }) => stage));
    notes.push(
      `other conditions let rows through to ${stages} now: what it remembers of rows before checkpoint ${id} stays as it is`,
    );
  }
  return notes;
}

function listOf(stages: readonly StageIdentity[]): string {
  return stages.map(named).join(', ');
}

function named({ id, description }: StageIdentity): string {
  return `${id} (${description})`;
}

function textOfChange({ stage, stored }: ClaimedStage): string {
  const differences = stage.columns.flatMap((now, i) => {
    const before = stored.columns[i];
    return before === undefined || before.hash === now.hash ? [] : [`${textOf(before)}, now ${textOf(now)}`];
  });
  return `${named(stage)} of ${differences.join(' and ') || 'other columns'}`;
}

function textOf({ name, text }: StageIdentity['columns'][number]): string {
  return name === text ? name : `${name} = ${text}`;
}
