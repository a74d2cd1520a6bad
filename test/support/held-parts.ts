import type { AnswerPart, BundleBatch } from '../../bridge/index.js';

/** The parts of an answer that has none in a file. */
export function held(parts: readonly AnswerPart[]): BundleBatch[] {
  return parts.map((part) => {
    if ('load' in part) throw new Error('a part of the answer has been spilled');
    return part;
  });
}
