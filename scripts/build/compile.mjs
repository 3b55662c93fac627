import { globSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, relative } from 'node:path';
import { bundle } from './bundle.mjs';
import { alone } from './lock.mjs';

const manifestFile = 'dist/.build.json';

/** @typedef {{ toolchain: string, sources: Record<string, string> }} Manifest `sources`: file -> mtime and size */

/** When npm last changed the packages, which are part of the bundle. */
const installed = () => statSync('node_modules/.package-lock.json', { throwIfNoEntry: false })?.mtimeMs;

/** @returns {Manifest} */
function inspect() {
  const { devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
  const files = globSync(['src/**/*.{ts,txt}', 'src/schemas/{asyncapi,openapi}.json'], { exclude: ['**/*.d.ts'] });
  const stamps = files.map((file) => {
    const { mtimeMs, size } = statSync(file);
    return [file, `${mtimeMs}:${size}`];
  });
  return {
    toolchain: `${devDependencies['@swc/core']} ${devDependencies.rolldown} ${installed()} ${readFileSync('.swcrc', 'utf8')}`,
    sources: Object.fromEntries(stamps),
  };
}

/** @returns {Manifest | undefined} */
function lastBuild() {
  try {
    return JSON.parse(readFileSync(manifestFile, 'utf8'));
  } catch {
    return undefined;
  }
}

/** @param {Manifest} now */
function difference(now) {
  const last = lastBuild();
  const sameTools = last?.toolchain === now.toolchain;
  return {
    first: !last,
    changed: Object.keys(now.sources).filter((file) => !sameTools || last.sources[file] !== now.sources[file]),
    removed: Object.keys(last?.sources ?? {}).filter((file) => !(file in now.sources)),
  };
}

/** @param {string} source */
const outputOf = (source) => source.replace(/^src/, 'dist').replace(/\.ts$/, '.js');

/** @param {string} file @param {string} text */
function replaceFile(file, text) {
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}

/** @param {string} source @param {typeof import('@swc/core').transformFile} transformFile */
async function compile(source, transformFile) {
  const output = outputOf(source);
  mkdirSync(dirname(output), { recursive: true });
  if (!source.endsWith('.ts')) {
    replaceFile(output, readFileSync(source, 'utf8'));
    return;
  }
  const sourceFileName = relative(dirname(output), source);
  const { code, map } = await transformFile(source, { sourceFileName, inlineSourcesContent: false });
  replaceFile(`${output}.map`, map ?? '');
  replaceFile(output, `${code}//# sourceMappingURL=${basename(output)}.map\n`);
}

async function update() {
  const now = inspect();
  const { first, changed, removed } = difference(now);
  if (first) rmSync('dist', { recursive: true, force: true });
  const { transformFile } = await import('@swc/core');
  await Promise.all(changed.map((source) => compile(source, transformFile)));
  for (const output of removed.map(outputOf)) {
    rmSync(output, { force: true });
    rmSync(`${output}.map`, { force: true });
  }
  await bundle();
  replaceFile(manifestFile, JSON.stringify(now));
}

/** Makes `dist` what `src` is now, compiling only what changed; milliseconds when nothing did. */
export async function compileStale() {
  const { changed, removed } = difference(inspect());
  if (changed.length + removed.length > 0) await alone(update);
}
