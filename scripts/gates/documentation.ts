import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import { applyDiff, readBlocks } from '../tutorials/blocks.js';

interface Page {
  readonly path: string;
  readonly text: string;
}

const withSlashes = (path: string): string => path.replaceAll(sep, '/');

const pagesOf = (root: string): Page[] =>
  globSync(['*.md', 'docs/**/*.md'], { cwd: root })
    .sort()
    .map((path) => ({ path: withSlashes(path), text: readFileSync(join(root, path), 'utf8') }));

const filesOf = (root: string): string[] =>
  globSync('{src,test,bench,scripts,docs,deploy,proto,prisma}/**/*.*', {
    cwd: root,
    exclude: ['src/platform/database/generated/**'],
  }).map(withSlashes);

const fence = /^ *```(\w*)[^\n]*\n(.*?)^ *```$/gms;
const link = /\]\((?!\w+:)([^)#\s]*)(?:#([^)\s]+))?\)/g;
const named =
  /(?<![\w./@*<>…:-])(?:(?:src|test|bench|scripts|docs|deploy|proto|prisma|\.ci)\/[\w./*-]*[\w/]|[\w./*-]+\.(?:ts|mjs))(?![\w…<*-]|\.\w)/g;

const slug = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, '')
    .trim()
    .replaceAll(' ', '-');

/** The page without its code; `text` blocks hold tables and trees, which name files. */
const prose = (text: string): string =>
  text.replaceAll(fence, (_, language: string, block: string) => (language === 'text' ? block : ''));

function hasHeading(text: string, anchor: string): boolean {
  return [...text.matchAll(/^#+ (.*)$/gm)].some(([, heading = '']) => slug(heading) === anchor);
}

function brokenLinks(root: string, { path, text }: Page): string[] {
  return [...prose(text).matchAll(link)].flatMap(([, target = '', anchor]) => {
    const linked = target === '' ? path : join(dirname(path), target);
    if (!existsSync(join(root, linked))) return [`${path}: the link to ${target} leads nowhere`];
    if (anchor === undefined || hasHeading(readFileSync(join(root, linked), 'utf8'), anchor)) return [];
    return [`${path}: ${linked} has no heading for #${anchor}`];
  });
}

/** Names may leave out the first folders: `pipeline/call.ts`, `call.ts`. A page may also name files that it has readers write. */
function missingPaths(root: string, files: readonly string[], { path, text }: Page): string[] {
  const written = readBlocks(text).map((block) => block.path);
  const known = [...files, ...written];
  const exists = (name: string): boolean =>
    name.includes('*')
      ? globSync([name, `**/${name}`], { cwd: root, exclude: ['node_modules/**'] }).length > 0
      : existsSync(join(root, name)) || known.some((file) => file.startsWith(name) || file.endsWith(`/${name}`));
  const names = new Set([...prose(text).matchAll(named)].map(([name]) => name));
  return [...names]
    .filter((name) => !exists(name))
    .map((name) => {
      const moved = files.filter((file) => basename(file) === basename(name));
      return `${path}: ${name} does not exist${moved.length > 0 ? `; there is ${moved.join(', ')}` : ''}`;
    });
}

/** None where the tutorial has been followed: a file that it has its reader write is there. */
function staleDiffs(root: string, { path, text }: Page): string[] {
  const changed = new Map<string, string>();
  const blocks = readBlocks(text);
  if (blocks.some((block) => block.kind === 'write' && existsSync(join(root, block.path)))) return [];
  return blocks.flatMap((block) => {
    if (block.kind === 'write') changed.set(block.path, block.text);
    if (block.kind !== 'change') return [];
    try {
      const current = changed.get(block.path) ?? readFileSync(join(root, block.path), 'utf8');
      changed.set(block.path, applyDiff(current, block.text));
      return [];
    } catch (error) {
      return [`${path}: its change of ${block.path} does not apply: ${(error as Error).message.trimEnd()}`];
    }
  });
}

/** Paths, links and tutorial diffs in the pages under `root` that do not match the files there. */
export function outdatedPages(root: string): string[] {
  const files = filesOf(root);
  return pagesOf(root).flatMap((page) => [
    ...brokenLinks(root, page),
    ...missingPaths(root, files, page),
    ...staleDiffs(root, page),
  ]);
}
