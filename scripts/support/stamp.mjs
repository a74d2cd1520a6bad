/** Stamps: a file that holds the fingerprint of the inputs from which something was made. */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** Fingerprint of the names and contents of `files` (absolute paths below `root`), in any order, and of `facts`. */
export function fingerprint(root, files, facts = []) {
  const hash = createHash('sha256');
  for (const fact of facts) hash.update(`${fact}\0`);
  for (const file of [...files].sort()) {
    hash
      .update(`${relative(root, file)}\0`)
      .update(readFileSync(file))
      .update('\0');
  }
  return hash.digest('hex');
}

/** All files below `folder` for which `accepts(name)` holds; a folder that is missing has none. */
export function filesBelow(folder, accepts) {
  const files = [];
  for (const entry of listing(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!entry.name.startsWith('.') && entry.name !== 'node_modules')
        files.push(...filesBelow(path, accepts));
    } else if (accepts(entry.name)) {
      files.push(path);
    }
  }
  return files;
}

/** True where `stamp` exists and holds exactly `value`. */
export function isStamped(stamp, value) {
  try {
    return readFileSync(stamp, 'utf8') === value;
  } catch {
    return false;
  }
}

/** Writes a stamp, after its work is complete. */
export function writeStamp(stamp, value) {
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, value);
}

function listing(folder) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}
