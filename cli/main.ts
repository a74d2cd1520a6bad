#!/usr/bin/env node
/** `millstream`: begins what a first row waits for longest, and loads the command meanwhile. */
import { modulesOf } from './bundle.js';

const args = process.argv.slice(2);
const modules = modulesOf(args);
const { earlyZygotes } = (await import(modules.earlyZygotes)) as typeof import('./early-zygotes.js');
const zygotes = earlyZygotes(args, process.env);
const { runProcess } = (await import(modules.command)) as typeof import('./command.js');
await runProcess(args, zygotes);
