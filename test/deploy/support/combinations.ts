import { readdirSync } from 'node:fs';
import { inHouse } from '../../house/planted-tree.js';

export const overlays = readdirSync(inHouse('k8s/overlays'));
export const components = readdirSync(inHouse('k8s/components'));

export interface Combination {
  readonly overlay: string;
  readonly components: readonly string[];
}

const each = components.map((component) => [component]);

const withOverlay = (overlay: string, chosen: readonly (readonly string[])[]): readonly Combination[] =>
  chosen.map((names) => ({ overlay, components: names }));

/** Every overlay alone, with each component, and with all of them in both orders. */
export const combinations: readonly Combination[] = overlays.flatMap((overlay) =>
  withOverlay(overlay, [[], ...each, components, components.toReversed()]),
);

/** Every overlay alone and with all components; one overlay with each. */
export const fewCombinations: readonly Combination[] = overlays.flatMap((overlay) =>
  withOverlay(overlay, [[], ...(overlay === 'split' ? each : []), components]),
);
