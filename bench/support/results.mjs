/** Results as a JSON file, with what must be known to read them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { arch, cpus, platform, totalmem } from 'node:os';
import { BENCH } from './places.mjs';

/** Writes bench/results/<name>-<time>.json and returns its path. */
export function saveResults(name, results) {
  const at = new Date().toISOString();
  const folder = `${BENCH}/results`;
  const file = `${folder}/${name}-${at.replaceAll(/[:.]/g, '-')}.json`;
  const machine = {
    platform: `${platform()} ${arch()}`,
    processor: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryBytes: totalmem(),
    node: process.version,
  };
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, `${JSON.stringify({ at, machine, results }, null, 2)}\n`);
  return file;
}
