// Collects what the image runs, for the Dockerfile: `node scripts/build/image.mjs FOLDER`.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { nodeFileTrace } from '@vercel/nft';

const programs = ['health', 'main', 'migrate', 'seed'].map((name) => `dist/bundle/${name}.js`);

/** What the programs read at run time by a path that they put together. */
const data = ['package.json', 'prisma/migrations', 'proto'];

/** @typedef {{ version?: string, dev?: boolean, optional?: boolean, devOptional?: boolean }} Entry */
/** @type {{ packages: Record<string, Entry> }} */
const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'));

/** A package may ask for others that only developers, or only some platforms, have. @param {string} file */
function isOfProduction(file) {
  const [folder] = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file) ?? [];
  const { dev, optional, devOptional } = packages[folder ?? ''] ?? {};
  return !dev && !optional && !devOptional;
}

/** Compiled modules stay out: the bundle holds them, and names their places only to find the files beside them. */
const isUnbundled = (/** @type {string} */ file) => /^dist\/(?!bundle\/).*\.js$/.test(file);

async function filesOfImage() {
  const ignore = (/** @type {string} */ file) => isUnbundled(file) || !isOfProduction(file);
  const { fileList } = await nodeFileTrace(programs, { base: realpathSync('.'), ignore });
  const maps = [...fileList].filter((file) => file.startsWith('dist/bundle/')).map((file) => `${file}.map`);
  return [...fileList, ...maps.filter((file) => existsSync(file))];
}

/** @typedef {{ purl: string, 'bom-ref': string }} Component */
/** @typedef {{ ref: string, dependsOn: string[] }} Dependency */
/** @typedef {{ metadata: { component: Component }, components: Component[], dependencies: Dependency[] }} Bill */

/**
 * CycloneDX, without what differs between two builds of the same sources. Not by npm's own `--omit`: it leaves out packages
 * that production requires too.
 */
function billOfMaterials() {
  const folders = Object.keys(packages).filter((key) => key !== '' && isOfProduction(key));
  const held = new Set(
    folders.map((key) => `pkg:npm/${key.replace(/^.*node_modules\//, '')}@${packages[key]?.version}`),
  );
  const text = execFileSync('npm', [
    'sbom',
    '--sbom-format=cyclonedx',
    '--sbom-type=application',
    '--package-lock-only',
  ]);
  /** @type {Bill & { serialNumber: string }} */
  const { serialNumber: _, metadata, ...bill } = JSON.parse(text.toString());
  const components = bill.components.filter(({ purl }) => held.has(decodeURIComponent(purl)));
  const refs = new Set([metadata.component, ...components].map((component) => component['bom-ref']));
  const dependencies = bill.dependencies
    .filter(({ ref }) => refs.has(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((other) => refs.has(other)) }));
  return JSON.stringify({ ...bill, metadata: { ...metadata, timestamp: undefined }, components, dependencies });
}

const [, , folder] = process.argv;
if (!folder) throw new Error('Name the folder to write to: node scripts/build/image.mjs FOLDER');
for (const file of [...data, ...(await filesOfImage())]) {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  cpSync(file, join(folder, file), { recursive: true, dereference: true });
}
writeFileSync(join(folder, 'sbom.cdx.json'), billOfMaterials());
