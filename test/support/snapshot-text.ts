import type { SnapshotBytes } from '../../core/index.js';

/** The text that a test's operator said to a checkpoint. */
export function snapshotText(state: SnapshotBytes): string {
  return Buffer.concat('pieces' in state ? state.pieces : [state]).toString();
}
