/** Which of Java's regular expressions DuckDB's RE2 takes with the same meaning. */

/** Look-around, named groups, back references, possessive quantifiers, classes and anchors that RE2 has not. */
const JAVA_ONLY =
  /\(\?(?:[=!>]|<)|\\[1-9]|\\k<|[*+?}]\+|&&|\\[ZGHhRXQE]|\\[pP]\{(?:\^|[A-Z][a-z]{3,}|java|Is|In|ASCII)/;

/** False for what is no regular expression at all, too. */
export function isRe2(pattern: string): boolean {
  const bare = pattern.replaceAll('\\\\', '');
  if (JAVA_ONLY.test(bare)) return false;
  try {
    new RegExp(pattern.replace(/^\(\?[imsx]+\)/, ''));
    return true;
  } catch {
    return false;
  }
}
