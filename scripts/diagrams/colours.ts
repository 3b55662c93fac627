/** By name: the colour on a light page and that on a dark one. Graphviz gets the light one, the SVG a CSS variable. */
const palette = {
  bg: ['#ffffff', '#0d1117'],
  fg: ['#1f2328', '#e6edf3'],
  muted: ['#59636e', '#9198a1'],
  line: ['#6e7781', '#8b949e'],
  border: ['#c4ccd4', '#3d444d'],
  surface: ['#f6f8fa', '#151b23'],
  accent: ['#0969da', '#4493f8'],
  blue: ['#ddf4ff', '#0e2f56'],
  green: ['#dafbe1', '#123a22'],
  amber: ['#fff3c4', '#43320a'],
  violet: ['#f4ebff', '#33235c'],
  red: ['#ffebe9', '#4f1d20'],
} as const;

export type Colour = keyof typeof palette;

export const light = (colour: Colour): string => palette[colour][0];

const entries = Object.entries(palette);

const channel = (hex: string, at: number): number => Number.parseInt(hex.slice(at, at + 2), 16);

/** `percent` of `one` in `other`, as CSS color-mix does. */
function mixed(one: string, other: string, percent: number): string {
  const parts = [1, 3, 5].map((at) => (channel(one, at) * percent + channel(other, at) * (100 - percent)) / 100);
  return `#${parts.map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`;
}

/** Shares of the foreground in the background, which Mermaid's theme asks for. */
const shares = [3, 5, 10, 12, 20, 25, 40, 50, 60, 85];

function variables(scheme: 0 | 1): string {
  const named = entries.map(([name, colours]) => `--${name}: ${colours[scheme]};`);
  const mixes = shares.map((share) => `--mix-${share}: ${mixed(palette.fg[scheme], palette.bg[scheme], share)};`);
  return [...named, ...mixes].join(' ');
}

/** The page decides: an SVG in an `<img>` follows the colour scheme of its reader. */
export const colourSchemes = `svg { ${variables(0)} background: var(--bg); }
@media (prefers-color-scheme: dark) { svg { ${variables(1)} } }`;

/** Fixed colours as variables. */
export const withVariables = (svg: string): string =>
  entries.reduce((text, [name, [onLight]]) => text.replaceAll(`="${onLight}"`, `="var(--${name})"`), svg);

export const withoutMixing = (css: string): string =>
  css.replaceAll(/color-mix\(in srgb, var\(--fg\) (\d+)%, var\(--bg\)\)/g, 'var(--mix-$1)');
