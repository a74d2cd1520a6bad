#!/usr/bin/env node
/** The `millstream` command as a process: its streams, its signals, its exit code. */
import { setFlagsFromString } from 'node:v8';
import { Interrupt } from './interrupt.js';
import { openSession } from './open-session.js';
import { StreamOutput } from './output.js';
import { runCommandLine } from './run-command-line.js';

// Frames on their way through count as memory of V8, which begins to mark its heap for every 64 MB of them. The heap
// is small: collecting it at once costs a fraction of marking it in steps (bench/README.md).
setFlagsFromString('--no-incremental-marking');

const interrupt = Interrupt.listen();
const stdout = new StreamOutput(process.stdout);
// A closed stderr (`2>&1 | head`) must not end a job that writes files.
process.stderr.on('error', () => {});
const exitCode = await runCommandLine(process.argv.slice(2), {
  stdout,
  terminalColumns: process.stdout.isTTY ? process.stdout.columns : null,
  stderr: process.stderr,
  signal: interrupt.signal,
  openSession,
});
await stdout.flush();
interrupt.end(exitCode);
