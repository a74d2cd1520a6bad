/** Keys of Millstream's design that do not act yet: refused, so that nobody relies on them. */
export const LATER_OPTIONS: readonly string[] = [
  'python.pythonpath',
  'millstream.bundle.memory',
  'millstream.sql.max-cross-pairs',
];
