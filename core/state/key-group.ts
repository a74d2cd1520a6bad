/** Keys in groups: the unit in which state is stored, and could be shared among instances of an operator. */

/** The groups of a job; fixed for the life of its state. */
export const KEY_GROUPS = 128;

/** The group of a key, from 0: FNV-1a over its UTF-16 units, its high bits folded in. */
export function keyGroupOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  return ((hash >>> 16) ^ hash) & (KEY_GROUPS - 1);
}
