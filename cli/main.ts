#!/usr/bin/env node
/** The `millstream` command as a process: its streams, its signals, its exit code. */
import { Interrupt } from './interrupt.js';
import { openSession } from './open-session.js';
import { StreamOutput } from './output.js';
import { runCommandLine } from './run-command-line.js';

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
