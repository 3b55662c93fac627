/** A diagram: where its source and its SVG are, and what a reader should see in it. */
export interface Picture {
  /** Of its files: `diagrams/<name>.dot` or `.mmd`, `diagrams/svg/<name>.svg`. */
  readonly name: string;
  readonly title: string;
  /** One or two sentences; also the alternative text of the SVG. */
  readonly about: string;
  /** `mmd`: Mermaid, for sequences, states and entities. `dot`: Graphviz, for the rest. */
  readonly language: 'dot' | 'mmd';
  readonly source: string;
}
