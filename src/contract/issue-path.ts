import { pointerSegment } from './json-codec.js';
import type { ObjectShape, Shape } from './shape.js';

/** The path of a zod issue (camelCase names, list indexes, map keys) as a JSON Pointer in wire names. Map keys are data and stay. */
export function issuePointer(root: ObjectShape, path: readonly PropertyKey[]): string {
  let shape: Shape | undefined = root;
  let pointer = '';
  for (const key of path) {
    const name = String(key);
    if (shape?.type === 'object') {
      const field: ObjectShape['fields'][number] | undefined = shape.fields.find(
        (candidate) => candidate.name === name,
      );
      pointer += pointerSegment(field?.wire ?? name);
      shape = field?.shape;
    } else {
      pointer += pointerSegment(name);
      shape = shape?.type === 'list' ? shape.item : shape?.type === 'map' ? shape.value : undefined;
    }
  }
  return pointer;
}
