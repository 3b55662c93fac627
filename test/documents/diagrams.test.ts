import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DeployStore } from '../../scripts/deploy/deploy-store.js';
import { deploymentModel } from '../../scripts/deploy/model.js';
import { moduleCalls, named, operation, operations, pipelineSteps } from '../../scripts/diagrams/facts.js';
import { pictures } from '../../scripts/diagrams/pictures.js';
import { svgOf } from '../../scripts/diagrams/svg.js';
import { diagrams } from '../../scripts/diagrams/target.js';
import { services } from '../../src/apps/services.js';
import { plant } from '../house/planted-tree.js';

const model = deploymentModel('1.2.3');
const drawn = (of = model) => Object.values(pictures).flatMap((some) => some.map((draw) => draw(of)));
const source = (name: string, of = model) => drawn(of).find((picture) => picture.name === name)?.source ?? '';

describe('the diagrams', () => {
  test('that are committed and differ from the code are found', () => {
    const store = new DeployStore(plant({}), [diagrams]);
    store.write(model);
    expect(store.check(model)).toEqual([]);
    const root = plant({});
    const edited = new DeployStore(root, [diagrams]);
    edited.write(model);
    const path = join(root, 'diagrams/microservice_run_modes.dot');
    writeFileSync(path, readFileSync(path, 'utf8').replace('user-service', 'people-service'));
    expect(edited.check(model)).toEqual([
      { document: 'diagrams/microservice_run_modes.dot', finding: expect.stringContaining('people-service') },
    ]);
  });

  test('change with the table of services', () => {
    const added = { ...services, 'order-service': { ...services['user-service'], httpPort: 3005, grpcPort: 50_056 } };
    const withOrders = deploymentModel('1.2.3', added as typeof services);
    for (const name of ['architecture_multi_service', 'scalability_patterns', 'deployment_objects'])
      expect(source(name, withOrders), name).toContain('order-service');
  });

  test('show each operation, each step of the pipeline and each call between modules', () => {
    for (const { id } of operations) expect(source('operations_by_protocol')).toContain(`>${id}<`);
    for (const { name } of pipelineSteps()) expect(source('request_lifecycle')).toContain(`<b>${name}</b>`);
    for (const call of moduleCalls()) expect(source('modules_and_calls')).toContain(`"${call.from}" -> "${call.to}"`);
  });

  test.each(drawn())('$name is legible on light and dark pages, without a foreign host', (picture) => {
    const svg = svgOf(picture);
    expect(svg).toMatch(/<title>.+<\/title>\n<desc>.+<\/desc>/);
    expect(svg).toContain('prefers-color-scheme: dark');
    expect(svg).not.toMatch(/@import|color-mix|(?:href|src)="http|url\(.?http/);
    expect(svg.replace(/<style>[\s\S]*?<\/style>/g, '')).not.toMatch(/(?:fill|stroke)="#/);
  });
});

describe('what a diagram names by hand', () => {
  test('must exist', () => {
    expect(named('src/pipeline/pipeline.ts', 'Pipeline')).toBe('Pipeline');
    expect(() => named('src/pipeline/pipeline.ts', 'Conveyor')).toThrow(/names Conveyor, which src.pipeline/);
    expect(() => operation('users.promoteUser')).toThrow(/users.promoteUser, which no module declares/);
  });
});
