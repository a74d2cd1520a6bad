/** Texts of letters, cut out of two long ones. */
import type { Draw } from './draw.js';
import { FOR } from './event-maker.js';

const LENGTH = 1 << 16;
const LEAST_WORD = 3;

/** Pieces of text, by a number that was drawn. */
export interface Texts {
  /** Exactly `length` letters. */
  letters(drawn: number, length: number): string;
  /** Words of at most `most` letters in all, at least three; `space` between them. */
  words(drawn: number, most: number, space?: string): string;
}

/** Both long texts follow from the seed of `draw`. */
export function textsOf(draw: Draw): Texts {
  const letters = longText((i) => letterOf(draw(i, FOR.letters)));
  const spaced = longText((i) => {
    const drawn = draw(i, FOR.words);
    return drawn % 13 === 0 ? ' ' : letterOf(Math.floor(drawn / 13));
  });
  return {
    letters: (drawn, length) => {
      const from = drawn % (LENGTH - length);
      return letters.slice(from, from + length);
    },
    words: (drawn, most, space = ' ') => {
      const length = LEAST_WORD + ((drawn >>> 16) % (most - LEAST_WORD));
      const from = drawn % (LENGTH - length);
      const text = spaced.slice(from, from + length).trim();
      return space === ' ' ? text : text.replaceAll(' ', space);
    },
  };
}

function longText(character: (i: number) => string): string {
  return Array.from({ length: LENGTH }, (_, i) => character(i)).join('');
}

function letterOf(drawn: number): string {
  return String.fromCharCode(97 + (drawn % 26));
}
