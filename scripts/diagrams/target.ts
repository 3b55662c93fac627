import type { DeploymentModel } from '../deploy/model-types.js';
import type { Target } from '../deploy/target.js';
import type { Picture } from './picture.js';
import { pictures } from './pictures.js';
import { svgOf } from './svg.js';

const notice = 'Written by `npm run diagrams`: do not edit.';
const comment = { dot: '//', mmd: '%%' } as const;

const entry = ({ name, title, about, language }: Picture): string =>
  `### ${title}\n\n${about} ([source](${name}.${language}))\n\n![${title}](svg/${name}.svg)\n`;

function indexOf(drawn: ReadonlyMap<string, readonly Picture[]>): string {
  const intro =
    'Drawn from the code: what a picture claims is read from contracts, tables and manifests, or checked to exist there.\n' +
    '`npm run diagrams` writes them (`scripts/diagrams`), and `npm test` fails when they are out of date.';
  const chapters = [...drawn].map(([heading, some]) => `## ${heading}\n\n${some.map(entry).join('\n')}`);
  return `<!-- ${notice} -->\n\n# Diagrams\n\n${intro}\n\n${chapters.join('\n')}`;
}

const filesOf = (picture: Picture) =>
  [
    [`diagrams/${picture.name}.${picture.language}`, `${comment[picture.language]} ${notice}\n${picture.source}`],
    [`diagrams/svg/${picture.name}.svg`, svgOf(picture)],
  ] as const;

/** Sources, SVG files and their index. */
export const diagrams: Target = {
  name: 'diagrams',
  owns: ['diagrams/**'],
  write: (model: DeploymentModel) => {
    const drawn = new Map(
      Object.entries(pictures).map(([heading, some]) => [heading, some.map((draw) => draw(model))]),
    );
    return new Map([...[...drawn.values()].flat().flatMap(filesOf), ['diagrams/README.md', indexOf(drawn)]]);
  },
};
