import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { Image } from './support/image.js';

const mounted = process.env.IMAGE_ROOT;
const maximumMegabytes = 90;

interface Lock {
  readonly packages: Readonly<Record<string, { readonly dev?: boolean; readonly optional?: boolean }>>;
}

const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as Lock;
const megabytes = (bytes: number) => (bytes / 1e6).toFixed(2);

/** `dist/bundle`, `node_modules/@grpc/grpc-js`. */
const partOf = (file: string) =>
  /^(?:node_modules\/(?:@[^/]+\/)?[^/]+|[^/]+(?:\/[^/]+(?=\/))?)/.exec(file)?.[0] ?? file;

function sizes(folder: string, files: readonly string[]): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  for (const file of files) {
    const part = partOf(file);
    sizes.set(part, (sizes.get(part) ?? 0) + statSync(join(folder, file)).size);
  }
  return new Map([...sizes].sort(([, one], [, other]) => other - one));
}

describe.skipIf(!mounted)('the image', () => {
  let configuration: Image['configuration'];
  let app: string;
  let files: readonly string[];
  let folders: ReadonlySet<string>;

  beforeAll(() => {
    const image = new Image(mounted ?? '');
    configuration = image.configuration;
    app = join(image.root, 'app');
    files = globSync('**', { cwd: app }).filter((file) => statSync(join(app, file)).isFile());
    folders = new Set(files.filter((file) => file.startsWith('node_modules/')).map(partOf));
  });

  test('runs node itself as a user that is a number and not root, in production', () => {
    expect(configuration.User).toMatch(/^[1-9]\d*:[1-9]\d*$/);
    expect(configuration.Entrypoint[0]).toBe('node');
    expect(configuration.Cmd).toEqual(['main']);
    expect(configuration.Env).toContain('NODE_ENV=production');
    expect(configuration.Healthcheck.Test).toEqual(['CMD', 'node', 'health']);
  });

  test('names its version', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
    expect(configuration.Labels).toMatchObject({
      'org.opencontainers.image.title': 'nestjs-mstv',
      'org.opencontainers.image.version': version,
    });
  });

  test(`adds at most ${maximumMegabytes} MB to its base`, () => {
    const parts = sizes(app, files);
    const total = [...parts.values()].reduce((sum, size) => sum + size, 0);
    const largest = [...parts]
      .slice(0, 20)
      .map(([part, size]) => `image: ${megabytes(size).padStart(6)} MB  ${part}\n`);
    process.stdout.write(`image: ${megabytes(total)} MB in ${files.length} files\n${largest.join('')}`);
    expect(total / 1e6).toBeLessThan(maximumMegabytes);
  });

  test('has no package that is for development or one platform only', () => {
    const unwanted = [...folders].filter((folder) => packages[folder]?.dev || packages[folder]?.optional);
    expect(folders).toContain('node_modules/fastify');
    expect(unwanted).toEqual([]);
  });

  test('has no types, tests or sources', () => {
    expect(files.filter((file) => /\.(ts|tsx|mts|cts)$|(^|\/)(test|tests|__tests__)\//.test(file))).toEqual([]);
  });

  test('has a source map for our own modules, for stack traces', () => {
    expect(files).toContain('dist/bundle/main.js.map');
  });

  test('holds nothing that its user could change, and everything that any user can read', () => {
    const modes = [...files, '.'].map((file) => ({ file, ...statSync(join(app, file)) }));
    expect(modes.filter(({ uid, mode }) => uid !== 0 || (mode & 0o022) !== 0 || (mode & 0o004) === 0)).toEqual([]);
  });

  test('lists its packages as CycloneDX', () => {
    const { bomFormat, components } = JSON.parse(readFileSync(join(app, 'sbom.cdx.json'), 'utf8')) as {
      bomFormat: string;
      components: readonly { readonly name: string; readonly version: string; readonly purl: string }[];
    };
    const listed = new Set(components.map(({ purl }) => decodeURIComponent(purl)));
    const held = [...folders].map((folder) => {
      const { name, version } = JSON.parse(readFileSync(join(app, folder, 'package.json'), 'utf8'));
      return `pkg:npm/${name}@${version}`;
    });
    expect(bomFormat).toBe('CycloneDX');
    expect(held.filter((purl) => !listed.has(purl))).toEqual([]);
    expect(components.map(({ name }) => name)).not.toContain('node');
  });
});
