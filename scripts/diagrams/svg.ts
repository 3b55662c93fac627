import { Graphviz } from '@hpcc-js/wasm-graphviz';
import { renderMermaidSVG } from 'beautiful-mermaid';
import { colourSchemes, withoutMixing, withVariables } from './colours.js';
import type { Picture } from './picture.js';

const graphviz = await Graphviz.load();
const fonts = "Helvetica, Arial, 'Liberation Sans', sans-serif";
const pixelsPerPoint = 1.25;

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Without the names of nodes, which readers would see as tooltips. */
const withoutTooltips = (svg: string): string => svg.replaceAll(/<title>[^<]*<\/title>\n?/g, '');

function drawDot(source: string): string {
  const drawn = graphviz.layout(source, 'svg', 'dot');
  const body = drawn.slice(drawn.indexOf('<svg')).replaceAll(/<!--[\s\S]*?-->\n?/g, '');
  const sized = body.replace(/width="(\d+)pt" height="(\d+)pt"/, (_, ...points) => {
    const [width, height] = points.slice(0, 2).map((value) => Math.ceil(Number(value) * pixelsPerPoint));
    return `width="${width}" height="${height}"`;
  });
  return withVariables(withoutTooltips(sized)).replaceAll(/ font-family="[^"]*"/g, '');
}

function drawMermaid(source: string): string {
  const drawn = renderMermaidSVG(source, { bg: '#ffffff', fg: '#000000' });
  return withoutMixing(drawn)
    .replace(/ style="--bg[^"]*"/, '')
    .replace(/ *@import [^\n]*\n/, '')
    .replace(/ *text { font-family[^\n]*\n/, '');
}

/** An SVG that is legible on a light and on a dark page, the same on every machine. */
export function svgOf({ title, about, language, source }: Picture): string {
  const drawn = language === 'dot' ? drawDot(source) : drawMermaid(source);
  const style = `<style>\n${colourSchemes}\ntext { font-family: ${fonts}; }\n</style>`;
  const head = `<title>${escaped(title)}</title>\n<desc>${escaped(about)}</desc>\n${style}\n`;
  const withHead = drawn.replace(/<svg ([^>]*)>\n?/, (_, attributes) => `<svg role="img" ${attributes}>\n${head}`);
  return `<!-- Written by \`npm run diagrams\`: do not edit. -->\n${withHead.trim()}\n`;
}
