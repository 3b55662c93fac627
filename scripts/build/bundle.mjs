import { existsSync, globSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';

const folder = 'dist/bundle';

/**
 * Packages of hundreds of small modules, of which Node takes longer to find one than to run it. What depends on one of them
 * is bundled too: with a second copy of Nest nothing is injected.
 */
const bundled = ['@graphql-tools/utils', '@nestjs/common', 'es-toolkit', 'rxjs', 'zod'];

/** @param {string} name */
function dependsOnBundled(name) {
  const file = join('node_modules', name, 'package.json');
  if (!existsSync(file)) return false;
  const { dependencies, peerDependencies } = JSON.parse(readFileSync(file, 'utf8'));
  return Object.keys({ ...dependencies, ...peerDependencies }).some((dependency) => bundled.includes(dependency));
}

function externalPackages() {
  /** @type {Map<string, boolean>} */
  const isBundled = new Map(bundled.map((name) => [name, true]));
  /** @param {string} specifier */
  return (specifier) => {
    const [, name] = /^((?:@[^/]+\/)?[^./][^/]*)/.exec(specifier) ?? [];
    return name !== undefined && !isBundled.getOrInsertComputed(name, dependsOnBundled);
  };
}

/** Modules find files beside them, and those are not in the bundle. @param {string} file @param {string} code */
function withOwnUrl(file, code) {
  const path = relative(resolve(folder), file).replaceAll(sep, '/');
  return code.replaceAll('import.meta.url', `new URL(${JSON.stringify(path)}, import.meta.url).href`);
}

/** @param {string} file */
function load(file) {
  const code = withOwnUrl(file, readFileSync(file, 'utf8'));
  // without those of packages, Node reads source maps in 5 ms at the start
  const map = file.startsWith(resolve('dist')) ? readFileSync(`${file}.map`, 'utf8') : { mappings: '' };
  return { code, map };
}

/**
 * Writes `dist/*.js`, the programs, with all that they import to `dist/bundle`. Modules that the last build had stay, for
 * processes that have not loaded them yet.
 */
export async function bundle() {
  const { rolldown } = await import('rolldown');
  const before = globSync(`${folder}/*`);
  const build = await rolldown({
    input: globSync('dist/*.js'),
    platform: 'node',
    external: externalPackages(),
    plugins: [{ name: 'files', load: { filter: { id: /\.m?js$/ }, handler: load } }],
    logLevel: 'silent',
  });
  const { output } = await build.write({ dir: folder, format: 'esm', keepNames: true, sourcemap: true });
  await build.close();
  const now = new Set(output.map(({ fileName }) => join(folder, fileName)));
  const yesterday = Date.now() - 86_400_000;
  for (const file of before) {
    if (!now.has(file) && statSync(file).mtimeMs < yesterday) rmSync(file);
  }
}
