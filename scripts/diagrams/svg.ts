import { Graphviz } from '@hpcc-js/wasm-graphviz';
import { renderMermaidSVG } from 'beautiful-mermaid';
import { colourSchemes, withoutMixing, withVariables } from './colours.js';
import type { Picture } from './picture.js';

const graphviz = await Graphviz.load();
const fonts = "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif";
const pixelsPerPoint = 1.35;
/** Room for wider fonts. */
const textScale = 0.88;

/** Lines that cross a text are interrupted. */
const clearance =
  '.message text, .cluster text, .edge text { paint-order: stroke; stroke: var(--bg); stroke-width: 4px; stroke-linejoin: round; }';

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Without the names of nodes, which readers would see as tooltips. */
const withoutTooltips = (svg: string): string => svg.replaceAll(/<title>[^<]*<\/title>\n?/g, '');

const numbers = /-?\d+(?:\.\d+)?/g;

/** Of the first shape in a group. */
function middleOf(group: string): number | undefined {
  const ellipse = / cx="([^"]+)"/.exec(group)?.[1];
  if (ellipse !== undefined) return Number(ellipse);
  const points = / (?:points|d)="([^"]+)"/.exec(group)?.[1]?.match(numbers)?.map(Number);
  const across = points?.filter((_, index) => index % 2 === 0);
  return across && (Math.min(...across) + Math.max(...across)) / 2;
}

/** Graphviz places the start of a text by the widths of one font; readers may have a wider one. */
const centred = (svg: string): string =>
  svg.replaceAll(/<g id="[^"]*" class="node">[\s\S]*?<\/g>/g, (group) => {
    const middle = group.includes(' cx=') || group.includes('<path') ? middleOf(group) : undefined;
    if (middle === undefined) return group;
    return group.replaceAll(/text-anchor="start" x="[^"]+"/g, `text-anchor="middle" x="${middle}"`);
  });

/** With the titles of boxes above the arrows that cross them. */
function titlesLast(svg: string): string {
  const titles: string[] = [];
  const rest = svg.replaceAll(/<g id="[^"]*" class="cluster">[\s\S]*?<\/g>/g, (group) =>
    group.replaceAll(/<text [\s\S]*?<\/text>\n?/g, (text) => {
      titles.push(text);
      return '';
    }),
  );
  if (titles.length === 0) return svg;
  const end = rest.lastIndexOf('</g>');
  return `${rest.slice(0, end)}<g class="cluster">\n${titles.join('')}</g>\n${rest.slice(end)}`;
}

function drawDot(source: string): string {
  const drawn = graphviz.layout(source, 'svg', 'dot');
  const body = drawn.slice(drawn.indexOf('<svg')).replaceAll(/<!--[\s\S]*?-->\n?/g, '');
  const sized = body.replace(/width="(\d+)pt" height="(\d+)pt"/, (_, ...points) => {
    const [width, height] = points.slice(0, 2).map((value) => Math.ceil(Number(value) * pixelsPerPoint));
    return `width="${width}" height="${height}"`;
  });
  const plain = withoutTooltips(sized)
    .replaceAll(/ font-family="[^"]*"/g, '')
    .replaceAll(/font-size="([\d.]+)"/g, (_, size) => `font-size="${(Number(size) * textScale).toFixed(1)}"`);
  return withVariables(titlesLast(centred(plain)));
}

function drawMermaid(source: string): string {
  const drawn = renderMermaidSVG(source, { bg: '#ffffff', fg: '#000000' });
  return withoutMixing(drawn)
    .replace(/ style="--bg[^"]*"/, '')
    .replaceAll(/ *@import [^\n]*\n/g, '')
    .replace(/ *text { font-family[^\n]*\n/, '')
    .replaceAll(/<g class="note"[\s\S]*?<\/g>/g, (note) => note.replace('font-size="11"', 'font-size="9.7"'));
}

/** An SVG that is legible on a light and on a dark page, the same on every machine. */
export function svgOf({ title, about, language, source }: Picture): string {
  const drawn = language === 'dot' ? drawDot(source) : drawMermaid(source);
  const style = `<style>\n${colourSchemes}\ntext { font-family: ${fonts}; }\n${clearance}\n</style>`;
  const head = `<title>${escaped(title)}</title>\n<desc>${escaped(about)}</desc>\n${style}\n`;
  const withHead = drawn.replace(/<svg ([^>]*)>\n?/, (_, attributes) => `<svg role="img" ${attributes}>\n${head}`);
  return `<!-- Written by \`npm run diagrams\`: do not edit. -->\n${withHead.trim()}\n`;
}
