import { spawn } from 'node:child_process';
import type { Gate, Verdict } from './gate.js';

/** Catches a program that hangs; a busy machine needs minutes for what takes seconds elsewhere. */
const limitMs = 15 * 60_000;

/** Runs a JavaScript program of node_modules on this Node, without a terminal; the output of both streams comes back. */
function runProgram(args: readonly string[]): Promise<Verdict> {
  const { promise, resolve, reject } = Promise.withResolvers<Verdict>();
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: limitMs });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.once('error', reject);
  child.once('close', (code, signal) => {
    if (signal) chunks.push(Buffer.from(`\nended by ${signal} within ${limitMs / 1000} s`));
    resolve({ passed: code === 0, output: Buffer.concat(chunks).toString().trimEnd() });
  });
  return promise;
}

/** A gate that is a program's exit code. */
export const command = (name: string, fix: string, args: readonly string[]): Gate => ({
  name,
  fix,
  run: () => runProgram(args),
});
