/** Wheels of pure Python, made here: tests need no package index. */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';

const MAKE = `
import sys, zipfile
folder, name, version, source, requires = sys.argv[1:]
info = f"{name}-{version}.dist-info"
metadata = f"Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n"
metadata += "".join(f"Requires-Dist: {line}\\n" for line in requires.splitlines())
files = {
    f"{name}.py": source,
    f"{info}/METADATA": metadata,
    f"{info}/WHEEL": "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
}
files[f"{info}/RECORD"] = "".join(f"{path},,\\n" for path in [*files, f"{info}/RECORD"])
with zipfile.ZipFile(f"{folder}/{name}-{version}-py3-none-any.whl", "w") as wheel:
    for path, text in files.items():
        wheel.writestr(path, text)
`;

/** Interpreter of the tests. */
export const PYTHON = process.env.MILLSTREAM_PYTHON ?? `${process.cwd()}/.venv/bin/python`;

/** Puts a wheel with one module into `folder`, which is made; `requires` are its requirements. */
export function makeWheel(
  folder: string,
  name: string,
  version: string,
  source = `VERSION = "${version}"\n`,
  requires: readonly string[] = [],
): void {
  mkdirSync(folder, { recursive: true });
  execFileSync(PYTHON, ['-I', '-c', MAKE, folder, name, version, source, requires.join('\n')]);
}
