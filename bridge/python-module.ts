/** How a module of Millstream is run as a program. */

/**
 * Arguments of an interpreter that runs `module` as `python -m` does, with the working directory not on its path: a
 * `json.py` there is nobody's standard library. (`-P` does that from Python 3.11 on.)
 */
export function moduleArguments(module: string, ...args: readonly string[]): string[] {
  const program = `import sys; sys.path[:] = filter(None, sys.path); import runpy; runpy.run_module("${module}", run_name="__main__", alter_sys=True)`;
  return ['-c', program, ...args];
}
