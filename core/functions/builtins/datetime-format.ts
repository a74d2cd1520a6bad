/** Date and time patterns of Java's `DateTimeFormatter` as those of DuckDB's strftime and strptime. */

/** Letters by run; a run that is not here has no exact counterpart. */
const LETTERS: Readonly<Record<string, string>> = {
  yyyy: '%Y',
  yy: '%y',
  uuuu: '%Y',
  MM: '%m',
  M: '%-m',
  MMM: '%b',
  MMMM: '%B',
  dd: '%d',
  d: '%-d',
  DDD: '%j',
  D: '%-j',
  HH: '%H',
  H: '%-H',
  hh: '%I',
  h: '%-I',
  mm: '%M',
  m: '%-M',
  ss: '%S',
  s: '%-S',
  SSS: '%g',
  SSSSSS: '%f',
  a: '%p',
  E: '%a',
  EE: '%a',
  EEE: '%a',
  EEEE: '%A',
};

/** The format for writing, or null where a letter of the pattern has no counterpart. */
export function toStrftime(pattern: string): string | null {
  let made = '';
  for (const [piece] of pattern.matchAll(/''|'(?:[^']|'')*'|([A-Za-z])\1*|[^A-Za-z']|'/g)) {
    if (piece === "'") return null;
    if (piece === "''") made += "'";
    else if (piece.startsWith("'")) made += piece.slice(1, -1).replaceAll("''", "'").replaceAll('%', '%%');
    else if (/^[A-Za-z]/.test(piece)) {
      const letter = Object.hasOwn(LETTERS, piece) ? LETTERS[piece] : undefined;
      if (letter === undefined) return null;
      made += letter;
    } else made += piece === '%' ? '%%' : piece;
  }
  return made;
}

/** The format for reading, or null: as for writing; strptime takes one digit or two wherever a number may have two. */
export function toStrptime(pattern: string): string | null {
  return toStrftime(pattern)?.replaceAll('%-', '%') ?? null;
}

/** Whether a pattern names year, month and day: what it does not name is that of 1970 here, and of 1900 in strptime. */
export function namesADay(pattern: string): boolean {
  const letters = pattern.replace(/'[^']*'/g, '');
  return /[yu]/.test(letters) && /M/.test(letters) && /d/.test(letters);
}
