import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface Entry {
  version?: string;
  dev?: boolean;
  optional?: boolean;
  os?: string[];
  cpu?: string[];
  libc?: string[];
  optionalDependencies?: Record<string, string>;
}
type Packages = Record<string, Entry>;
interface Missing {
  readonly owner: string;
  readonly name: string;
  readonly version: string;
}

const systems = /\b(android|darwin|freebsd|linux|openharmony|win32|windows)\b/;
const processors = /\b(arm64|aarch64|armv7|arm|ia32|ppc64|riscv64|s390x|wasm32|x64)\b/;
const npmNames: Record<string, string> = { windows: 'win32', aarch64: 'arm64', armv7: 'arm' };

function platformOf(name: string): Pick<Entry, 'os' | 'cpu' | 'libc'> {
  const named = (pattern: RegExp) =>
    pattern
      .exec(name)
      ?.slice(1, 2)
      .map((word) => npmNames[word] ?? word);
  const libc = /\bmusl/.test(name) ? ['musl'] : /\bgnu\b/.test(name) ? ['glibc'] : undefined;
  return { cpu: named(processors), libc, os: named(systems) };
}

/** Whether a package in folder `from` finds `name`, as Node looks for it. */
function holds(packages: Packages, from: string, name: string): boolean {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    if (packages[`${folder && `${folder}/`}node_modules/${name}`]) return true;
    if (!folder) return false;
  }
}

// A registry that mirrors only some platforms makes npm drop the others from the lock, and `npm ci` then refuses the lock.
function missing(packages: Packages): Missing[] {
  return Object.entries(packages).flatMap(([owner, { optionalDependencies = {} }]) =>
    Object.entries(optionalDependencies)
      .filter(([name, version]) => /^\d/.test(version) && !holds(packages, owner, name))
      .map(([name, version]) => ({ owner, name, version })),
  );
}

const readLock = (root: string) =>
  JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as { packages: Packages };

/** Packages of other platforms that something asks for and the lock does not hold. */
export function incompletePlatforms(root: string): string[] {
  return missing(readLock(root).packages).map(
    ({ owner, name, version }) => `${owner || 'package.json'} wants ${name}@${version}`,
  );
}

/** Enters them; address and integrity come from the registry at install. */
export function completeLockfile(root: string): void {
  const lock = readLock(root);
  const added = missing(lock.packages).map(({ owner, name, version }) => {
    const dev = lock.packages[owner]?.dev;
    return [`node_modules/${name}`, { version, ...platformOf(name), dev, optional: true }] as const;
  });
  const packages = Object.entries<Entry>({ ...lock.packages, ...Object.fromEntries(added) });
  packages.sort(([a], [b]) => a.localeCompare(b, 'en'));
  const text = JSON.stringify({ ...lock, packages: Object.fromEntries(packages) }, null, 2);
  writeFileSync(join(root, 'package-lock.json'), `${text}\n`);
}
