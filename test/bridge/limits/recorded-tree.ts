/** A kernel file tree in a temporary folder, as recorded on a machine; new cgroups get the files the kernel makes. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { FileTree } from '../../../bridge/limits/file-tree.js';

export class RecordedTree extends FileTree {
  readonly root: string;
  readonly #newGroup: Readonly<Record<string, string>>;

  /** @param newGroup files of a cgroup that is made, by name. */
  constructor(files: Readonly<Record<string, string>>, newGroup: Readonly<Record<string, string>> = {}) {
    const root = mkdtempSync(join(tmpdir(), 'millstream-tree-'));
    super(root);
    this.root = root;
    this.#newGroup = newGroup;
    this.record(files);
  }

  record(files: Readonly<Record<string, string>>): void {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.root, path)), { recursive: true });
      writeFileSync(join(this.root, path), `${text}\n`);
    }
  }

  override makeFolder(path: string): void {
    super.makeFolder(path);
    this.record(
      Object.fromEntries(Object.entries(this.#newGroup).map(([name, text]) => [join(path, name), text])),
    );
  }

  /** As the kernel does: controllers are added, not replaced. */
  override write(path: string, text: string): void {
    const added = /^\+(\w+)$/.exec(text)?.[1];
    super.write(path, added === undefined ? text : `${this.read(path) ?? ''} ${added}`.trim());
  }

  /** As the kernel does for a cgroup without processes: its files do not count. */
  override removeFolder(path: string): boolean {
    rmSync(join(this.root, path), { recursive: true, force: true });
    return true;
  }

  remove(): void {
    rmSync(this.root, { recursive: true });
  }
}
