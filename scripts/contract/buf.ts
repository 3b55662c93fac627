import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Finding, isProto, protoFolder, type WireDocuments } from './wire-documents.js';

const program = fileURLToPath(import.meta.resolve('@bufbuild/buf/bin/buf'));
const configuration = join(import.meta.dirname, '../../buf.yaml');
const violations = 100;

interface Violation {
  readonly path?: string;
  readonly type: string;
  readonly message: string;
}

const protosOf = (documents: WireDocuments) => [...documents].filter(([path]) => isProto(path));

/** Breaches of the STANDARD lint, and what does not compile. */
export async function lintProtos(documents: WireDocuments): Promise<Finding[]> {
  if (protosOf(documents).length === 0) return [];
  using folder = laidOut(documents);
  return await run(folder.path, ['lint', folder.path, '--config', configuration]);
}

/** Breaking changes for generated code and messages of the released files. */
export async function breakingProtos(released: WireDocuments, current: WireDocuments): Promise<Finding[]> {
  if (protosOf(released).length === 0) return [];
  if (protosOf(current).length === 0) return [{ document: protoFolder, finding: 'every proto is gone' }];
  using before = laidOut(released);
  using after = laidOut(current);
  const against = ['--against', before.path, '--against-config', configuration];
  return await run(after.path, ['breaking', after.path, '--config', configuration, ...against]);
}

function laidOut(documents: WireDocuments) {
  const path = mkdtempSync(join(tmpdir(), 'protos-'));
  for (const [name, text] of protosOf(documents)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), text);
  }
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) };
}

function run(folder: string, args: readonly string[]): Promise<Finding[]> {
  const { promise, resolve, reject } = Promise.withResolvers<Finding[]>();
  execFile(process.execPath, [program, ...args, '--error-format', 'json'], (error, stdout, stderr) => {
    if (!error) resolve([]);
    else if (error.code === violations) resolve(findings(folder, stdout));
    else reject(new Error(`buf ${args[0]}: ${stderr || error.message}`));
  });
  return promise;
}

const findings = (folder: string, output: string): Finding[] =>
  output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Violation)
    .map(({ path, type, message }) => ({
      document:
        path
          ?.replace(folder, '')
          .replace(/^[/\\]/, '')
          .replaceAll('\\', '/') ?? protoFolder,
      finding: `${message} (${type})`,
    }));
