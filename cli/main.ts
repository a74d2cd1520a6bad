#!/usr/bin/env node
/** `millstream`: begins what a first row waits for longest, and loads the command meanwhile. */
import * as nodeModule from 'node:module';
import { modulesOf } from './bundle.js';

// From Node 22.8 on; compiling the bundle is a third of loading it.
if ('enableCompileCache' in nodeModule) (nodeModule.enableCompileCache as () => void)();
const args = process.argv.slice(2);
const modules = modulesOf(args);
const { earlyZygotes } = (await import(modules.earlyZygotes)) as typeof import('./early-zygotes.js');
const zygotes = earlyZygotes(args, process.env);
const { runProcess } = (await import(modules.command)) as typeof import('./command.js');
await runProcess(args, zygotes);
