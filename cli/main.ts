#!/usr/bin/env node
/** `millstream`: begins what a first row waits for longest, and loads the command meanwhile. */
import { setFlagsFromString } from 'node:v8';
import { modulesOf } from './bundle.js';

// Frames on their way through count as memory of V8, which begins to mark its heap for every 64 MB of them. The
// heap is small: collecting it at once costs a fraction of marking it in steps (bench/README.md). Set before
// anything is loaded: V8 refuses code that was compiled under other flags.
setFlagsFromString('--no-incremental-marking');
const args = process.argv.slice(2);
const modules = modulesOf(args, process.env);
const { earlyZygotes } = await modules.loadEarlyZygotes();
const zygotes = earlyZygotes(args, process.env);
const { runProcess } = await modules.loadCommand();
await runProcess(args, zygotes);
