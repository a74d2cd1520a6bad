/** The letters that bring an event to its size. */
import { type EventMaker, FOR } from './event-maker.js';

/** About `bytes` letters, a fifth more or less; none where that is not above 0. */
export function extraOf({ draw, texts }: EventMaker, bytes: number): (event: number) => string {
  if (bytes <= 0) return () => '';
  const spread = Math.round(bytes * 0.2);
  return (event) => {
    const more = spread === 0 ? 0 : draw(event, FOR.extraLength) % (2 * spread);
    return texts.letters(draw(event, FOR.extra), bytes - spread + more);
  };
}
