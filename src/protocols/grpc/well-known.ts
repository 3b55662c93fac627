import protobuf from 'protobufjs';

/** Files of protobuf itself that imports here name. */
export const wellKnownPaths = ['any', 'duration', 'timestamp'].map((name) => `google/protobuf/${name}.proto`);

/** Adds what the imports of well-known files mean: parsing alone does not follow them. */
export function addWellKnown(root: protobuf.Root, paths = wellKnownPaths): protobuf.Root {
  for (const path of paths) root.addJSON(protobuf.common.get(path)?.nested ?? {});
  return root;
}
